/** The real host with the real engine process, asked over both transports: the same calls must give the same answers. */
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { z } from 'zod';
import type { RunResult } from '../../models/runtime/types';
import { type PortLike, portChannel, type WebSocketLike, webSocketChannel } from '../contract/channels';
import { connectOverSocket } from '../contract/connection';
import type { Client } from '../contract/define';
import { type EngineContract, engineContract } from '../contract/engine';
import { type EnginesView, type HostContract, hostContract } from '../contract/host';
import { connect, serve } from '../contract/rpc';
import type { attentionQuestionSchema } from '../contract/run-schemas';
import { type BrowserMode, startBrowserMode } from '../server/browser-mode';
import { bundleForNode } from '../testing/bundle';
import { eventually } from '../testing/eventually';
import { forkEngine } from './engine-process';
import { hostHandlers } from './handlers';
import { createHost, type Host } from './index';
import { readModelInfo } from './read-model-info';

const FIXTURES = resolve('models/perceiver/fixtures');
/** Kept small: reference models of Hugging Face's classes with random weights. */
const MODELS = { text: 'masked_lm/masked_tokens', image: 'image_fourier/q_mask' };

let folder = '';
let entry = '';
let host: Host;
let mode: BrowserMode;
const ends: (() => void)[] = [];

beforeAll(async () => {
  entry = await bundleForNode(resolve('electron/engine/index.ts'));
  folder = await mkdtemp(join(tmpdir(), 'perceiver-lab-contract-'));
  for (const [id, fixture] of Object.entries(MODELS)) {
    await mkdir(join(folder, 'zoo', id), { recursive: true });
    for (const file of ['config.json', 'model.safetensors']) await cp(join(FIXTURES, fixture, file), join(folder, 'zoo', id, file));
    await writeFile(join(folder, 'zoo', id, 'card.json'), JSON.stringify({ title: id, summary: 'random weights', license: 'none' }));
  }
  await mkdir(join(folder, 'renderer'));
  host = await createHost({
    zooFolder: join(folder, 'zoo'),
    samplesFolder: resolve('assets/samples'),
    dataFolder: join(folder, 'data'),
    version: '0',
    mode: 'browser',
    modeReason: 'For a test.',
    startEngineProcess: forkEngine(entry),
    readModelInfo,
    threads: 1,
  });
  mode = await startBrowserMode({ host, rendererFolder: join(folder, 'renderer'), port: 0, closeWhenEmptyMs: null });
});
afterAll(async () => {
  for (const end of ends) end();
  await mode.close();
  await rm(folder, { recursive: true, force: true });
  await rm(dirname(entry), { recursive: true, force: true });
});

interface Lab {
  readonly host: Client<HostContract>;
  readonly engine: () => Promise<Client<EngineContract>>;
}

/** As Electron has it: a port to the host, and one that is led to the engine. */
async function overPorts(): Promise<Lab> {
  const pair = () => {
    const { port1, port2 } = new MessageChannel();
    ends.push(() => port1.close());
    return [portChannel(port1 as unknown as PortLike), portChannel(port2 as unknown as PortLike)] as const;
  };
  const [hostSide, windowSide] = pair();
  serve(hostContract, hostHandlers(host, { onAppEvent: () => () => undefined }), hostSide);
  return {
    host: connect(hostContract, windowSide),
    engine: async () => {
      const [engineSide, asking] = pair();
      void host.serveEngine(engineSide);
      return connect(engineContract, asking);
    },
  };
}

async function overSocket(): Promise<Lab> {
  const { origin } = new URL(mode.address);
  const entryPage = await fetch(mode.address, { redirect: 'manual' });
  const cookie = entryPage.headers.get('set-cookie')?.split(';')[0] ?? '';
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/socket`, { headers: { origin, cookie } });
  ends.push(() => socket.terminate());
  await once(socket, 'open');
  return connectOverSocket(webSocketChannel(socket as unknown as WebSocketLike));
}

const text = new TextEncoder().encode('a b');
const question = (runId: string, change: Partial<z.input<typeof attentionQuestionSchema>> = {}) => ({
  runId,
  step: { kind: 'encoder' as const },
  head: 'mean' as const,
  rows: 'all' as const,
  ...change,
});
const runText = (engine: Client<EngineContract>, runId: string, options: Parameters<typeof engine.run>[1] = {}) =>
  engine.run(
    { runId, modelId: 'text', input: { modality: 'text', bytes: text, masks: [{ start: 1, end: 2 }] }, options: { topK: 5 } },
    options,
  );

describe.each([
  ['message ports', overPorts],
  ['a WebSocket', overSocket],
] as const)('the host contract over %s', (name, open) => {
  it('lists the models with what their configs and weights say', async () => {
    const { host: client } = await open();
    const models = await client.models({});
    expect(models.map(({ id, info }) => [id, info.architecture])).toEqual([
      ['image', 'PerceiverForImageClassificationFourier'],
      ['text', 'PerceiverForMaskedLM'],
    ]);
  });

  it('runs text with progress, answers what the latents looked at, and forgets', async () => {
    const { engine: open_ } = await open();
    const engine = await open_();
    const info = await engine.open({ modelId: 'text' });
    const stages: string[] = [];
    const result = await runText(engine, `${name} 1`, { onProgress: ({ stage }) => stages.push(stage) });
    expect(new Set(stages)).toEqual(new Set(['preprocess', 'encode', 'process', 'decode', 'postprocess']));
    expect(result).toMatchObject({ engine: 'native', inputRows: text.length + 2, output: { kind: 'bytes', masked: [1] } });
    const answer = await engine.ask(question(result.runId));
    expect(answer.rows.length).toBe(info.latents);
    for (let row = 0; row < info.latents; row++) {
      const weights = answer.weights.subarray(row * answer.columns, (row + 1) * answer.columns);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 4);
    }
    await engine.forget({ runId: result.runId });
    await expect(engine.ask(question(result.runId))).rejects.toMatchObject({ code: 'run-forgotten' });
  });

  it('runs a picture, and takes pixels back bit by bit', async () => {
    const { engine: open_ } = await open();
    const engine = await open_();
    const { layout } = await engine.open({ modelId: 'image' });
    if (layout.kind !== 'grid') throw new Error('a grid was expected');
    const { width, height } = layout;
    const data = Uint8ClampedArray.from({ length: width * height * 4 }, (_, index) => (index % 4 === 3 ? 255 : (index * 37) % 256));
    const input = { modality: 'image' as const, image: { width, height, data } };
    const result = await engine.run({ runId: `${name} image`, modelId: 'image', input, options: { topK: 5 } });
    if (result.output.kind !== 'classes') throw new Error('classes were expected');
    expect(result.output.classes.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 4);
    expect(result.timingsMs.total).toBeGreaterThan(0);
  });

  it('cancels a run at once and goes on with the next', async () => {
    const { engine: open_ } = await open();
    const engine = await open_();
    const controller = new AbortController();
    const cancelled = runText(engine, `${name} cancelled`, { signal: controller.signal });
    controller.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    expect((await runText(engine, `${name} next`)).runId).toBe(`${name} next`);
  });

  it('says what is wrong with an input or a name', async () => {
    const { engine: open_ } = await open();
    const engine = await open_();
    await expect(engine.open({ modelId: 'nothing' })).rejects.toMatchObject({ code: 'model-unknown' });
    const image = { width: 2, height: 2, data: new Uint8Array(15) };
    await expect(
      engine.run({ runId: 'x', modelId: 'image', input: { modality: 'image', image }, options: { topK: 1 } }),
    ).rejects.toMatchObject({ code: 'input-invalid' });
    await expect(
      engine.run({
        runId: 'x',
        modelId: 'text',
        input: { modality: 'text', bytes: new Uint8Array(5000), masks: [] },
        options: { topK: 1 },
      }),
    ).rejects.toMatchObject({ code: 'input-too-long' });
  });

  it('survives the engine’s death: what runs is lost with a sentence, the next call has a fresh process', async () => {
    const lab = await open();
    const engine = await lab.engine();
    await runText(engine, `${name} before`);
    const views: EnginesView[] = [];
    void lab.host.enginesWatch({}, { onProgress: (view) => views.push(view) }).catch(() => undefined);
    await eventually(() => expect(views.length).toBeGreaterThan(0));
    const pid = host.engines.pid('native') ?? 0;
    process.kill(pid, 'SIGSEGV');
    await expect(runText(engine, `${name} lost`)).rejects.toMatchObject({ code: 'engine-lost' });
    await eventually(() => expect(views.some(({ engines }) => engines[0]?.status === 'lost')).toBe(true));
    const fresh = await lab.engine();
    await expect(fresh.ask(question(`${name} before`))).rejects.toMatchObject({ code: 'run-forgotten' });
    expect((await runText(fresh, `${name} after`)).engine).toBe('native');
    expect(host.engines.pid('native')).not.toBe(pid);
  });
});

describe('engines in a process', () => {
  it('native and wasm agree with the shipped vector and with each other', async () => {
    const outputs: Extract<RunResult['output'], { kind: 'bytes' }>[] = [];
    for (const name of ['native', 'wasm'] as const) {
      const engine = await host.engine(name);
      expect(await engine.check({})).toMatchObject({ agrees: true });
      const result = await runText(engine, `${name} compared`);
      expect(result.engine).toBe(name);
      if (result.output.kind !== 'bytes') throw new Error('bytes were expected');
      outputs.push(result.output);
    }
    expect(outputs[0]?.topBytes).toEqual(outputs[1]?.topBytes);
    const difference = outputs[0]?.topProbabilities.map((value, index) =>
      Math.abs(value - (outputs[1]?.topProbabilities[index] ?? Number.NaN)),
    );
    expect(Math.max(...(difference ?? [Number.NaN]))).toBeLessThan(1e-5);
  });
});
