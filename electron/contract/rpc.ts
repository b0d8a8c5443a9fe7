/**
 * Calls over a channel: `serve` answers a contract, `connect` asks it. Ids pair questions with answers, progress
 * streams on the way, a cancel reaches the handler's signal, and every failure is a `LabError`.
 * The answering side validates what it is asked; the asking side validates what it is answered. Nothing here knows a transport.
 */
import { z } from 'zod';
import { LabError, type LabErrorData } from '../../models/lab-error';
import type { Channel } from './channel';
import type { CallOptions, CallSchema, Client, Contract, Handlers } from './define';
import { labErrorSchema } from './run-schemas';

const id = z.number().int().nonnegative();
const requestSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('call'), id, name: z.string(), params: z.unknown().optional() }),
  z.object({ type: z.literal('cancel'), id }),
]);
const replySchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), id, progress: z.unknown().optional() }),
  z.object({ type: z.literal('result'), id, result: z.unknown().optional() }),
  z.object({ type: z.literal('error'), id, error: labErrorSchema }),
]);

/** Calls one channel may have open; a caller that opens more is refused, so that a runaway page cannot fill the host's memory. */
export const MAX_OPEN_CALLS = 1024;

export interface ConnectOptions {
  /** What pending and later calls reject with once the channel is closed. */
  readonly lost?: LabErrorData;
  /**
   * A cancelled call rejects at once, but its work may still block the other side. When that side has not answered
   * `stuckAfterMs` later, `onStuck` is called: the place to end a process that does not listen.
   */
  readonly stuckAfterMs?: number;
  readonly onStuck?: (name: string) => void;
}

const LOST: LabErrorData = {
  code: 'engine-lost',
  message: 'The connection to the engine was lost.',
  hint: 'Run again; a fresh engine is started.',
};

/** Answers calls on `channel` until it closes or the returned function is called; both abort every open call. */
export function serve<C extends Contract>(contract: C, handlers: Handlers<C>, channel: Channel): () => void {
  const open = new Map<number, AbortController>();

  const answer = async (callId: number, name: string, params: unknown, controller: AbortController) => {
    const reply = (message: object) => {
      // A caller that cancelled still gets the end of its call: that is how it knows the other side is free again.
      if (open.get(callId) === controller) channel.post(message);
    };
    try {
      const schema = Object.hasOwn(contract, name) ? contract[name] : undefined;
      if (!schema) throw new LabError('input-invalid', `There is no call named “${name}”.`, 'Update Perceiver Lab and try again.');
      const parsed = schema.params.safeParse(params);
      if (!parsed.success) throw refused(name, parsed.error);
      const handler = handlers[name] as Handlers<Contract>[string];
      const result = await handler(parsed.data, {
        signal: controller.signal,
        report: (progress: unknown) => {
          if (!controller.signal.aborted) reply({ type: 'progress', id: callId, progress });
        },
      });
      reply(result === undefined ? { type: 'result', id: callId } : { type: 'result', id: callId, result });
    } catch (thrown) {
      reply({ type: 'error', id: callId, error: LabError.from(thrown).toData() });
    } finally {
      if (open.get(callId) === controller) open.delete(callId);
    }
  };

  const stopMessages = channel.onMessage((message) => {
    const parsed = requestSchema.safeParse(message);
    // What is no request has no id to answer to.
    if (!parsed.success) return;
    const request = parsed.data;
    if (request.type === 'cancel') {
      open.get(request.id)?.abort();
      return;
    }
    if (open.has(request.id) || open.size >= MAX_OPEN_CALLS) {
      const error = new LabError('input-invalid', 'Too many calls are open at once.', 'Wait for a result, then try again.');
      channel.post({ type: 'error', id: request.id, error: error.toData() });
      return;
    }
    const controller = new AbortController();
    open.set(request.id, controller);
    void answer(request.id, request.name, request.params, controller);
  });

  const stop = () => {
    stopMessages();
    stopClose();
    const controllers = [...open.values()];
    open.clear();
    for (const controller of controllers) controller.abort();
  };
  const stopClose = channel.onClose(stop);
  return stop;
}

interface Pending {
  readonly name: string;
  readonly schema: CallSchema;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: LabError) => void;
  readonly onProgress: ((progress: unknown) => void) | undefined;
  readonly release: () => void;
  stuckTimer?: ReturnType<typeof setTimeout>;
}

/** Asks a contract over `channel`. Every rejection is a `LabError`; a closed channel rejects what is pending with `engine-lost`. */
export function connect<C extends Contract>(contract: C, channel: Channel, options: ConnectOptions = {}): Client<C> {
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let closed = false;
  const lost = () => LabError.fromData(options.lost ?? LOST);

  const settle = (callId: number): Pending | undefined => {
    const call = pending.get(callId);
    pending.delete(callId);
    call?.release();
    clearTimeout(call?.stuckTimer);
    return call;
  };

  channel.onMessage((message) => {
    const parsed = replySchema.safeParse(message);
    if (!parsed.success) return;
    const reply = parsed.data;
    const call = pending.get(reply.id);
    if (!call) return;
    if (reply.type === 'progress') {
      const progress = call.schema.progress?.safeParse(reply.progress);
      if (progress?.success) call.onProgress?.(progress.data);
      return;
    }
    settle(reply.id);
    if (reply.type === 'error') {
      call.reject(LabError.fromData(errorData(reply.error)));
      return;
    }
    const result = call.schema.result.safeParse(reply.result);
    if (result.success) call.resolve(result.data);
    else call.reject(misunderstood(call.name, result.error));
  });

  channel.onClose(() => {
    closed = true;
    for (const callId of [...pending.keys()]) settle(callId)?.reject(lost());
  });

  const ask = (name: string, schema: CallSchema, params: unknown, { signal, onProgress }: CallOptions<CallSchema>) =>
    new Promise<unknown>((resolve, reject) => {
      if (signal?.aborted) return reject(LabError.cancelled());
      if (closed) return reject(lost());
      const callId = nextId++;
      const cancel = () => {
        const call = pending.get(callId);
        if (!call) return;
        reject(LabError.cancelled());
        channel.post({ type: 'cancel', id: callId });
        if (options.onStuck) call.stuckTimer = setTimeout(() => options.onStuck?.(name), options.stuckAfterMs ?? 2000);
      };
      signal?.addEventListener('abort', cancel, { once: true });
      pending.set(callId, {
        name,
        schema,
        resolve,
        reject,
        onProgress: (progress) => {
          if (!signal?.aborted) (onProgress as ((progress: unknown) => void) | undefined)?.(progress);
        },
        release: () => signal?.removeEventListener('abort', cancel),
      });
      try {
        channel.post({ type: 'call', id: callId, name, params });
      } catch (thrown) {
        settle(callId);
        reject(LabError.from(thrown));
      }
    });

  const calls = Object.entries(contract).map(([name, schema]) => [
    name,
    (params: unknown, callOptions: CallOptions<CallSchema> = {}) => ask(name, schema, params, callOptions),
  ]);
  return Object.fromEntries(calls) as Client<C>;
}

/** zod writes an absent `detail` as `undefined`; `LabErrorData` wants it absent. */
function errorData(error: z.output<typeof labErrorSchema>): LabErrorData {
  const { detail, ...rest } = error;
  return detail === undefined ? rest : { ...rest, detail };
}

function refused(name: string, error: z.ZodError): LabError {
  return new LabError('input-invalid', `The call “${name}” was not understood.`, 'Check what was given and try again.', {
    detail: z.prettifyError(error),
  });
}

function misunderstood(name: string, error: z.ZodError): LabError {
  return new LabError(
    'internal',
    `The answer to “${name}” was not understood.`,
    'Restart Perceiver Lab so that its parts are of one version.',
    {
      detail: z.prettifyError(error),
    },
  );
}
