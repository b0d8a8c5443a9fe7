/** Loaded first in a forked engine process: makes it look like Electron's utility process from within. */
import { EventEmitter } from 'node:events';
import type { Crossing } from './utility-process';

const send = (crossing: Crossing) => {
  if (process.connected) process.send?.(crossing, undefined, undefined, () => undefined);
};

class ForkedPort extends EventEmitter {
  readonly #id: number;
  #started = false;
  readonly #waiting: unknown[] = [];

  constructor(id: number) {
    super();
    this.#id = id;
  }

  postMessage(data: unknown): void {
    send({ to: 'port', port: this.#id, data });
  }

  start(): void {
    this.#started = true;
    for (const data of this.#waiting.splice(0)) this.emit('message', { data });
  }

  receive(data: unknown): void {
    if (this.#started) this.emit('message', { data });
    else this.#waiting.push(data);
  }

  close(): void {
    send({ to: 'close', port: this.#id });
  }
}

const ports = new Map<number, ForkedPort>();
/** Messages from before the engine listens; Electron keeps them too. */
const early: object[] = [];
const parentPort = Object.assign(new EventEmitter(), {
  postMessage: (data: unknown) => send({ to: 'parent', data, ports: [] }),
});

process.on('message', (crossing: Crossing) => {
  if (crossing.to === 'port') ports.get(crossing.port)?.receive(crossing.data);
  else if (crossing.to === 'close') ports.get(crossing.port)?.emit('close');
  else {
    const handed = crossing.ports.map((id) => {
      const port = new ForkedPort(id);
      ports.set(id, port);
      return port;
    });
    const event = { data: crossing.data, ports: handed };
    if (!parentPort.emit('message', event)) early.push(event);
  }
});
parentPort.on('newListener', (name) => {
  if (name === 'message') setImmediate(() => early.splice(0).forEach((event) => void parentPort.emit('message', event)));
});
process.on('disconnect', () => process.exit(0));

Object.defineProperty(process, 'parentPort', { value: parentPort });
