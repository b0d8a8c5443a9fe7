/** What a head of transformers' Perceiver adds to the core that all share: its input rows, its queries, and what their answers become. */
import type { PerceiverConfig } from '../config';
import type { Dimensions, GraphBuilder, Value } from '../graph-builder';

/** The decoder's cross-attention: one layer, in which the configuration's widths and heads have no say. */
export interface DecoderShape {
  /** Prefix of the layer's parameters. */
  readonly attention: string;
  /** Channels of a query. */
  readonly channels: number;
  readonly qk: number;
  readonly v: number;
  readonly heads: number;
  readonly residual: boolean;
  /** O where the config tells it, 1 or more; the form of its attention depends on it. */
  readonly queries: number;
  /** The parameter whose rows are the queries; null where they are made from positions or from the input. */
  readonly table: string | null;
}

/** Tells a parameter's name and shape. */
export type Declare = (name: string, shape: readonly number[]) => void;

export interface Answer {
  readonly value: Value;
  readonly dimensions: Dimensions;
}

export interface Head {
  /** C, the channels of an input row as the encoder reads it. */
  channels(config: PerceiverConfig): number;
  /** M where a config tells it, for choosing the form of the encoder's attention. */
  rows(config: PerceiverConfig): number;
  /** null: the bare model answers with its latents. */
  decoder(config: PerceiverConfig): DecoderShape | null;
  /** Names and shapes beside those of latents, encoder and the decoder's attention. */
  parameters(config: PerceiverConfig, declare: Declare): void;
  /** Input rows [M, C], from inputs of the graph that preprocessing makes. */
  inputRows(graph: GraphBuilder, config: PerceiverConfig): Value;
  /** Parts of the output that are asked for apart, [''] where there is one. */
  readonly parts: readonly string[];
  /** Query rows [O, channels] of a part, from inputs of the graph; only where the decoder has no table. */
  queryRows?(graph: GraphBuilder, config: PerceiverConfig, part: string): Value;
  /** From what the decoder's attention gives [O, channels] to `logits` [O, outputs]. */
  logits(graph: GraphBuilder, config: PerceiverConfig, answer: Value, part: string): Answer;
}

export const linearParameters = (declare: Declare, name: string, out: number, input: number): void => {
  declare(`${name}.weight`, [out, input]);
  declare(`${name}.bias`, [out]);
};
