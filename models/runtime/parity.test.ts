import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as nativeOrt from 'onnxruntime-node';
import * as webOrt from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import { openModel } from './open-model';
import { runRaw } from './raw';
import { type Comparison, compare, readReferenceCase } from './testing/reference-case';

const FIXTURES = resolve(import.meta.dirname, '../perceiver/fixtures');
/** Lies beside a checkout on the machines of those who make the vectors, nowhere else. */
const ALL_CASES = resolve(import.meta.dirname, '../../../shared/reference');
const HEADS = [
  'model',
  'masked_lm',
  'sequence_classification',
  'image_learned',
  'image_fourier',
  'image_conv',
  'optical_flow',
  'multimodal',
];

webOrt.env.wasm.numThreads = 1;

function casesIn(folder: string): string[] {
  return HEADS.flatMap((head) => (existsSync(join(folder, head)) ? readdirSync(join(folder, head)).map((name) => `${head}/${name}`) : []));
}

async function runCase(folder: string, name: string, engine: 'native' | 'wasm'): Promise<Comparison> {
  const place = join(folder, name);
  const location = engine === 'native' ? { folder: place, file: 'model.safetensors' } : undefined;
  const { source, inputs, expected } = await readReferenceCase(name, (file) => readFile(join(place, file)), location);
  const model = await openModel(engine === 'native' ? nativeOrt : webOrt, source, { engine, threads: 1 });
  try {
    return compare(expected, await runRaw(model, inputs, { attentions: true, hiddenStates: true }));
  } finally {
    await model.dispose();
  }
}

describe('Logits, hidden states and attention maps equal Hugging Face’s', () => {
  it.each(casesIn(FIXTURES))('%s on the native engine', async (name) => {
    const { problems, worst } = await runCase(FIXTURES, name, 'native');
    expect(problems).toEqual([]);
    expect(worst).toBeGreaterThan(0);
  });

  it.each(['masked_lm/short_input', 'image_fourier/q_mask'])('%s on WebAssembly', { timeout: 120_000 }, async (name) => {
    expect((await runCase(FIXTURES, name, 'wasm')).problems).toEqual([]);
  });

  const all = casesIn(ALL_CASES);
  if (all.length === 0) console.log(`The folder of all reference cases is absent (${ALL_CASES}); the fixtures stand for it.`);
  it.runIf(all.length > 0)('every case of the reference folder', { timeout: 300_000 }, async () => {
    const rows = [];
    for (const name of all) rows.push([name, await runCase(ALL_CASES, name, 'native')] as const);
    console.log(rows.map(([name, { worst, worstName }]) => `${worst.toFixed(4)}  ${name} (${worstName})`).join('\n'));
    expect(rows.flatMap(([name, { problems }]) => problems.map((problem) => `${name}: ${problem}`))).toEqual([]);
    expect(rows.length).toBeGreaterThanOrEqual(34);
  });
});
