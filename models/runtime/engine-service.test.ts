import * as nativeOrt from 'onnxruntime-node';
import * as webOrt from 'onnxruntime-web';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LabError } from '../lab-error';
import { CHECK_LIMIT } from './check-vector';
import { EngineService, type EngineServiceOptions } from './engine-service';
import type { Ort } from './ort';
import { seededModel } from './seeded-model';

const CONFIG = {
  model_type: 'perceiver',
  architectures: ['PerceiverForMaskedLM'],
  num_latents: 4,
  d_latents: 8,
  d_model: 8,
  num_self_attends_per_block: 2,
  num_self_attention_heads: 2,
  num_cross_attention_heads: 2,
  max_position_embeddings: 24,
};
const input = { modality: 'text', bytes: new TextEncoder().encode('some text'), masks: [] } as const;
const options = { topK: 1 };
const question = (runId: string) => ({ runId, step: { kind: 'encoder' }, head: 'mean', rows: [0] }) as const;

webOrt.env.wasm.numThreads = 1;
const services: EngineService[] = [];
afterEach(async () => {
  for (const service of services.splice(0)) await service.close();
});

function service(more: Partial<EngineServiceOptions> = {}): EngineService {
  const made = new EngineService({
    ort: nativeOrt,
    engine: 'native',
    threads: 1,
    resolve: async (modelId) => seededModel(modelId, CONFIG, 5),
    ...more,
  });
  services.push(made);
  return made;
}

describe('An engine’s service', () => {
  it('opens models, runs inputs and answers questions about them', async () => {
    const engine = service();
    expect((await engine.open({ modelId: 'm' })).latents).toBe(4);
    const result = await engine.run({ runId: 'r', modelId: 'm', input, options });
    expect(result).toMatchObject({ runId: 'r', modelId: 'm', engine: 'native' });
    expect((await engine.ask(question('r'))).weights).toHaveLength(11);
  });

  it('opens a model once, and again when that failed', async () => {
    let asked = 0;
    const engine = service({
      resolve: async (modelId) => {
        asked += 1;
        if (asked === 1) throw new LabError('model-unknown', 'There is none.', 'Choose another.');
        return seededModel(modelId, CONFIG, 5);
      },
    });
    await expect(engine.open({ modelId: 'm' })).rejects.toMatchObject({ code: 'model-unknown' });
    await engine.open({ modelId: 'm' });
    await engine.run({ runId: 'r', modelId: 'm', input, options });
    expect(asked).toBe(2);
  });

  it('keeps runs within its budget, the one longest unused goes first', async () => {
    const { keptBytes } = await service().run({ runId: '-', modelId: 'm', input, options });
    const engine = service({ maxKeptBytes: 2 * keptBytes });
    await engine.run({ runId: 'a', modelId: 'm', input, options });
    await engine.run({ runId: 'b', modelId: 'm', input, options });
    await engine.ask(question('a'));
    await engine.run({ runId: 'c', modelId: 'm', input, options });
    await expect(engine.ask(question('b'))).rejects.toMatchObject({ code: 'run-forgotten' });
    await expect(engine.ask(question('a'))).resolves.toBeDefined();
    engine.forget({ runId: 'a' });
    await expect(engine.ask(question('a'))).rejects.toMatchObject({ code: 'run-forgotten' });
    await expect(engine.ask(question('c'))).resolves.toBeDefined();
  });

  it('closes the model longest unused, and forgets its runs with it', async () => {
    const engine = service({ maxOpenModels: 1 });
    await engine.run({ runId: 'a', modelId: 'one', input, options });
    await engine.run({ runId: 'b', modelId: 'two', input, options });
    await expect(engine.ask(question('a'))).rejects.toMatchObject({ code: 'run-forgotten' });
    await expect(engine.ask(question('b'))).resolves.toBeDefined();
    await expect(engine.run({ runId: 'a', modelId: 'one', input, options })).resolves.toBeDefined();
  });

  it('does one thing after another, in the order they were asked for', async () => {
    const engine = service();
    const done: string[] = [];
    await Promise.all([
      engine.run({ runId: 'a', modelId: 'm', input, options }).then(() => done.push('run a')),
      engine.ask(question('a')).then(() => done.push('ask a')),
      engine.run({ runId: 'b', modelId: 'm', input, options }).then(() => done.push('run b')),
      engine.ask(question('a')).then(() => done.push('ask again')),
    ]);
    expect(done).toEqual(['run a', 'ask a', 'run b', 'ask again']);
  });

  it('ends a cancelled request at once while it waits, without touching the others', async () => {
    const engine = service();
    const abort = new AbortController();
    const done: string[] = [];
    const first = engine.run({ runId: 'a', modelId: 'm', input, options }).then(() => done.push('first'));
    const second = engine
      .run({ runId: 'b', modelId: 'm', input, options }, { signal: abort.signal })
      .catch((error) => done.push(error.code));
    abort.abort();
    await Promise.all([first, second]);
    expect(done).toEqual(['cancelled', 'first']);
    await expect(engine.ask(question('b'))).rejects.toMatchObject({ code: 'run-forgotten' });
    await expect(engine.ask(question('a'))).resolves.toBeDefined();
  });

  it('answers a request that is cancelled while its model loads at once, and loads it to the end for the next', async () => {
    let asked = 0;
    let load: () => void = () => undefined;
    const loaded = new Promise<void>((resolve) => {
      load = resolve;
    });
    const engine = service({
      resolve: async (modelId) => {
        asked += 1;
        await loaded;
        return seededModel(modelId, CONFIG, 5);
      },
    });
    const abort = new AbortController();
    const run = engine.run({ runId: 'a', modelId: 'm', input, options }, { signal: abort.signal });
    const open = engine.open({ modelId: 'm' }, { signal: abort.signal });
    await vi.waitFor(() => expect(asked).toBe(1));
    abort.abort();
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    await expect(open).rejects.toMatchObject({ code: 'cancelled' });
    const next = engine.run({ runId: 'b', modelId: 'm', input, options });
    load();
    expect((await next).runId).toBe('b');
    expect(asked).toBe(1);
    await expect(engine.ask(question('a'))).rejects.toMatchObject({ code: 'run-forgotten' });
  });

  it('goes on after a request that failed', async () => {
    const engine = service();
    await expect(engine.run({ runId: 'a', modelId: 'm', input: { ...input, bytes: new Uint8Array(99) }, options })).rejects.toThrow(
      LabError,
    );
    await expect(engine.run({ runId: 'b', modelId: 'm', input, options })).resolves.toBeDefined();
  });
});

describe('The check of an engine', () => {
  it('agrees with Hugging Face on the native engine and on WebAssembly', async () => {
    for (const engine of [service(), service({ ort: webOrt, engine: 'wasm' })]) {
      const { maxDifference, limit, agrees } = await engine.check();
      expect({ agrees, limit }).toEqual({ agrees: true, limit: CHECK_LIMIT });
      expect(maxDifference).toBeGreaterThan(0);
      expect(maxDifference).toBeLessThan(1e-4);
    }
  });

  it.each([
    ['a little wrong', (value: number) => value * 1.01],
    ['not a number', () => Number.NaN],
  ])('finds an engine whose numbers are %s', async (_, spoil) => {
    const ort: Ort = {
      Tensor: nativeOrt.Tensor,
      InferenceSession: {
        async create(model, sessionOptions) {
          const session = await nativeOrt.InferenceSession.create(model, sessionOptions);
          const run = session.run.bind(session);
          session.run = async (...parameters: unknown[]) => {
            const outputs = await run(...(parameters as Parameters<typeof run>));
            for (const tensor of Object.values(outputs))
              (tensor.data as Float32Array).forEach((value, i, data) => {
                (data as Float32Array)[i] = spoil(value);
              });
            return outputs;
          };
          return session;
        },
      },
    };
    expect((await service({ ort }).check()).agrees).toBe(false);
  });
});
