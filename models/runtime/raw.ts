/** Raw mode: tensors in and out by Hugging Face's names (transformers' forward), a batch row at a time. For checking the numbers. */
import { allFinite } from '../checkpoint/non-finite';
import { LabError } from '../lab-error';
import { elementCount, type Tensor } from '../tensor';
import { imageInputs, MASKED, textInputs, zeros } from './adapters';
import { answerQuestion } from './ask';
import type { Kept } from './kept';
import { encodeAndProcess, notFinite, type OpenModel, StageClock } from './open-model';
import type { Feeds } from './sessions';
import type { AttentionStep, InputLayout } from './types';

export interface RawOptions {
  readonly attentions?: boolean;
  readonly hiddenStates?: boolean;
  readonly signal?: AbortSignal;
}

export type NamedTensors = ReadonlyMap<string, Tensor>;

/**
 * `inputs` [B, T] ids or [B, 3, H, W] values, optional `attention_mask` [B, M] and `interpolate_pos_encoding` (0-d) →
 * `logits`, `hidden_states.i` [B, N, D], `attentions.i` [B, heads, N, N], `cross_attentions.0` and `.1`. Throws `input-invalid`.
 */
export async function runRaw(open: OpenModel, inputs: NamedTensors, options: RawOptions = {}): Promise<Map<string, Tensor>> {
  const values = required(inputs, 'inputs');
  const batch = values.shape[0] ?? 0;
  const rows: Map<string, Tensor>[] = [];
  for (let index = 0; index < batch; index += 1) {
    const encoder = await encoderInputs(
      open,
      rowOf(values, index),
      maskOf(inputs, index, batch),
      inputs.has('interpolate_pos_encoding') && inputs.get('interpolate_pos_encoding')!.data[0] !== 0,
    );
    rows.push(await oneRow(open, encoder, options));
  }
  if (rows.length === 0) throw invalid('“inputs” holds no batch row.');
  const out = new Map<string, Tensor>();
  for (const name of rows[0]!.keys()) out.set(name, stack(rows.map((row) => row.get(name)!)));
  return out;
}

async function oneRow(open: OpenModel, inputs: Feeds, options: RawOptions): Promise<Map<string, Tensor>> {
  const { stages, model, info } = open;
  const queries = Array.from({ length: info.queries }, (_, query) => query);
  const kept = await encodeAndProcess(open, inputs, queries, new StageClock(), options.signal);
  const logits = await stages.decode(kept.latents.at(-1)!, queries);
  if (!allFinite(logits.data)) throw await notFinite(model, open.source, open.engine);
  const out = new Map<string, Tensor>();
  out.set('logits', info.modality === 'image' ? { data: logits.data, shape: [info.outputs] } : logits);
  if (options.hiddenStates)
    for (const [i, state] of hiddenStates(kept, info.layersPerBlock).entries()) out.set(`hidden_states.${i}`, state);
  if (options.attentions) {
    const layout: InputLayout = { kind: 'sequence', length: kept.keys.shape[0]! };
    const all = async (step: AttentionStep): Promise<Tensor> => {
      const answer = await answerQuestion(
        stages,
        info,
        layout,
        kept,
        { runId: '', step, head: 'each', rows: 'all' },
        { signal: options.signal },
      );
      return { data: answer.weights, shape: [answer.heads, answer.rows.length, answer.columns] };
    };
    for (let i = 0; i < info.blocks * info.layersPerBlock; i += 1) {
      out.set(`attentions.${i}`, await all({ kind: 'layer', block: Math.floor(i / info.layersPerBlock), layer: i % info.layersPerBlock }));
    }
    out.set('cross_attentions.0', await all({ kind: 'encoder' }));
    out.set('cross_attentions.1', await all({ kind: 'decoder' }));
  }
  return out;
}

/** transformers lists the latents before every layer and once more at the end of each block. */
function hiddenStates(kept: Kept, layers: number): Tensor[] {
  const states: Tensor[] = [];
  for (let start = 0; start + layers < kept.latents.length; start += layers) states.push(...kept.latents.slice(start, start + layers + 1));
  return states;
}

async function encoderInputs(open: OpenModel, values: Tensor, mask: Float32Array | null, interpolate: boolean): Promise<Feeds> {
  const { config } = open.model;
  const additive = (count: number): Tensor => {
    if (!mask) return zeros(count);
    if (mask.length !== count) throw invalid(`“attention_mask” has ${mask.length} positions, the model reads ${count}.`);
    return { data: mask.map((keep) => (keep === 0 ? MASKED : 0)), shape: [count] };
  };
  if (config.architecture === 'PerceiverForMaskedLM') {
    if (values.shape.length !== 1) throw invalid(`“inputs” should be ids [B, T], and has ${values.shape.length + 1} axes.`);
    const ids = values.data;
    if (ids.length === 0 || ids.length > config.max_position_embeddings) {
      throw new LabError(
        'input-too-long',
        `“inputs” has ${ids.length} positions; this model takes 1 to ${config.max_position_embeddings}.`,
        'Shorten the input.',
      );
    }
    const wrong = ids.findIndex((id) => !Number.isInteger(id) || id < 0 || id >= config.vocab_size);
    if (wrong >= 0) throw invalid(`“inputs” holds the id ${ids[wrong]} at ${wrong}; this model knows 0 to ${config.vocab_size - 1}.`);
    return textInputs(ids, additive(ids.length));
  }
  if (values.shape.length !== 3 || values.shape[0] !== 3)
    throw invalid(`“inputs” should be [B, 3, H, W], and is [B, ${values.shape.join(', ')}].`);
  if (elementCount(values.shape) === 0) throw invalid('“inputs” has no pixels.');
  if (!allFinite(values.data)) throw invalid('“inputs” holds values that are NaN or infinite.');
  const table: typeof open.positions = (height, width) => open.positions(height, width, interpolate);
  return imageInputs(table, values, additive(values.data.length / 3));
}

function maskOf(inputs: NamedTensors, index: number, batch: number): Float32Array | null {
  const mask = inputs.get('attention_mask');
  if (!mask) return null;
  if (mask.shape.length !== 2 || mask.shape[0] !== batch)
    throw invalid(`“attention_mask” should be [${batch}, positions], and is [${mask.shape.join(', ')}].`);
  return rowOf(mask, index).data;
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

function required(inputs: NamedTensors, name: string): Tensor {
  const tensor = inputs.get(name);
  if (!tensor) throw invalid(`There is no tensor “${name}” among the inputs.`);
  return tensor;
}

function invalid(what: string): LabError {
  return new LabError('input-invalid', what, 'See the names and shapes in docs/cli.md.');
}
