import { rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import { Emitter } from '../contract/channels';
import { engineContract } from '../contract/engine';
import { connect } from '../contract/rpc';
import type { attentionQuestionSchema } from '../contract/run-schemas';
import { bundleForNode } from '../testing/bundle';
import { eventually } from '../testing/eventually';
import { type EngineExit, forkEngine, type StartEngineProcess } from './engine-process';
import { EngineSupervisor, type SupervisorOptions } from './engine-supervisor';

let entry = '';
const supervisors: EngineSupervisor[] = [];

beforeAll(async () => {
  entry = await bundleForNode(resolve('electron/testing/fake-engine.ts'));
});
afterAll(() => rm(dirname(entry), { recursive: true, force: true }));
afterEach(async () => {
  delete process.env.FAKE_ENGINE;
  await Promise.all(supervisors.splice(0).map((supervisor) => supervisor.stop()));
});

function supervise(manner = 'well', options: Partial<SupervisorOptions> = {}) {
  process.env.FAKE_ENGINE = manner;
  const states: string[] = [];
  const supervisor: EngineSupervisor = new EngineSupervisor({
    engine: 'native',
    start: forkEngine(entry),
    folders: async () => ({ known: import.meta.dirname }),
    memoryLimitBytes: 8e9,
    onChange: () => states.push(supervisor.state.status),
    ...options,
  });
  supervisors.push(supervisor);
  const client = async () => connect(engineContract, await supervisor.lane());
  return { supervisor, states, client };
}

const question: z.input<typeof attentionQuestionSchema> = { runId: 'r', step: { kind: 'encoder' }, head: 'mean', rows: [3, 1] };

describe('an engine’s process', () => {
  it('starts with the first lane, is checked, and answers with arrays', async () => {
    const { supervisor, states, client } = supervise();
    expect(supervisor.state.status).toBe('untried');
    const answer = await (await client()).ask(question);
    expect(answer.weights).toEqual(Float32Array.of(3 / 7, 1 / 7));
    expect(answer.rows).toEqual(Uint32Array.of(3, 1));
    expect(states).toEqual(['starting', 'ready']);
    expect(supervisor.state).toMatchObject({ device: expect.stringContaining('fake native'), check: { agrees: true } });
  });

  it('serves several lanes from one process', async () => {
    const { supervisor, client } = supervise();
    const [one, other] = await Promise.all([client(), client()]);
    expect(await one.ask(question)).toEqual(await other.ask(question));
    expect(supervisor.pid).toBeGreaterThan(0);
  });

  it('opens only models the host has named', async () => {
    const engine = await supervise().client();
    await expect(engine.open({ modelId: 'elsewhere' })).rejects.toMatchObject({ code: 'model-unknown' });
    await expect(engine.open({ modelId: 'constructor' })).rejects.toMatchObject({ code: 'model-unknown' });
    await expect(engine.open({ modelId: 'known' })).rejects.toMatchObject({ code: 'checkpoint-missing' });
  });

  it.each(['crash', 'abort'])(
    'that ends with %s rejects what is pending, is told as lost, and comes back with the next call',
    async (how) => {
      const { supervisor, states, client } = supervise();
      const first = await client();
      const { pid } = supervisor;
      await expect(first.open({ modelId: how })).rejects.toMatchObject({ code: 'engine-lost' });
      await eventually(() => expect(supervisor.state.status).toBe('lost'));
      expect(supervisor.state.reason).toMatch(how === 'crash' ? /exit code 139/ : /signal SIGABRT/);
      await expect(first.ask(question)).rejects.toMatchObject({ code: 'engine-lost' });
      expect((await (await client()).ask(question)).attended).toBe(7);
      expect(supervisor.pid).not.toBe(pid);
      expect(states).toEqual(['starting', 'ready', 'lost', 'starting', 'ready']);
    },
  );

  it('that crashes again and again is left alone until it is restarted by hand', async () => {
    const { supervisor, client } = supervise('well', { maxCrashes: 2 });
    for (let times = 0; times < 2; times++)
      await expect((await client()).open({ modelId: 'crash' })).rejects.toMatchObject({ code: 'engine-lost' });
    await eventually(() => expect(supervisor.state.status).toBe('unavailable'));
    await expect(client()).rejects.toMatchObject({ code: 'engine-unavailable', message: expect.stringContaining('several times') });
    await supervisor.restart();
    expect((await (await client()).ask(question)).attended).toBe(7);
  });

  it('that was left alone stays so however long ago it crashed, until it is restarted by hand', async () => {
    const { supervisor, client } = supervise('well', { maxCrashes: 1 });
    await expect((await client()).open({ modelId: 'crash' })).rejects.toMatchObject({ code: 'engine-lost' });
    await eventually(() => expect(supervisor.state.status).toBe('unavailable'));
    const now = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000);
    try {
      await expect(client()).rejects.toMatchObject({ code: 'engine-unavailable', message: expect.stringContaining('left alone') });
      await supervisor.restart();
      expect(supervisor.state.status).toBe('ready');
    } finally {
      now.mockRestore();
    }
  });

  it('whose crashes lie more than a minute apart is started again and again', async () => {
    const { supervisor, client } = supervise('well', { maxCrashes: 2 });
    const now = vi.spyOn(Date, 'now');
    try {
      for (let minute = 0; minute < 3; minute++) {
        now.mockReturnValue(minute * 61_000);
        await expect((await client()).open({ modelId: 'crash' })).rejects.toMatchObject({ code: 'engine-lost' });
        await eventually(() => expect(supervisor.state.status).toBe('lost'));
      }
    } finally {
      now.mockRestore();
    }
  });

  it('that is restarted while it starts leaves the newer start alone and says how the older one ended', async () => {
    const started: { end: () => void; killed: boolean }[] = [];
    // As in Electron: the channel closes and the exit is told in one turn.
    const start: StartEngineProcess = () => {
      const emitter = new Emitter();
      const exits: ((exit: EngineExit) => void)[] = [];
      const made = {
        killed: false,
        end: () => {
          made.killed = true;
          emitter.close();
          for (const listener of exits.splice(0)) listener({ code: 0, signal: null, stderr: '' });
        },
      };
      started.push(made);
      return {
        pid: started.length,
        channel: { post: () => undefined, onMessage: emitter.onMessage, onClose: emitter.onClose, close: made.end },
        onExit: (listener) => exits.push(listener),
        kill: () => setTimeout(made.end, 0),
      };
    };
    const { supervisor } = supervise('well', { start });
    const first = supervisor.lane().catch((error: unknown) => error);
    const restarted = supervisor.restart().catch(() => undefined);
    expect(await first).toMatchObject({ code: 'engine-unavailable', message: expect.stringContaining('Its process was ended') });
    await eventually(() => expect(started).toHaveLength(2));
    const waiting = supervisor.lane().catch(() => undefined);
    await new Promise((next) => setTimeout(next, 20));
    expect(started).toHaveLength(2);
    await supervisor.stop();
    await Promise.all([restarted, waiting]);
    expect(started.map(({ killed }) => killed)).toEqual([true, true]);
  });

  it('that crashes while starting says so instead of hanging', async () => {
    const { supervisor, client } = supervise('crash-at-start');
    await expect(client()).rejects.toMatchObject({ code: 'engine-unavailable', message: expect.stringContaining('exit code 3') });
    expect(supervisor.state.status).toBe('lost');
  });

  it('that does not answer in time is ended', async () => {
    const { supervisor, client } = supervise('deaf', { startTimeoutMs: 300 });
    await expect(client()).rejects.toMatchObject({ code: 'engine-unavailable', message: expect.stringContaining('in time') });
    // A busy computer may be the reason: the next run tries again.
    expect(supervisor.state.status).toBe('lost');
    expect(supervisor.pid).toBeUndefined();
  });

  it('whose library does not load is unavailable with that reason', async () => {
    const { supervisor, client } = supervise('no-library');
    await expect(client()).rejects.toMatchObject({ code: 'engine-unavailable', message: 'The library does not load.' });
    expect(supervisor.state).toMatchObject({ status: 'unavailable', reason: 'The library does not load.' });
  });

  it('that disagrees with the shipped result is not used, with both numbers said', async () => {
    const { supervisor, client } = supervise('disagree');
    await expect(client()).rejects.toMatchObject({ code: 'engine-disagrees', message: expect.stringMatching(/1\.0e\+0.*1\.0e-3/) });
    expect(supervisor.state).toMatchObject({ status: 'unavailable', check: { agrees: false } });
  });

  it('that blocks can be ended and starts afresh, which is no crash', async () => {
    const { supervisor, client } = supervise();
    const blocked = (await client()).open({ modelId: 'block' });
    const ended = expect(blocked).rejects.toMatchObject({ code: 'engine-lost' });
    await supervisor.restart();
    await ended;
    expect((await (await client()).ask(question)).attended).toBe(7);
    expect(supervisor.state.status).toBe('ready');
  });

  it('cancels a run between its steps', async () => {
    const engine = await supervise().client();
    const controller = new AbortController();
    const run = engine.run(
      { runId: 'r', modelId: 'known', input: { modality: 'text', bytes: Uint8Array.of(65), masks: [] }, options: { topK: 1 } },
      { signal: controller.signal, onProgress: () => controller.abort() },
    );
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect((await engine.ask(question)).attended).toBe(7);
  });

  it('that has grown past its limit gives the memory back when idle, which is no crash', async () => {
    const { supervisor, client } = supervise('soon-idle', { memoryLimitBytes: 300e6 });
    const engine = await client();
    await engine.open({ modelId: 'grow' }).catch(() => undefined);
    await eventually(() => expect(supervisor.state.status).toBe('untried'));
    expect(supervisor.state.reason).toContain('memory');
    expect((await (await client()).ask(question)).attended).toBe(7);
  });

  it('that has grown past its limit stays while it may still be asked', async () => {
    const { supervisor, client } = supervise('well', { memoryLimitBytes: 300e6 });
    const engine = await client();
    await engine.open({ modelId: 'grow' }).catch(() => undefined);
    await new Promise((next) => setTimeout(next, 300));
    expect((await engine.ask(question)).attended).toBe(7);
    expect(supervisor.state.status).toBe('ready');
  });
});
