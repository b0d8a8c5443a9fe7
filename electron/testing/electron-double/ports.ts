/** Message ports of Electron's main process: entangled pairs that can be led on to a page or to another process. */
import { EventEmitter } from 'node:events';

export class DoublePort extends EventEmitter {
  peer: DoublePort | null = null;
  #started = false;
  #waiting: unknown[] = [];

  postMessage(message: unknown): void {
    // As Electron does: a structured clone, and never in the same turn.
    const copy = structuredClone(message);
    const { peer } = this;
    setImmediate(() => peer?.receive(copy));
  }

  start(): void {
    this.#started = true;
    for (const data of this.#waiting.splice(0)) this.emit('message', { data, ports: [] });
  }

  receive(data: unknown): void {
    if (this.#started) this.emit('message', { data, ports: [] });
    else this.#waiting.push(data);
  }

  close(): void {
    const { peer } = this;
    this.peer = null;
    if (!peer) return;
    peer.peer = null;
    setImmediate(() => peer.emit('close'));
    this.emit('close');
  }
}

export class MessageChannelMain {
  readonly port1 = new DoublePort();
  readonly port2 = new DoublePort();

  constructor() {
    this.port1.peer = this.port2;
    this.port2.peer = this.port1;
  }
}

/** The far end of a port, outside this process: how to tell it a message, and that the port is closed. */
export interface FarEnd {
  message(data: unknown): void;
  close(): void;
}

/** Hands a port over: what its peer posts goes far away. Answers with how to let come in what is posted there. */
export function handOver(port: DoublePort, far: FarEnd): FarEnd {
  port.on('message', ({ data }: { data: unknown }) => far.message(data));
  port.on('close', () => far.close());
  port.start();
  return { message: (data) => port.postMessage(data), close: () => port.close() };
}
