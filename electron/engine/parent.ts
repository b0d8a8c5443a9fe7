/** The pipe to the host, as the process finds it: Electron's utility process or a child that Node forked. */
import type { Channel } from '../contract/channel';
import { compact, Emitter, type EmitterPort, emitterPortChannel } from '../contract/channels';
import { WINDOW_PORT } from '../contract/engine-process';

/** Electron's `process.parentPort`, as far as it is used here. */
interface ParentPort {
  on(event: 'message', listener: (event: { data: unknown; ports: readonly EmitterPort[] }) => void): void;
  postMessage(message: unknown): void;
}

export interface Parent {
  readonly channel: Channel;
  /** Ports on which windows ask the engine straight (Electron only). */
  onWindowPort(listener: (channel: Channel) => void): void;
}

export function parentOf(process: NodeJS.Process): Parent {
  const port = (process as { parentPort?: ParentPort }).parentPort;
  return port ? electronParent(port) : forkParent(process);
}

function electronParent(port: ParentPort): Parent {
  const emitter = new Emitter();
  const windows: ((channel: Channel) => void)[] = [];
  port.on('message', ({ data, ports }) => {
    const [windowPort] = ports;
    if (data === WINDOW_PORT && windowPort) for (const listener of windows) listener(emitterPortChannel(windowPort));
    else emitter.message(data);
  });
  const channel: Channel = {
    post: (message) => port.postMessage(compact(message)),
    onMessage: emitter.onMessage,
    onClose: emitter.onClose,
    close: () => process.exit(0),
  };
  return { channel, onWindowPort: (listener) => windows.push(listener) };
}

function forkParent(process: NodeJS.Process): Parent {
  const emitter = new Emitter();
  process.on('message', (message) => emitter.message(message));
  process.on('disconnect', () => emitter.close());
  const channel: Channel = {
    post: (message) => {
      if (process.connected) process.send?.(compact(message), undefined, undefined, () => undefined);
    },
    onMessage: emitter.onMessage,
    onClose: emitter.onClose,
    close: () => process.exit(0),
  };
  return { channel, onWindowPort: () => undefined };
}
