/** An engine's process as Electron's utility process: sandboxed from the window, and handed window ports directly. */
import { type MessagePortMain, utilityProcess } from 'electron';
import { compact, Emitter } from '../contract/channels';
import { WINDOW_PORT } from '../contract/engine-process';
import { type EngineExit, type StartEngineProcess, stderrTail } from '../host/engine-process';

export function utilityEngine(entry: string): StartEngineProcess {
  return (engine) => {
    const child = utilityProcess.fork(entry, [], { serviceName: `Perceiver Lab engine (${engine})`, stdio: ['ignore', 'ignore', 'pipe'] });
    const emitter = new Emitter();
    const exits: ((exit: EngineExit) => void)[] = [];
    const stderr = stderrTail(child.stderr);
    child.on('message', (message: unknown) => emitter.message(message));
    child.once('exit', (code) => {
      emitter.close();
      for (const listener of exits) listener({ code, signal: null, stderr: stderr() });
    });
    return {
      pid: child.pid,
      channel: {
        post: (message) => {
          if (!emitter.closed) child.postMessage(compact(message));
        },
        onMessage: emitter.onMessage,
        onClose: emitter.onClose,
        close: () => child.kill(),
      },
      onExit: (listener) => exits.push(listener),
      kill: () => child.kill(),
      handPort: (port) => child.postMessage(WINDOW_PORT, [port as MessagePortMain]),
    };
  };
}
