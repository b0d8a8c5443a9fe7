/**
 * Doors for tests of a lab: a host that remembers what it was told, an engine that answers when it is let, and files that
 * hold what they say. A file `*.png` is a picture of as many bytes as its text has letters; `bad*` cannot be read; a door
 * that is held keeps its caller waiting.
 */
import { DEFAULT_SETTINGS, type EnginesView } from '../../electron/contract/host';
import { LabError } from '../../models/lab-error';
import type { ModelInfo, RunResult } from '../../models/runtime/types';
import type { Budgets } from './arrays';
import type { LabDoors } from './context';
import { createLab, type Lab } from './lab';

/** Bytes the text model reads at once. */
export const LIMIT = 20;

const info = (modality: 'image' | 'text'): ModelInfo => ({
  architecture: 'Fake',
  task: modality === 'text' ? 'masked-lm' : 'image-classification',
  modality,
  inputRows: modality === 'text' ? LIMIT + 2 : 16,
  inputChannels: 1,
  latents: 4,
  latentChannels: 1,
  blocks: 1,
  layersPerBlock: 1,
  encoderHeads: 1,
  layerHeads: 1,
  decoderHeads: 1,
  queries: 1,
  outputs: 2,
  layout: modality === 'text' ? { kind: 'sequence', length: LIMIT + 2 } : { kind: 'grid', height: 4, width: 4 },
  parameters: 1,
  weightBytes: 1,
  weightType: 'F32',
  notes: [],
  labels: [],
});

const model = (id: string, modality: 'image' | 'text', more: Partial<ModelInfo> = {}) => ({
  id,
  title: id,
  summary: '',
  license: 'CC0',
  origin: 'built-in' as const,
  info: { ...info(modality), ...more },
});

const TEXT_CLASSES = model('text-classes', 'text', { task: 'text-classification' });
const ENGINES: EnginesView = { engines: [], choice: 'automatic', chosen: 'native', why: '' };
const CLASSES = { kind: 'classes' as const, classes: [{ label: 'cat', index: 0, probability: 1 }] };
const TIMINGS = { preprocess: 1, encode: 1, process: 1, decode: 1, postprocess: 1, total: 5 };

/** Waits at a door until it is opened. */
export class Gate {
  #waiting: (() => void)[] = [];
  open = true;

  hold(): void {
    this.open = false;
  }

  release(): void {
    this.open = true;
    for (const go of this.#waiting.splice(0)) go();
  }

  pass(signal?: AbortSignal): Promise<void> {
    if (this.open) return Promise.resolve();
    return new Promise((go, stop) => {
      this.#waiting.push(go);
      signal?.addEventListener('abort', () => stop(LabError.cancelled()));
    });
  }
}

export interface FakeLab {
  readonly lab: Lab;
  /** What the engine is given, oldest first. */
  readonly ran: { readonly modelId: string; readonly bytes: number }[];
  readonly cancelledRuns: number[];
  readonly settingsWritten: object[];
  readonly engine: Gate;
  /** Held, an engine does not even start. */
  readonly start: Gate;
  /** Held by the name of a file or a sample. */
  readonly gate: (name: string) => Gate;
  readonly aborted: string[];
  refuseEngines: boolean;
  failRuns: boolean;
}

export const SAMPLES = [
  { id: 'a', name: 'A', modality: 'image' as const, text: 'aaaa' },
  { id: 'b', name: 'B', modality: 'image' as const, text: 'bbbbbb' },
  { id: 't', name: 'T', modality: 'text' as const, text: 'one two three' },
];

/** A lab that has started, its first sample (a picture) shown and run. */
export async function startFakeLab(budgets?: Budgets): Promise<FakeLab> {
  const gates = new Map<string, Gate>();
  const gate = (name: string): Gate => {
    const known = gates.get(name) ?? new Gate();
    gates.set(name, known);
    return known;
  };
  const fake: Omit<FakeLab, 'lab'> = {
    ran: [],
    cancelledRuns: [],
    settingsWritten: [],
    engine: new Gate(),
    start: new Gate(),
    gate,
    aborted: [],
    refuseEngines: false,
    failRuns: false,
  };
  const host = {
    hello: async () => ({ version: '1', mode: 'browser', modeReason: null, platform: '', settings: DEFAULT_SETTINGS }),
    models: async () => [model('picture', 'image'), model('text', 'text'), model('other-picture', 'image'), TEXT_CLASSES],
    samples: async () => SAMPLES.map(({ id, name, modality }) => ({ id, name, modality, licence: '', source: '', masks: [] })),
    sampleRead: async ({ sampleId }: { sampleId: string }, { signal }: { signal?: AbortSignal } = {}) => {
      await gate(sampleId).pass(signal);
      return new TextEncoder().encode(SAMPLES.find(({ id }) => id === sampleId)?.text);
    },
    settingsWrite: async (settings: object) => void fake.settingsWritten.push(settings),
    enginesWatch: (_: object, { onProgress }: { onProgress: (view: EnginesView) => void }) => {
      onProgress(ENGINES);
      return new Promise(() => undefined);
    },
    engineChoose: async () => {
      if (fake.refuseEngines) throw new LabError('engine-unavailable', 'It does not start.', 'Choose another engine.');
      return { ...ENGINES, chosen: 'wasm' };
    },
    runRecord: async () => undefined,
    workProgress: async () => undefined,
  };
  const engine = {
    run: async ({ runId, modelId, input }: Parameters<RunDoor>[0], { signal }: { signal: AbortSignal }): Promise<RunResult> => {
      const bytes = input.modality === 'text' ? input.bytes.length : input.image.data.length;
      const index = fake.ran.push({ modelId, bytes }) - 1;
      signal.addEventListener('abort', () => fake.cancelledRuns.push(index));
      await fake.engine.pass(signal);
      if (fake.failRuns) throw new LabError('engine-failed', 'It failed.', 'Run again.');
      return resultOf(runId, modelId, bytes, input.modality);
    },
  };
  const doors = {
    host,
    engine: async () => {
      await fake.start.pass();
      return engine;
    },
    decode: async (file: Blob, name: string, { modality, signal }: { modality?: 'image' | 'text'; signal: AbortSignal }) => {
      signal.addEventListener('abort', () => fake.aborted.push(name));
      await gate(name).pass(signal);
      if (name.startsWith('bad')) throw new LabError('image-damaged', `${name} is broken.`, 'Get it again.');
      const bytes = new Uint8Array(await file.arrayBuffer());
      if ((modality ?? (name.endsWith('.png') ? 'image' : 'text')) === 'text') return { kind: 'text', bytes, notes: [] };
      return { kind: 'image', image: { width: bytes.length / 4, height: 1, data: bytes }, notes: [] };
    },
  };
  const lab = createLab(doors as unknown as LabDoors, budgets);
  await lab.start();
  await settled();
  return Object.assign(fake, { lab });
}

type RunDoor = (params: {
  runId: string;
  modelId: string;
  input: { modality: 'text'; bytes: Uint8Array } | { modality: 'image'; image: { data: Uint8Array } };
}) => unknown;

function resultOf(runId: string, modelId: string, bytes: number, modality: 'image' | 'text'): RunResult {
  const common = { runId, modelId, engine: 'native' as const, timingsMs: TIMINGS, keptBytes: 0 };
  if (modality === 'image') {
    const image = { width: 1, height: 1, data: new Uint8Array(4) };
    return {
      ...common,
      inputRows: 16,
      layout: { kind: 'grid', height: 4, width: 4 },
      queries: 1,
      shown: { kind: 'image', image, crop: { x: 0, y: 0, width: 1, height: 1 }, originalWidth: 1, originalHeight: 1 },
      output: CLASSES,
    };
  }
  const text = {
    inputRows: bytes + 2,
    layout: { kind: 'sequence' as const, length: bytes + 2 },
    shown: { kind: 'text' as const, byteCount: bytes },
  };
  if (modelId === TEXT_CLASSES.id) return { ...common, ...text, queries: 1, output: CLASSES };
  return {
    ...common,
    ...text,
    queries: bytes,
    output: {
      kind: 'bytes',
      topK: 1,
      topBytes: new Uint8Array(bytes),
      topProbabilities: new Float32Array(bytes),
      inputProbabilities: new Float32Array(bytes),
      masked: [],
      filled: new Uint8Array(bytes),
    },
  };
}

/** Lets everything happen that needs no clock. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
  // Blobs are read in tasks of their own.
  for (let turn = 0; turn < 5; turn += 1) await new Promise((next) => setImmediate(next));
}
