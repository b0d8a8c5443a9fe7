/**
 * Runs in every page of the double before the page's own code: the preload's `electron`, and the page's ends of ports.
 * Bundled to one script; the shipped preload follows it. Messages cross as base64 of the frames browser mode uses.
 */
import { decodeFrame, encodeFrame } from '../../contract/codec';

interface Scope {
  /** Playwright's binding into the process of the double. */
  electronDoubleCall(call: object): Promise<void>;
  electronDoubleTell?: (base64: string) => void;
  /** The preload's `require`. */
  electronDoubleRequire?: (name: string) => unknown;
}

interface Told {
  readonly kind: 'post' | 'port' | 'close';
  readonly channel: string;
  readonly message: unknown;
  readonly ports: number[];
  readonly port: number;
}

const scope = globalThis as unknown as Scope;
const ports = new Map<number, MessagePort>();
const listeners = new Map<string, ((event: { ports: MessagePort[] }, message: unknown) => void)[]>();

/** A port made here stands for the one in the other process: its far side is relayed. */
function relay(id: number): MessagePort {
  const { port1, port2 } = new MessageChannel();
  ports.set(id, port1);
  port1.onmessage = ({ data }) => void scope.electronDoubleCall({ kind: 'port', port: id, data: toBase64(encodeFrame({ data })) });
  port1.addEventListener('close', () => void scope.electronDoubleCall({ kind: 'close', port: id }));
  return port2;
}

function tell(told: Told): void {
  if (told.kind === 'post') {
    const handed = told.ports.map(relay);
    for (const listener of listeners.get(told.channel) ?? []) listener({ ports: handed }, told.message);
  } else if (told.kind === 'port') ports.get(told.port)?.postMessage(told.message);
  else {
    ports.get(told.port)?.close();
    ports.delete(told.port);
  }
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let start = 0; start < bytes.length; start += 32_768) text += String.fromCharCode(...bytes.subarray(start, start + 32_768));
  return btoa(text);
}

scope.electronDoubleTell = (base64) => tell(decodeFrame(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))) as Told);

const electron = {
  contextBridge: {
    exposeInMainWorld: (name: string, api: unknown) => Object.defineProperty(globalThis, name, { value: Object.freeze(api) }),
  },
  ipcRenderer: {
    send: (channel: string, message: unknown) => void scope.electronDoubleCall({ kind: 'send', channel, message, url: location.href }),
    on: (channel: string, listener: (event: { ports: MessagePort[] }, message: unknown) => void) => {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
    },
  },
};
scope.electronDoubleRequire = (name) => {
  if (name !== 'electron') throw new Error(`A sandboxed preload may not require ${name}.`);
  return electron;
};
// A new document: ports of the one before are gone.
if (window === window.top) void scope.electronDoubleCall({ kind: 'hello' });
