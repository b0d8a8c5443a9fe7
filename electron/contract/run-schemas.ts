/** Schemas of what a run is made of; each is held to its type in models/runtime/types.ts by the compiler. */
import { z } from 'zod';
import { LAB_ERROR_CODES } from '../../models/lab-error';
import {
  type AttentionAnswer,
  type AttentionQuestion,
  type AttentionStep,
  type ByteSpan,
  ENGINE_NAMES,
  type InputLayout,
  type ModelInfo,
  type RgbaImage,
  type RunInput,
  type RunOptions,
  type RunOutput,
  type RunProgress,
  type RunResult,
  type ShownInput,
  STAGE_NAMES,
  TASKS,
  type Timings,
} from '../../models/runtime/types';

/** A schema whose both sides are the runtime's own type: what does not fit it does not compile. */
type Schema<T> = z.ZodType<T, T>;

const count = z.number().int().nonnegative();
const size = z.number().int().positive();
const bytes = z.instanceof(Uint8Array);
const float32 = z.instanceof(Float32Array);
const uint32 = z.instanceof(Uint32Array);

/** Largest picture a window or a command line hands to a runtime: files are scaled to it while decoding. */
export const MAX_INPUT_PIXELS = 16_777_216;

export const labErrorSchema = z.object({
  code: z.enum(LAB_ERROR_CODES),
  message: z.string(),
  hint: z.string(),
  detail: z.string().exactOptional(),
});

export const engineNameSchema = z.enum(ENGINE_NAMES);

export const layoutSchema: Schema<InputLayout> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('grid'), height: size, width: size }),
  z.object({ kind: z.literal('sequence'), length: size }),
]);

export const modelInfoSchema: Schema<ModelInfo> = z.object({
  architecture: z.string(),
  task: z.enum(TASKS),
  modality: z.enum(['image', 'text']),
  inputRows: size,
  inputChannels: size,
  latents: size,
  latentChannels: size,
  blocks: size,
  layersPerBlock: size,
  encoderHeads: size,
  layerHeads: size,
  decoderHeads: size,
  queries: size,
  outputs: size,
  layout: layoutSchema,
  parameters: size,
  weightBytes: size,
  weightType: z.enum(['F32', 'F16', 'BF16']),
  notes: z.array(z.string()),
  labels: z.array(z.string()),
});

export const rgbaImageSchema: Schema<RgbaImage> = z
  .object({ width: size, height: size, data: z.union([bytes, z.instanceof(Uint8ClampedArray)]) })
  .refine((image) => image.width * image.height <= MAX_INPUT_PIXELS && image.data.length === image.width * image.height * 4, {
    message: 'pixels do not match width × height × 4',
  });

export const byteSpanSchema: Schema<ByteSpan> = z.object({ start: count, end: count }).refine((span) => span.start < span.end);

export const runInputSchema: Schema<RunInput> = z.discriminatedUnion('modality', [
  z.object({ modality: z.literal('image'), image: rgbaImageSchema }),
  z.object({ modality: z.literal('text'), bytes, masks: z.array(byteSpanSchema) }),
]);

export const runOptionsSchema: Schema<RunOptions> = z.object({ topK: z.number().int().min(1).max(256) });

const milliseconds = z.number().nonnegative();
export const timingsSchema: Schema<Timings> = z.object({
  preprocess: milliseconds,
  encode: milliseconds,
  process: milliseconds,
  decode: milliseconds,
  postprocess: milliseconds,
  total: milliseconds,
});

export const shownInputSchema: Schema<ShownInput> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('image'),
    image: rgbaImageSchema,
    crop: z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }),
    originalWidth: size,
    originalHeight: size,
  }),
  z.object({ kind: z.literal('text'), byteCount: count }),
]);

export const runOutputSchema: Schema<RunOutput> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('classes'),
    classes: z.array(z.object({ label: z.string(), index: count, probability: z.number() })),
  }),
  z.object({
    kind: z.literal('bytes'),
    topK: size,
    topBytes: bytes,
    topProbabilities: float32,
    inputProbabilities: float32,
    masked: z.array(count),
    filled: bytes,
  }),
]);

export const runResultSchema: Schema<RunResult> = z.object({
  runId: z.string(),
  modelId: z.string(),
  engine: engineNameSchema,
  timingsMs: timingsSchema,
  inputRows: size,
  layout: layoutSchema,
  queries: size,
  shown: shownInputSchema,
  output: runOutputSchema,
  keptBytes: count,
});

export const runProgressSchema: Schema<RunProgress> = z.object({
  stage: z.enum(STAGE_NAMES),
  done: count,
  steps: size,
  elapsedMs: milliseconds.exactOptional(),
});

export const attentionStepSchema: Schema<AttentionStep> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('encoder') }),
  z.object({ kind: z.literal('layer'), block: count, layer: count }),
  z.object({ kind: z.literal('decoder') }),
  z.object({ kind: z.literal('composed'), countResidual: z.boolean() }),
]);

const gridSchema = z.object({ height: size, width: size });

export const attentionQuestionSchema: Schema<AttentionQuestion> = z.object({
  runId: z.string(),
  step: attentionStepSchema,
  head: z.union([count, z.enum(['mean', 'each'])]),
  rows: z.union([z.array(count), z.literal('all')]),
  grid: gridSchema.exactOptional(),
  region: z.array(count).exactOptional(),
});

export const attentionAnswerSchema: Schema<AttentionAnswer> = z.object({
  rows: uint32,
  columns: size,
  grid: gridSchema.nullable(),
  attended: size,
  heads: size,
  weights: float32,
  rowsRead: float32,
  highest: float32,
  highestAt: uint32,
  regionShare: float32,
});
