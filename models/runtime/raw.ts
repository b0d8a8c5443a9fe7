/** Raw mode: tensors in and out by Hugging Face's names (transformers' forward), a batch row at a time. For checking the numbers. */
import { allFinite } from '../checkpoint/non-finite';
import { LabError } from '../lab-error';
import { elementCount, type Tensor } from '../tensor';
import { answerQuestion } from './ask';
import type { Kept } from './kept';
import { decodeAll, encodeAndProcess, notFinite, type OpenModel, StageClock } from './open-model';
import { type NamedTensors, rawRow } from './raw-inputs';
import type { AttentionStep, InputLayout } from './types';

export type { NamedTensors } from './raw-inputs';

export interface RawOptions {
  readonly attentions?: boolean;
  readonly hiddenStates?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Forward arguments with a batch axis in front → `logits` (or `logits.<modality>`, or `last_hidden_state`), `hidden_states.i`
 * [B, N, D], `attentions.i` [B, heads, N, N], `cross_attentions.0` and `.1`. Throws `input-invalid`.
 */
export async function runRaw(open: OpenModel, inputs: NamedTensors, options: RawOptions = {}): Promise<Map<string, Tensor>> {
  const batch = batchOf(inputs);
  const rows: Map<string, Tensor>[] = [];
  for (let index = 0; index < batch; index += 1) {
    const given = new Map([...inputs].map(([name, tensor]) => [name, isBatched(name) ? rowOf(tensor, index) : tensor]));
    const mask = given.get('attention_mask');
    if (mask && mask.shape.length !== 1)
      throw invalid(`“attention_mask” should be [${batch}, positions], and has ${mask.shape.length + 1} axes.`);
    rows.push(await oneRow(open, given, mask?.data ?? null, options));
  }
  const out = new Map<string, Tensor>();
  for (const name of rows[0]!.keys()) out.set(name, stack(rows.map((row) => row.get(name)!)));
  return out;
}

const isBatched = (name: string) => /^(?:inputs(?:\..+)?|attention_mask)$/.test(name);

/** The batch is that of the inputs, which all have the same. */
function batchOf(inputs: NamedTensors): number {
  const sizes = [...inputs].filter(([name]) => isBatched(name)).map(([name, { shape }]) => [name, shape[0] ?? 0] as const);
  const first = sizes[0];
  if (!first) throw invalid('There is no tensor “inputs” among the inputs.');
  const other = sizes.find(([, size]) => size !== first[1]);
  if (other) throw invalid(`“${first[0]}” has ${first[1]} batch rows and “${other[0]}” has ${other[1]}.`);
  if (first[1] === 0) throw invalid(`“${first[0]}” holds no batch row.`);
  return first[1];
}

async function oneRow(open: OpenModel, given: NamedTensors, mask: Float32Array | null, options: RawOptions): Promise<Map<string, Tensor>> {
  const { model } = open;
  const { inputs, queries } = await rawRow(open, given, mask);
  const kept = await encodeAndProcess(open, inputs, queries, new StageClock(), options.signal);
  const answers = await decodeAll(open, kept, new StageClock(), options.signal);
  const out = namedAnswers(open, kept, answers);
  for (const { data } of out.values()) if (!allFinite(data)) throw await notFinite(model, open.source, open.engine);
  if (options.hiddenStates)
    for (const [i, state] of hiddenStates(kept, model.shape.layersPerBlock).entries()) out.set(`hidden_states.${i}`, state);
  if (options.attentions) await addAttentions(open, kept, options.signal, out);
  return out;
}

/** Under the names and in the shapes of transformers' outputs. */
function namedAnswers({ model }: OpenModel, kept: Kept, answers: readonly Tensor[]): Map<string, Tensor> {
  const [first] = answers;
  switch (model.config.architecture) {
    case 'PerceiverModel':
      return new Map([['last_hidden_state', kept.latents.at(-1)!]]);
    case 'PerceiverForMaskedLM':
      return new Map([['logits', first!]]);
    case 'PerceiverForOpticalFlow':
      return new Map([['logits', { data: first!.data, shape: [...model.config.train_size, 2] }]]);
    case 'PerceiverForMultimodalAutoencoding': {
      const [audio, image, label] = answers as readonly [Tensor, Tensor, Tensor];
      return new Map([
        ['logits.audio', { data: audio.data, shape: [audio.data.length] }],
        ['logits.image', image],
        ['logits.label', { data: label.data, shape: [label.data.length] }],
      ]);
    }
    default:
      return new Map([['logits', { data: first!.data, shape: [first!.data.length] }]]);
  }
}

async function addAttentions(
  { stages, model }: OpenModel,
  kept: Kept,
  signal: AbortSignal | undefined,
  out: Map<string, Tensor>,
): Promise<void> {
  const { shape } = model;
  const layout: InputLayout = { kind: 'sequence', length: kept.keys.shape[0]! };
  const all = async (step: AttentionStep): Promise<Tensor> => {
    const answer = await answerQuestion(stages, shape, layout, kept, { runId: '', step, head: 'each', rows: 'all' }, { signal });
    return { data: answer.weights, shape: [answer.heads, answer.rows.length, answer.columns] };
  };
  for (let i = 0; i < shape.blocks * shape.layersPerBlock; i += 1) {
    const step = { kind: 'layer', block: Math.floor(i / shape.layersPerBlock), layer: i % shape.layersPerBlock } as const;
    out.set(`attentions.${i}`, await all(step));
  }
  out.set('cross_attentions.0', await all({ kind: 'encoder' }));
  if (kept.queries.length > 0) out.set('cross_attentions.1', await all({ kind: 'decoder' }));
}

/** transformers lists the latents before every layer and once more at the end of each block. */
function hiddenStates(kept: Kept, layers: number): Tensor[] {
  const states: Tensor[] = [];
  for (let start = 0; start + layers < kept.latents.length; start += layers) states.push(...kept.latents.slice(start, start + layers + 1));
  return states;
}

function rowOf({ data, shape }: Tensor, index: number): Tensor {
  const rest = shape.slice(1);
  const count = elementCount(rest);
  return { data: data.subarray(index * count, (index + 1) * count), shape: rest };
}

function stack(tensors: readonly Tensor[]): Tensor {
  const first = tensors[0]!;
  const data = new Float32Array(tensors.length * first.data.length);
  for (const [index, tensor] of tensors.entries()) data.set(tensor.data, index * first.data.length);
  return { data, shape: [tensors.length, ...first.shape] };
}

function invalid(what: string): LabError {
  return new LabError('input-invalid', what, 'See the names and shapes in docs/cli.md.');
}
