/** An engine's process as the host sees it, and how Node forks one; Electron's main brings its utility process instead. */
import { type ChildProcess, fork } from 'node:child_process';
import type { Channel } from '../contract/channel';
import { compact, Emitter } from '../contract/channels';
import type { ProcessEngine } from '../contract/engine-process';

export interface EngineExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** The last lines the process wrote on stderr: technical text for the details of an error. */
  readonly stderr: string;
}

export interface EngineProcess {
  readonly pid: number | undefined;
  /** Carries lanes (contract/multiplex): control and engine calls. */
  readonly channel: Channel;
  /** Told once, after the channel has closed. */
  onExit(listener: (exit: EngineExit) => void): void;
  /** Ends the process at once, whatever it is doing. */
  kill(): void;
  /** Electron only: leads a window's port straight to the process. */
  handPort?(port: unknown): void;
}

export type StartEngineProcess = (engine: ProcessEngine) => EngineProcess;

/** Kept of a process's stderr. */
const STDERR_TAIL = 4096;

/** Keeps the end of what a process writes on stderr. */
export function stderrTail(stream: NodeJS.ReadableStream | null | undefined): () => string {
  let tail = '';
  stream?.on('data', (chunk: Buffer | string) => {
    tail = (tail + chunk.toString()).slice(-STDERR_TAIL);
  });
  return () => tail;
}

/** Forks the bundled engine entry with arrays passed by structured clone. */
export function forkEngine(entry: string): StartEngineProcess {
  return () => {
    const child = fork(entry, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] });
    return childEngine(child);
  };
}

function childEngine(child: ChildProcess): EngineProcess {
  const emitter = new Emitter();
  const exits: ((exit: EngineExit) => void)[] = [];
  const stderr = stderrTail(child.stderr);
  let ended = false;
  const end = (code: number | null, signal: string | null) => {
    if (ended) return;
    ended = true;
    emitter.close();
    for (const listener of exits) listener({ code, signal, stderr: stderr() });
  };
  child.on('message', (message) => emitter.message(message));
  child.on('disconnect', () => emitter.close());
  child.on('error', () => end(null, null));
  child.on('close', end);
  return {
    pid: child.pid,
    channel: {
      // The callback takes what a pipe that just broke would otherwise throw; the exit is told by `close`.
      post: (message) => {
        if (!emitter.closed && child.connected) child.send(compact(message) as object, () => undefined);
      },
      onMessage: emitter.onMessage,
      onClose: emitter.onClose,
      close: () => child.kill('SIGKILL'),
    },
    onExit: (listener) => exits.push(listener),
    kill: () => child.kill('SIGKILL'),
  };
}
