/**
 * Browser mode: the host behind a loopback address, for an installed browser in Electron's place. Pages over HTTP, calls
 * over one WebSocket a window. Listens on 127.0.0.1 only; see access.ts for who is let in.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { LabError } from '../../models/lab-error';
import { type WebSocketLike, webSocketChannel } from '../contract/channels';
import { MAX_FRAME_BYTES } from '../contract/codec';
import { ENGINE_LANE, HOST_LANE, SOCKET_PATH } from '../contract/connection';
import { type AppEvent, hostContract } from '../contract/host';
import { multiplex } from '../contract/multiplex';
import { serve } from '../contract/rpc';
import { type HostWindow, hostHandlers } from '../host/handlers';
import type { Host } from '../host/index';
import { readPageFile } from '../host/page-files';
import { pageHeaders } from '../host/page-policy';
import { type Access, createAccess } from './access';

export interface BrowserModeOptions {
  readonly host: Host;
  readonly rendererFolder: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Ends by itself this long after the last window closed; never where it is null. */
  readonly closeWhenEmptyMs: number | null;
  /** Handed to the first window: files named at the start. */
  readonly events?: readonly AppEvent[];
}

export interface BrowserMode {
  /** With the token: whoever has it may use the lab. It keeps working as long as this runs. */
  readonly address: string;
  /** Resolves when it has ended, by `close` or by itself. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
  /** From now on it does not end by itself: a person opens the address, whenever that is. */
  stayOpen(): void;
}

/** Windows open at once. */
const MAX_WINDOWS = 16;
/** The host's lane and the engine's; one more while a lost engine's lane is replaced. */
const MAX_LANES = 8;
/** RFC 6455: "going away". */
const GOING_AWAY = 1001;

export async function startBrowserMode(options: BrowserModeOptions): Promise<BrowserMode> {
  const { host, rendererFolder, port } = options;
  let { closeWhenEmptyMs } = options;
  const waiting = [...(options.events ?? [])];
  const server = createServer();
  await listen(server, port);
  const actualPort = (server.address() as AddressInfo).port;
  const access = createAccess(actualPort);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false });
  let emptyTimer: NodeJS.Timeout | undefined;
  let ended: () => void = () => undefined;
  const closed = new Promise<void>((done) => {
    ended = done;
  });

  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= (async () => {
      clearTimeout(emptyTimer);
      for (const socket of sockets.clients) socket.close(GOING_AWAY);
      await new Promise((done) => setTimeout(done, sockets.clients.size > 0 ? 100 : 0));
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await host.close();
      ended();
    })();
    return closing;
  };

  server.on('request', (request, response) => {
    answer(request, response, access, rendererFolder).catch((thrown) => {
      response.writeHead(500, pageHeaders()).end(`${LabError.from(thrown).message}\n`);
    });
  });
  server.on('upgrade', (request, socket, head) => {
    const status = refusalOf(request, access, sockets.clients.size);
    if (status !== null) return refuse(socket, status);
    clearTimeout(emptyTimer);
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      serveWindow(webSocket, host, () => waiting.splice(0));
      webSocket.on('close', () => {
        if (sockets.clients.size > 0 || closeWhenEmptyMs === null) return;
        clearTimeout(emptyTimer);
        emptyTimer = setTimeout(() => void close(), closeWhenEmptyMs);
      });
    });
  });

  return {
    address: `http://127.0.0.1:${actualPort}/?token=${access.token}`,
    closed,
    close,
    stayOpen: () => {
      closeWhenEmptyMs = null;
      clearTimeout(emptyTimer);
    },
  };
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(
        taken
          ? new LabError('usage', `Port ${port} is in use by another program.`, 'Choose another with --port, or leave it out.')
          : LabError.from(error),
      );
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, access: Access, folder: string): Promise<void> {
  const say = (status: number, text: string, headers: Record<string, string> = {}) =>
    response.writeHead(status, { ...pageHeaders(), 'content-type': 'text/plain; charset=utf-8', ...headers }).end(`${text}\n`);
  if (!access.knowsHost(request)) return void say(421, 'Perceiver Lab answers on its own address only.');
  if (request.method !== 'GET' && request.method !== 'HEAD') return void say(405, 'Only GET is answered.', { allow: 'GET, HEAD' });
  const url = URL.canParse(request.url ?? '', 'http://lab') ? new URL(request.url ?? '', 'http://lab') : null;
  if (!url) return void say(400, 'This is no address.');
  if (url.pathname === '/' && access.isToken(url.searchParams.get('token'))) {
    return void say(303, 'Perceiver Lab', { location: '/', 'set-cookie': access.cookie, 'cache-control': 'no-store' });
  }
  if (!access.admitted(request)) return void say(403, 'Open Perceiver Lab with the address that the terminal shows.');
  const file = await readPageFile(folder, url.pathname);
  const length = file.status === 204 ? {} : { 'content-length': String(file.body.byteLength) };
  response.writeHead(file.status, { ...file.headers, ...length });
  response.end(request.method === 'HEAD' || file.status === 204 ? undefined : file.body);
}

/** Status of a refused socket, or null where it is let in. */
function refusalOf(request: IncomingMessage, access: Access, windows: number): number | null {
  if (!access.knowsHost(request)) return 421;
  if (request.url !== SOCKET_PATH) return 404;
  if (!access.sameOrigin(request) || !access.admitted(request)) return 403;
  return windows >= MAX_WINDOWS ? 503 : null;
}

function refuse(socket: Duplex, status: number): void {
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function serveWindow(socket: WebSocket, host: Host, takeEvents: () => readonly AppEvent[]): void {
  // A menu exists only in Electron; what waits from the start is all there is to tell.
  const window: HostWindow = {
    onAppEvent: (listener) => {
      for (const event of takeEvents()) listener(event);
      return () => undefined;
    },
  };
  const channel = webSocketChannel(socket as unknown as WebSocketLike);
  multiplex(channel, {
    maxLanes: MAX_LANES,
    onLane: (name, lane) => {
      if (name === HOST_LANE) serve(hostContract, hostHandlers(host, window), lane);
      else if (name.startsWith(ENGINE_LANE)) void host.serveEngine(lane);
      else lane.close();
    },
  });
  channel.onClose(() => host.engines.forgetWindow(window));
}
