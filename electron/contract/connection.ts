/**
 * A window's way to its host, and there are two: in Electron the preload's bridge hands over message ports, in a browser
 * a WebSocket leads back to where the page came from. Nothing else in the window knows which of the two it is.
 */
import type { LabErrorData } from '../../models/lab-error';
import { LabError } from '../../models/lab-error';
import { BRIDGE_NAME, type Bridge, PORT_MESSAGE, type PortAnswer } from './bridge';
import type { Channel } from './channel';
import { portChannel, webSocketChannel } from './channels';
import type { Client } from './define';
import { type EngineContract, engineContract } from './engine';
import { type HostContract, hostContract } from './host';
import { multiplex } from './multiplex';
import { connect } from './rpc';

/** Where browser mode takes WebSockets. */
export const SOCKET_PATH = '/socket';
/** Name of the lane for host calls; engine lanes are `engine/1`, `engine/2` and so on. */
export const HOST_LANE = 'host';
export const ENGINE_LANE = 'engine/';

/** A cancelled call of the native engine that still blocks it after this long has its process ended. */
export const ENGINE_STUCK_AFTER_MS = 5000;
const PORT_TIMEOUT_MS = 30_000;

export interface HostConnection {
  readonly host: Client<HostContract>;
  /** The native engine; the same client until it is lost, then a fresh one. Its calls reject with a sentence when it cannot run. */
  engine(): Promise<Client<EngineContract>>;
  /** Called once when the host is gone (browser mode was stopped). Returns the function that stops listening. */
  onLost(listener: () => void): () => void;
}

const HOST_LOST: LabErrorData = {
  code: 'engine-lost',
  message: 'The connection to Perceiver Lab was lost.',
  hint: 'Start Perceiver Lab again, then reload this page.',
};

const ENGINE_LOST: LabErrorData = {
  code: 'engine-lost',
  message: 'The engine’s process ended while it was working.',
  hint: 'Run again; a fresh process is started.',
};

export async function connectToHost(scope: Window & { readonly [BRIDGE_NAME]?: Bridge } = window): Promise<HostConnection> {
  const bridge = scope[BRIDGE_NAME];
  return bridge ? throughBridge(scope, bridge) : throughSocket(scope.location);
}

async function throughBridge(scope: Window, bridge: Bridge): Promise<HostConnection> {
  return connection(await portFromBridge(scope, bridge, 'host'), () => portFromBridge(scope, bridge, 'engine'));
}

/** The nonce ties the port to this request; a message from another frame or another request is not taken. */
function portFromBridge(scope: Window, bridge: Bridge, kind: 'host' | 'engine'): Promise<Channel> {
  const nonce = crypto.randomUUID();
  return new Promise((resolve, reject) => {
    let channel: Channel | null = null;
    const stop = () => {
      clearTimeout(timer);
      scope.removeEventListener('message', listen);
    };
    const listen = (event: MessageEvent<unknown>) => {
      const data = event.data as ({ readonly type: unknown } & Partial<PortAnswer>) | null;
      if (event.source !== scope || data?.type !== PORT_MESSAGE || data.nonce !== nonce) return;
      const [port] = event.ports;
      if (data.closed) channel?.close();
      else if (port && !channel) {
        clearTimeout(timer);
        channel = portChannel(port);
        channel.onClose(stop);
        resolve(channel);
      }
    };
    const timer = setTimeout(() => {
      stop();
      reject(LabError.fromData(kind === 'host' ? HOST_LOST : ENGINE_LOST));
    }, PORT_TIMEOUT_MS);
    scope.addEventListener('message', listen);
    bridge.requestPort(kind, nonce);
  });
}

async function throughSocket(location: Location): Promise<HostConnection> {
  const address = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${SOCKET_PATH}`;
  return connectOverSocket(webSocketChannel(new WebSocket(address)));
}

/** Browser mode's connection over an open (or opening) socket; exported for tests and tools that bring a socket of their own. */
export function connectOverSocket(socket: Channel): HostConnection {
  const lanes = multiplex(socket);
  let engines = 0;
  return connection(lanes.lane(HOST_LANE), async () => lanes.lane(`${ENGINE_LANE}${++engines}`));
}

function connection(hostChannel: Channel, openEngine: () => Promise<Channel>): HostConnection {
  const host = connect(hostContract, hostChannel, { lost: HOST_LOST });
  let engine: Promise<Client<EngineContract>> | null = null;
  const open = async () => {
    const channel = await openEngine();
    channel.onClose(() => {
      engine = null;
    });
    return connect(engineContract, channel, {
      lost: ENGINE_LOST,
      stuckAfterMs: ENGINE_STUCK_AFTER_MS,
      onStuck: () => void host.engineRestart({ engine: 'native' }).catch(() => undefined),
    });
  };
  return {
    host,
    engine: () => {
      engine ??= open().catch((thrown) => {
        engine = null;
        throw thrown;
      });
      return engine;
    },
    onLost: (listener) => hostChannel.onClose(listener),
  };
}
