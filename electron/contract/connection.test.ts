import { MessageChannel, type MessagePort as NodePort } from 'node:worker_threads';
import { describe, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import { BRIDGE_NAME, PORT_MESSAGE } from './bridge';
import { type PortLike, portChannel } from './channels';
import { connectToHost } from './connection';
import type { Handlers } from './define';
import { type EngineContract, engineContract } from './engine';
import { DEFAULT_SETTINGS, type HostContract, hostContract } from './host';
import { serve } from './rpc';
import type { attentionQuestionSchema } from './run-schemas';

const hello = { version: '1', mode: 'electron' as const, modeReason: null, platform: 'linux', settings: DEFAULT_SETTINGS };
const check = { maxDifference: 0, limit: 1, agrees: true };
const question: z.input<typeof attentionQuestionSchema> = { runId: 'r', step: { kind: 'encoder' }, head: 'mean', rows: 'all' };

/** A window with the preload's bridge, and main behind it: ports arrive as messages of the window. */
function electronWindow() {
  const listeners = new Set<(event: object) => void>();
  const restarts: string[] = [];
  const engines: { nonce: string; port: NodePort }[] = [];
  const post = (data: object, ports: NodePort[] = [], source: object = scope) => {
    for (const listener of [...listeners]) listener({ source, data, ports });
  };
  const handlers = { hello: () => hello, engineRestart: ({ engine }: { engine: string }) => void restarts.push(engine) };
  const requestPort = (kind: 'host' | 'engine', nonce: string) => {
    const { port1, port2 } = new MessageChannel();
    const channel = portChannel(port1 as unknown as PortLike);
    if (kind === 'host') serve(hostContract, handlers as unknown as Handlers<HostContract>, channel);
    else {
      engines.push({ nonce, port: port1 });
      serve(
        engineContract,
        { check: () => check, ask: () => new Promise(() => undefined) } as unknown as Handlers<EngineContract>,
        channel,
      );
    }
    // What another frame or an older request posts is not taken.
    post({ type: PORT_MESSAGE, nonce: 'another' }, [new MessageChannel().port1]);
    post({ type: PORT_MESSAGE, nonce }, [new MessageChannel().port1], {});
    post({ type: PORT_MESSAGE, nonce }, [port2]);
  };
  const scope = {
    addEventListener: (_type: string, listener: (event: object) => void) => listeners.add(listener),
    removeEventListener: (_type: string, listener: (event: object) => void) => listeners.delete(listener),
    [BRIDGE_NAME]: { requestPort },
  };
  return { scope: scope as unknown as Window, post, restarts, engines, listeners };
}

describe('a window in Electron', () => {
  it('gets its ports through the bridge, by its own nonce from its own page', async () => {
    const { scope } = electronWindow();
    const connection = await connectToHost(scope);
    expect(await connection.host.hello({})).toEqual(hello);
    expect(await (await connection.engine()).check({})).toEqual(check);
  });

  it('keeps its engine until it is lost, and hears of that from main', async () => {
    const { scope, post, engines, listeners } = electronWindow();
    const connection = await connectToHost(scope);
    const engine = await connection.engine();
    expect(await connection.engine()).toBe(engine);
    const pending = engine.ask(question);
    const before = listeners.size;
    post({ type: PORT_MESSAGE, nonce: engines[0]?.nonce, closed: true });
    await expect(pending).rejects.toMatchObject({ code: 'engine-lost' });
    expect(listeners.size).toBe(before - 1);
    const fresh = await connection.engine();
    expect(fresh).not.toBe(engine);
    expect(await fresh.check({})).toEqual(check);
  });

  it('has an engine that does not listen to a cancel restarted by the host', async () => {
    const { scope, restarts } = electronWindow();
    const connection = await connectToHost(scope);
    const engine = await connection.engine();
    await engine.check({});
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const controller = new AbortController();
    const call = engine.ask(question, { signal: controller.signal });
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    await vi.advanceTimersByTimeAsync(5100);
    vi.useRealTimers();
    await vi.waitFor(() => expect(restarts).toEqual(['native']));
  });
});
