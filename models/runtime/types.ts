/**
 * What a run is made of, as plain data: the words shared by runtime, engines, command line and window.
 * M input rows are read by N latents of D channels; O output queries read the latents. Types only.
 */

export const ENGINE_NAMES = ['native', 'wasm', 'webgpu'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

export const STAGE_NAMES = ['preprocess', 'encode', 'process', 'decode', 'postprocess'] as const;
export type StageName = (typeof STAGE_NAMES)[number];

/** Milliseconds of wall clock per stage; `total` is from input handed over to result ready, so at least their sum. */
export type Timings = Readonly<Record<StageName | 'total', number>>;

export type ModalityName = 'image' | 'text';

/** How the M input rows lie: pixels of a grid, row-major, or a sequence of bytes with [CLS] first and [SEP] last. */
export type InputLayout =
  | { readonly kind: 'grid'; readonly height: number; readonly width: number }
  | { readonly kind: 'sequence'; readonly length: number };

/** What a model's config and the names and shapes of its weights tell, before any weight is read. */
export interface ModelShape {
  /** The Hugging Face class, e.g. `PerceiverForMaskedLM`. */
  readonly architecture: string;
  /** C, the channels of an input row as the encoder reads it. */
  readonly inputChannels: number;
  /** N and D. */
  readonly latents: number;
  readonly latentChannels: number;
  readonly blocks: number;
  readonly layersPerBlock: number;
  readonly encoderHeads: number;
  readonly layerHeads: number;
  /** 0 without a decoder. */
  readonly decoderHeads: number;
  readonly parameters: number;
  /** Bytes of weights as stored, and the type most of them are stored in. */
  readonly weightBytes: number;
  readonly weightType: 'F32' | 'F16' | 'BF16';
  /** Sentences about the weights: the form they were read from where it is not model.safetensors, and what of them was left aside. */
  readonly notes: readonly string[];
  /** Class names by index; empty where a model has none. */
  readonly labels: readonly string[];
}

export const TASKS = ['masked-lm', 'text-classification', 'image-classification'] as const;
export type Task = (typeof TASKS)[number];

/** A model that files of a modality can be run through. */
export interface ModelInfo extends ModelShape {
  readonly task: Task;
  readonly modality: ModalityName;
  /** M. For text the most rows it can take. */
  readonly inputRows: number;
  /** O, and the values each output row has (classes, vocabulary). */
  readonly queries: number;
  readonly outputs: number;
  readonly layout: InputLayout;
}

/** Decoded picture, 8-bit RGBA, not premultiplied, row-major: data.length = width × height × 4. */
export interface RgbaImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Byte offsets into the text of one input; END exclusive. */
export interface ByteSpan {
  readonly start: number;
  readonly end: number;
}

export type RunInput =
  | { readonly modality: 'image'; readonly image: RgbaImage }
  /** `bytes`: UTF-8 as typed, at most the model's positions − 2; masked bytes are replaced by [MASK]. */
  | { readonly modality: 'text'; readonly bytes: Uint8Array; readonly masks: readonly ByteSpan[] };

export interface RunOptions {
  /** Values kept per output row, 1 to 256. */
  readonly topK: number;
}

/** The input as the model got it, and where that lay in the original: maps are drawn on this. */
export type ShownInput =
  | {
      readonly kind: 'image';
      /** After crop and resize, before normalisation. The grid of `layout` lies over it: a row a pixel, or fewer where convolutions read it. */
      readonly image: RgbaImage;
      /** The part of the original that was read, in pixels of the original. */
      readonly crop: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
      readonly originalWidth: number;
      readonly originalHeight: number;
    }
  /** Input row of byte i is i + 1 ([CLS] is row 0, [SEP] the last). The output query of byte i is i + 1 as well. */
  | { readonly kind: 'text'; readonly byteCount: number };

export type RunOutput =
  /** All classes, most probable first. */
  | {
      readonly kind: 'classes';
      readonly classes: readonly { readonly label: string; readonly index: number; readonly probability: number }[];
    }
  | {
      readonly kind: 'bytes';
      readonly topK: number;
      /** [bytes of the input, topK]: the most probable byte values at each position, best first. */
      readonly topBytes: Uint8Array;
      /** The same shape: probabilities of the full softmax over the whole vocabulary. */
      readonly topProbabilities: Float32Array;
      /** Probability of the byte that stands in the input, per position: [bytes of the input]. */
      readonly inputProbabilities: Float32Array;
      /** Byte offsets that were masked, ascending. */
      readonly masked: readonly number[];
      /** The input with every masked byte replaced by the most probable one. */
      readonly filled: Uint8Array;
    };

export interface RunResult {
  readonly runId: string;
  readonly modelId: string;
  readonly engine: EngineName;
  readonly timingsMs: Timings;
  /** M of this run (text: bytes + 2) and its layout. */
  readonly inputRows: number;
  readonly layout: InputLayout;
  /** O of this run. */
  readonly queries: number;
  readonly shown: ShownInput;
  readonly output: RunOutput;
  /** Bytes kept so that attention questions can be answered. */
  readonly keptBytes: number;
}

/** Progress of a run: the stage that just began or advanced. `done` of `steps` calls of that stage are finished. */
export interface RunProgress {
  readonly stage: StageName;
  readonly done: number;
  readonly steps: number;
  /** Milliseconds the stage took, once `done === steps`. */
  readonly elapsedMs?: number;
}

/** Blocks and layers count from 0. Rows of `encoder` and `layer` are latents, of `decoder` and `composed` output queries. */
export type AttentionStep =
  | { readonly kind: 'encoder' }
  | { readonly kind: 'layer'; readonly block: number; readonly layer: number }
  | { readonly kind: 'decoder' }
  /** Decoder row × layers × encoder, heads averaged (attention rollout, Abnar & Zuidema 2020); with the residual counted, ½ A + ½ I in each layer. */
  | { readonly kind: 'composed'; readonly countResidual: boolean };

export interface AttentionQuestion {
  readonly runId: string;
  readonly step: AttentionStep;
  /** One head, their mean, or every head (then weights are [heads, rows, columns]). `composed` takes 'mean' only. */
  readonly head: number | 'mean' | 'each';
  readonly rows: readonly number[] | 'all';
  /** Area-average the input rows to this grid (encoder and composed over a grid layout; ignored where the layout is smaller). */
  readonly grid?: { readonly height: number; readonly width: number };
  /** Input rows (encoder, composed): the answer says which share of each row's attention falls on them. */
  readonly region?: readonly number[];
}

export interface AttentionAnswer {
  readonly rows: Uint32Array;
  /** Columns of `weights`: M, N, or the cells of `grid`. */
  readonly columns: number;
  /** The grid the columns were pooled to, or null where columns are the rows themselves. */
  readonly grid: { readonly height: number; readonly width: number } | null;
  /** What one row looks at: M or N. `weight × attended` is the multiple of uniform, pooled or not. */
  readonly attended: number;
  readonly heads: number;
  /** [rows, columns], or [heads, rows, columns] for 'each'. A pooled cell holds the mean weight of its rows. */
  readonly weights: Float32Array;
  /** Per row (per head and row for 'each'), over the unpooled weights: exp(entropy), the highest weight and where it is. */
  readonly rowsRead: Float32Array;
  readonly highest: Float32Array;
  readonly highestAt: Uint32Array;
  /** Share of the row's attention inside `region`, 0 to 1; empty without one. */
  readonly regionShare: Float32Array;
}
