/** Channels over what the platform offers: message ports, workers and WebSockets; usable in a window and in Node alike. */
import type { Channel } from './channel';
import { decodeFrame, encodeFrame } from './codec';

/** Messages kept for a listener that is not there yet (an engine still starting); a side that sends more is cut off. */
const MAX_WAITING = 256;

/** The listening half every channel shares: messages wait for the first listener, `close` is told exactly once. */
export class Emitter {
  readonly #waiting: unknown[] = [];
  readonly #messages = new Set<(message: unknown) => void>();
  readonly #closes = new Set<() => void>();
  #listened = false;
  closed = false;

  readonly onMessage = (listener: (message: unknown) => void): (() => void) => {
    this.#messages.add(listener);
    this.#listened = true;
    for (const message of this.#waiting.splice(0)) listener(message);
    return () => this.#messages.delete(listener);
  };

  /** A listener that comes after the end is told at once. */
  readonly onClose = (listener: () => void): (() => void) => {
    if (this.closed) queueMicrotask(listener);
    else this.#closes.add(listener);
    return () => this.#closes.delete(listener);
  };

  message(message: unknown): void {
    if (this.closed) return;
    for (const listener of [...this.#messages]) listener(message);
    if (!this.#listened && this.#waiting.push(message) > MAX_WAITING) this.close();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    const closes = [...this.#closes];
    this.#closes.clear();
    this.#messages.clear();
    this.#waiting.length = 0;
    for (const listener of closes) listener();
  }
}

/** A `MessagePort` (window, worker, Node), a `Worker` seen from outside, or a worker's own global scope. */
export interface PortLike {
  postMessage(message: unknown): void;
  addEventListener(type: string, listener: (event: Event) => void): void;
  start?(): void;
  close?(): void;
  terminate?(): void;
}

/** The last message of a side that closes: browsers tell the other end nothing by themselves (Electron and Node do). */
const CLOSED = 'perceiver-lab:closed';

/**
 * Structured clone both ways. The other side's end is seen by its last message, or through the `close` event where there
 * is one (Electron, Node); a worker's death through `error`. Closing a `Worker` terminates it.
 */
export function portChannel(port: PortLike): Channel {
  const emitter = new Emitter();
  port.addEventListener('message', (event) => {
    const { data } = event as MessageEvent<unknown>;
    if (data !== CLOSED) return emitter.message(data);
    if (!port.terminate) port.close?.();
    emitter.close();
  });
  for (const type of ['close', 'error', 'messageerror']) port.addEventListener(type, () => emitter.close());
  port.start?.();
  return {
    post: (message) => {
      if (!emitter.closed) port.postMessage(compact(message));
    },
    onMessage: emitter.onMessage,
    onClose: emitter.onClose,
    close: () => {
      if (port.terminate) port.terminate();
      else {
        if (!emitter.closed) port.postMessage(CLOSED);
        port.close?.();
      }
      emitter.close();
    },
  };
}

/** Electron's port where there is no window (main, utility process): an event emitter, not an event target. */
export interface EmitterPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  postMessage(message: unknown): void;
  start(): void;
  close(): void;
}

/** Such ports carry structured clones and other ports only: nothing is ever listed to be transferred (electron#34905). */
export function emitterPortChannel(port: EmitterPort): Channel {
  return portChannel({
    postMessage: (message) => port.postMessage(message),
    addEventListener: (type, listener) => {
      if (type === 'message') port.on('message', ({ data }) => listener({ data } as MessageEvent));
      else if (type === 'close') port.on('close', () => listener(new Event('close')));
    },
    start: () => port.start(),
    close: () => port.close(),
  });
}

/** The browser's `WebSocket` and the one of `ws`, which has the same events. */
export interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number): void;
  addEventListener(type: string, listener: (event: Event) => void): void;
}

const SOCKET_OPEN = 1;
/** RFC 6455: "received data it cannot accept". */
const UNSUPPORTED_DATA = 1003;

/** Binary MessagePack frames. A frame that is none closes the socket: the other side is not ours. */
export function webSocketChannel(socket: WebSocketLike): Channel {
  const emitter = new Emitter();
  const waiting: Uint8Array<ArrayBuffer>[] = [];
  socket.binaryType = 'arraybuffer';
  socket.addEventListener('open', () => {
    for (const frame of waiting.splice(0)) socket.send(frame);
  });
  socket.addEventListener('message', (event) => {
    const message = decoded((event as MessageEvent<unknown>).data);
    if (message) return emitter.message(message.value);
    socket.close(UNSUPPORTED_DATA);
    emitter.close();
  });
  socket.addEventListener('close', () => emitter.close());
  socket.addEventListener('error', () => emitter.close());
  return {
    post: (message) => {
      if (emitter.closed) return;
      const frame = encodeFrame(message);
      if (socket.readyState === SOCKET_OPEN) socket.send(frame);
      else waiting.push(frame);
    },
    onMessage: emitter.onMessage,
    onClose: emitter.onClose,
    close: () => {
      socket.close();
      emitter.close();
    },
  };
}

/** The message in a frame, or null where the frame is text or no MessagePack. */
function decoded(data: unknown): { readonly value: unknown } | null {
  if (!(data instanceof ArrayBuffer)) return null;
  try {
    return { value: decodeFrame(data) };
  } catch {
    return null;
  }
}

/** Two ends in one process, by structured clone as between two: for tests and for a host in its own window. */
export function channelPair(): [Channel, Channel] {
  const emitters = [new Emitter(), new Emitter()] as const;
  const end = (own: Emitter, other: Emitter): Channel => ({
    post: (message) => {
      const copy = structuredClone(compact(message));
      queueMicrotask(() => other.message(copy));
    },
    onMessage: own.onMessage,
    onClose: own.onClose,
    close: () => {
      own.close();
      queueMicrotask(() => other.close());
    },
  });
  return [end(emitters[0], emitters[1]), end(emitters[1], emitters[0])];
}

/** Joins two channels: what one hears the other says, and the end of one is the end of both. */
export function pipe(first: Channel, second: Channel): void {
  first.onMessage((message) => second.post(message));
  second.onMessage((message) => first.post(message));
  first.onClose(() => second.close());
  second.onClose(() => first.close());
}

/**
 * Replaces views by copies of just their bytes: structured clone would send the whole buffer behind a view, which is
 * slow, and with Node's shared buffer pool would hand a window bytes that are none of its business.
 */
export function compact(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return value.byteLength === value.buffer.byteLength ? value : copyOfView(value);
  if (Array.isArray(value)) return value.map(compact);
  if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, compact(entry)]));
  }
  return value;
}

const VIEWS = [Float32Array, Uint32Array, Uint8ClampedArray] as const;

function copyOfView(view: ArrayBufferView): ArrayBufferView {
  const bytes = new Uint8Array(view.byteLength);
  bytes.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  const kind = VIEWS.find((candidate) => view instanceof candidate);
  return kind ? new kind(bytes.buffer) : bytes;
}
