/** Electron's message ports, in main and in front of the engine's process, as channels. */
import type { MessagePortMain } from 'electron';
import type { Channel } from '../contract/channel';
import { compact, Emitter } from '../contract/channels';

/** Main-side ports carry structured clones and other ports only: never list an ArrayBuffer to transfer (electron#34905). */
export function mainPortChannel(port: MessagePortMain): Channel {
  const emitter = new Emitter();
  port.on('message', ({ data }) => emitter.message(data));
  port.on('close', () => emitter.close());
  port.start();
  return {
    post: (message) => {
      if (!emitter.closed) port.postMessage(compact(message));
    },
    onMessage: emitter.onMessage,
    onClose: emitter.onClose,
    close: () => {
      port.close();
      emitter.close();
    },
  };
}
