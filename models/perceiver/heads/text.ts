/** PerceiverTextPreprocessor and its two heads: PerceiverForMaskedLM and PerceiverForSequenceClassification. */
import type { PerceiverConfig } from '../config';
import { CLASSIFICATION, classificationParameters } from './classification';
import type { Declare, Head } from './head';

const EMBEDDINGS = 'perceiver.input_preprocessor.embeddings.weight';
const POSITIONS = 'perceiver.input_preprocessor.position_embeddings.weight';
const LM = 'perceiver.decoder';
const LM_QUERIES = `${LM}.output_position_encodings.position_embeddings`;
/** The decoder of PerceiverForMaskedLM, hard-wired in transformers: queries and keys 256 wide in eight heads. */
const LM_QK = 256;
const LM_HEADS = 8;

function textParameters(config: PerceiverConfig, declare: Declare): void {
  declare(EMBEDDINGS, [config.vocab_size, config.d_model]);
  declare(POSITIONS, [config.max_position_embeddings, config.d_model]);
}

/** A byte's embedding plus its position's. */
const TEXT: Pick<Head, 'channels' | 'rows' | 'inputRows'> = {
  channels: (config) => config.d_model,
  rows: (config) => config.max_position_embeddings,
  inputRows: (graph) => {
    const bytes = graph.node('Gather', [graph.weight(EMBEDDINGS), graph.input('ids', ['M'], 'int32')]);
    return graph.node('Add', [bytes, graph.node('Gather', [graph.weight(POSITIONS), graph.input('places', ['M'], 'int32')])]);
  },
};

/** A query for each position; answers are compared with the bytes' embeddings (PerceiverEmbeddingDecoder). */
export const MASKED_LM: Head = {
  ...TEXT,
  parts: [''],
  decoder: (config) => ({
    attention: `${LM}.decoding_cross_attention`,
    channels: config.d_model,
    qk: LM_QK,
    v: config.d_model,
    heads: LM_HEADS,
    residual: false,
    queries: config.max_position_embeddings,
    table: LM_QUERIES,
  }),
  parameters: (config, declare) => {
    textParameters(config, declare);
    declare(LM_QUERIES, [config.max_position_embeddings, config.d_model]);
    declare('embedding_decoder.bias', [config.vocab_size]);
  },
  logits: (graph, config, answer) => ({
    value: graph.node('Gemm', [answer, graph.weight(EMBEDDINGS), graph.weight('embedding_decoder.bias')], { transB: 1 }),
    dimensions: ['O', config.vocab_size],
  }),
};

export const SEQUENCE_CLASSIFICATION: Head = {
  ...TEXT,
  ...CLASSIFICATION,
  parameters: (config, declare) => {
    textParameters(config, declare);
    classificationParameters(config, declare);
  },
};
