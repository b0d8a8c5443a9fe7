import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { LabError } from '../../models/lab-error';
import type { Channel } from './channel';
import { channelPair, type PortLike, portChannel, type WebSocketLike, webSocketChannel } from './channels';
import { defineContract, type Handlers } from './define';
import { connect, MAX_OPEN_CALLS, serve } from './rpc';

const contract = defineContract({
  add: { params: z.object({ a: z.number(), b: z.number() }), result: z.number() },
  echo: { params: z.object({ data: z.instanceof(Float32Array) }), result: z.instanceof(Float32Array) },
  nothing: { params: z.object({}), result: z.void() },
  count: { params: z.object({ to: z.number() }), result: z.string(), progress: z.object({ at: z.number() }) },
  forever: { params: z.object({}), result: z.void() },
  fail: { params: z.object({ kind: z.enum(['lab', 'bug']) }), result: z.void() },
  lie: { params: z.object({}), result: z.object({ honest: z.boolean() }) },
});

let aborted = 0;
const handlers: Handlers<typeof contract> = {
  add: ({ a, b }) => a + b,
  echo: ({ data }) => data,
  nothing: () => undefined,
  count: async ({ to }, { report }) => {
    for (let at = 1; at <= to; at++) report({ at });
    return 'counted';
  },
  forever: (_, { signal }) =>
    new Promise<void>((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        aborted += 1;
        reject(LabError.cancelled());
      });
    }),
  fail: ({ kind }) => {
    if (kind === 'lab') throw new LabError('file-empty', 'The file is empty.', 'Choose another file.', { detail: '0 bytes' });
    throw new TypeError('of undefined');
  },
  lie: () => ({ honest: 'no' }) as unknown as { honest: boolean },
};

async function socketPair(): Promise<{ ends: [Channel, Channel]; end: () => void }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const arrived = once(server, 'connection');
  const { port } = server.address() as { port: number };
  const client = new WebSocket(`ws://127.0.0.1:${port}`);
  const [accepted] = (await arrived) as [WebSocketLike];
  return { ends: [webSocketChannel(accepted), webSocketChannel(client as unknown as WebSocketLike)], end: () => server.close() };
}

const transports: Record<string, () => Promise<{ ends: [Channel, Channel]; end: () => void }>> = {
  'in memory': async () => ({ ends: channelPair(), end: () => undefined }),
  'message port': async () => {
    const { port1, port2 } = new MessageChannel();
    return { ends: [portChannel(port1 as unknown as PortLike), portChannel(port2 as unknown as PortLike)], end: () => undefined };
  },
  'WebSocket on loopback': socketPair,
};

afterEach(() => {
  aborted = 0;
});

describe.each(Object.entries(transports))('a contract over %s', (_name, make) => {
  async function withClient(work: (client: ReturnType<typeof connect<typeof contract>>, ends: [Channel, Channel]) => Promise<void>) {
    const { ends, end } = await make();
    serve(contract, handlers, ends[0]);
    try {
      await work(connect(contract, ends[1]), ends);
    } finally {
      ends[1].close();
      ends[0].close();
      end();
    }
  }

  it('answers calls with what the handler returned, also nothing', () =>
    withClient(async (client) => {
      expect(await client.add({ a: 2, b: 40 })).toBe(42);
      expect(await client.nothing({})).toBeUndefined();
    }));

  it('carries float arrays bit by bit', () =>
    withClient(async (client) => {
      const whole = Float32Array.from([0, -0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e-45]);
      const back = await client.echo({ data: whole.subarray(1) });
      expect(new Uint32Array(back.buffer)).toEqual(new Uint32Array(whole.slice(1).buffer));
    }));

  it('pairs answers with questions however they interleave', () =>
    withClient(async (client) => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(fc.integer(), fc.integer()), { maxLength: 20 }), async (pairs) => {
          expect(await Promise.all(pairs.map(([a, b]) => client.add({ a, b })))).toEqual(pairs.map(([a, b]) => a + b));
        }),
        { numRuns: 20, seed: 7 },
      );
    }));

  it('reports progress in order and before the result', () =>
    withClient(async (client) => {
      const seen: unknown[] = [];
      seen.push(await client.count({ to: 3 }, { onProgress: ({ at }) => seen.push(at) }));
      expect(seen).toEqual([1, 2, 3, 'counted']);
    }));

  it('refuses a wrong payload with a sentence, before the handler sees it', () =>
    withClient(async (client) => {
      await expect(client.add({ a: 'one', b: 2 } as never)).rejects.toMatchObject({
        code: 'input-invalid',
        detail: expect.stringContaining('a'),
      });
    }));

  it('carries a LabError with everything in it, and wraps a bug as internal', () =>
    withClient(async (client) => {
      await expect(client.fail({ kind: 'lab' })).rejects.toMatchObject({
        code: 'file-empty',
        message: 'The file is empty.',
        hint: 'Choose another file.',
        detail: '0 bytes',
      });
      await expect(client.fail({ kind: 'bug' })).rejects.toMatchObject({ code: 'internal' });
    }));

  it('does not pass on an answer that breaks the contract', () =>
    withClient(async (client) => {
      await expect(client.lie({})).rejects.toMatchObject({ code: 'internal' });
    }));

  it('cancels through the signal: the caller is free at once and the handler hears of it', () =>
    withClient(async (client) => {
      const controller = new AbortController();
      const call = client.forever({}, { signal: controller.signal });
      controller.abort();
      await expect(call).rejects.toMatchObject({ code: 'cancelled' });
      await vi.waitFor(() => expect(aborted).toBe(1));
      await expect(client.forever({}, { signal: controller.signal })).rejects.toMatchObject({ code: 'cancelled' });
    }));

  it('rejects what is pending when the other side goes away, and aborts what is served', () =>
    withClient(async (client, ends) => {
      const call = client.forever({});
      await client.nothing({});
      ends[0].close();
      await expect(call).rejects.toMatchObject({ code: 'engine-lost' });
      await expect(client.nothing({})).rejects.toMatchObject({ code: 'engine-lost' });
      expect(aborted).toBe(1);
    }));
});

describe('the answering side', () => {
  it('does not find calls on the prototype of the contract', async () => {
    const [server, window] = channelPair();
    serve(contract, handlers, server);
    const replies: unknown[] = [];
    window.onMessage((message) => replies.push(message));
    window.post({ type: 'call', id: 1, name: 'toString', params: {} });
    await vi.waitFor(() => expect(replies).toMatchObject([{ type: 'error', id: 1, error: { code: 'input-invalid' } }]));
  });

  it('survives messages that are none, of any shape', async () => {
    const [server, window] = channelPair();
    serve(contract, handlers, server);
    const client = connect(contract, window);
    await fc.assert(
      fc.asyncProperty(fc.anything(), async (message) => {
        try {
          window.post(message);
        } catch {
          // What structured clone cannot carry never leaves.
        }
        expect(await client.add({ a: 1, b: 1 })).toBe(2);
      }),
      { numRuns: 200, seed: 7 },
    );
  });

  it('refuses more open calls than it can hold', async () => {
    const [server, window] = channelPair();
    serve(contract, handlers, server);
    const client = connect(contract, window);
    const calls = Array.from({ length: MAX_OPEN_CALLS }, () => client.forever({}).catch((error: LabError) => error.code));
    await expect(client.forever({})).rejects.toMatchObject({ code: 'input-invalid' });
    server.close();
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['engine-lost']));
  });
});

describe('the asking side', () => {
  it('says when a cancelled call still blocks the other side, and not when it has ended', async () => {
    vi.useFakeTimers();
    try {
      const [server, window] = channelPair();
      const stuck: string[] = [];
      serve(contract, { ...handlers, forever: () => new Promise<void>(() => undefined) }, server);
      const client = connect(contract, window, { stuckAfterMs: 100, onStuck: (name) => stuck.push(name) });
      const controller = new AbortController();
      const blocked = client.forever({}, { signal: controller.signal });
      const ended = client.add({ a: 1, b: 2 }, { signal: controller.signal });
      await ended;
      controller.abort();
      await expect(blocked).rejects.toMatchObject({ code: 'cancelled' });
      await vi.advanceTimersByTimeAsync(99);
      expect(stuck).toEqual([]);
      await vi.advanceTimersByTimeAsync(2);
      expect(stuck).toEqual(['forever']);
    } finally {
      vi.useRealTimers();
    }
  });
});
