/** A host over temporary folders and the fake engine, for tests of what lies around it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { ModelInfo } from '../../models/runtime/types';
import { forkEngine } from '../host/engine-process';
import { createHost, type Host, type HostOptions } from '../host/index';
import { bundleForNode } from './bundle';

export interface TestHost {
  readonly host: Host;
  readonly folder: string;
  readonly log: string[];
  close(): Promise<void>;
}

export const TEST_INFO: ModelInfo = {
  architecture: 'PerceiverForMaskedLM',
  task: 'masked-lm',
  modality: 'text',
  inputRows: 512,
  inputChannels: 8,
  latents: 4,
  latentChannels: 8,
  blocks: 1,
  layersPerBlock: 2,
  encoderHeads: 1,
  layerHeads: 1,
  decoderHeads: 1,
  queries: 512,
  outputs: 262,
  layout: { kind: 'sequence', length: 512 },
  parameters: 1000,
  weightBytes: 2000,
  weightType: 'F16',
  notes: [],
  labels: [],
};

export const SAMPLE_BYTES = Uint8Array.of(104, 105);
/** Long enough to be read in parts. */
export const WEIGHT_BYTES = Uint8Array.from({ length: 5000 }, (_, index) => index % 251);

let bundle: Promise<string> | null = null;

/** One bundle of the fake engine for a test file; remove it with `removeFakeEngine`. */
export function fakeEngineEntry(): Promise<string> {
  bundle ??= bundleForNode(resolve('electron/testing/fake-engine.ts'));
  return bundle;
}

export async function removeFakeEngine(): Promise<void> {
  if (bundle) await rm(dirname(await bundle), { recursive: true, force: true });
}

export async function createTestHost(options: Partial<HostOptions> = {}): Promise<TestHost> {
  const folder = await mkdtemp(join(tmpdir(), 'perceiver-lab-host-'));
  const zoo = join(folder, 'zoo');
  const samples = join(folder, 'samples');
  for (const name of ['text-mlm', 'broken']) await mkdir(join(zoo, name), { recursive: true });
  await writeFile(join(zoo, 'text-mlm', 'config.json'), '{"model_type":"perceiver"}');
  await writeFile(join(zoo, 'text-mlm', 'model.safetensors'), WEIGHT_BYTES);
  await writeFile(
    join(zoo, 'text-mlm', 'card.json'),
    JSON.stringify({ title: 'Text', summary: 'Bytes, trained by us', license: 'CC0', seed: 7 }),
  );
  await mkdir(samples);
  await writeFile(join(samples, 'hello.txt'), SAMPLE_BYTES);
  await writeFile(join(folder, 'secret.txt'), 'secret');
  const list = ['hello.txt', '../secret.txt'].map((file, index) => ({
    id: `sample-${index}`,
    name: `Sample ${index}`,
    file,
    modality: 'text',
    licence: 'CC0',
    source: 'made by us',
  }));
  await writeFile(join(samples, 'samples.json'), JSON.stringify(list));
  const log: string[] = [];
  const host = await createHost({
    zooFolder: zoo,
    samplesFolder: samples,
    dataFolder: join(folder, 'data'),
    version: '1.2.3',
    mode: 'browser',
    modeReason: 'For a test.',
    startEngineProcess: forkEngine(await fakeEngineEntry()),
    readModelInfo: async () => TEST_INFO,
    log: (sentence) => log.push(sentence),
    ...options,
  });
  return {
    host,
    folder,
    log,
    close: async () => {
      await host.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
