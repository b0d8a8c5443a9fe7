import { once } from 'node:events';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import type { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type WebSocketLike, webSocketChannel } from '../contract/channels';
import { connectOverSocket, type HostConnection } from '../contract/connection';
import type { AppEvent } from '../contract/host';
import { fileEvents } from '../host/read-file';
import { eventually } from '../testing/eventually';
import { createTestHost, removeFakeEngine, SAMPLE_BYTES, type TestHost } from '../testing/test-host';
import { type BrowserMode, startBrowserMode } from './browser-mode';

let lab: TestHost;
let mode: BrowserMode;
let cookie = '';
let origin = '';
const sockets: WebSocket[] = [];

beforeEach(async () => {
  lab = await createTestHost();
  const rendererFolder = join(lab.folder, 'renderer');
  await mkdir(join(rendererFolder, 'assets'), { recursive: true });
  await writeFile(
    join(rendererFolder, 'index.html'),
    '<script type="module" nonce="PERCEIVER_LAB_NONCE"></script><meta nonce="PERCEIVER_LAB_NONCE">',
  );
  await writeFile(join(rendererFolder, 'assets', 'ort.wasm'), 'wasm');
  await writeFile(join(rendererFolder, 'assets', 'ort.mjs'), 'export {}');
  await writeFile(join(rendererFolder, 'notes.unknown'), 'no');
  await symlink(join(lab.folder, 'secret.txt'), join(rendererFolder, 'link.txt'));
  mode = await startBrowserMode({ host: lab.host, rendererFolder, port: 0, closeWhenEmptyMs: null });
  origin = new URL(mode.address).origin;
  cookie = (await get('/', { token: true })).headers['set-cookie']?.[0]?.split(';')[0] ?? '';
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await mode.close();
  await lab.close();
});
afterAll(removeFakeEngine);

interface Got {
  status: number | undefined;
  headers: import('node:http').IncomingHttpHeaders;
  body: string;
}

/** Node's own client: it sends a path as it is given, dots and all. */
function get(path: string, { token = false, headers = {}, method = 'GET' } = {}): Promise<Got> {
  const url = new URL(mode.address);
  const target = token ? `/${url.search}` : path;
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: url.hostname, port: url.port, path: target, method, headers: { cookie, ...headers } },
      async (response) => {
        let body = '';
        for await (const chunk of response) body += chunk;
        resolve({ status: response.statusCode, headers: response.headers, body });
      },
    );
    asked.on('error', reject).end();
  });
}

function open(headers: Record<string, string>, path = '/socket'): WebSocket {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}${path}`, { headers });
  sockets.push(socket);
  return socket;
}

async function refusedWith(socket: WebSocket): Promise<string> {
  const [error] = (await once(socket, 'error')) as [Error];
  return error.message;
}

async function window(): Promise<HostConnection> {
  const socket = open({ origin, cookie });
  await once(socket, 'open');
  return connectOverSocket(webSocketChannel(socket as unknown as WebSocketLike));
}

describe('the address', () => {
  it('is on loopback and moves its token into a cookie that scripts and other sites cannot use', async () => {
    expect(new URL(mode.address).hostname).toBe('127.0.0.1');
    const answer = await get('/', { token: true });
    expect(answer).toMatchObject({ status: 303, headers: { location: '/' } });
    expect(answer.headers['set-cookie']?.[0]).toMatch(/; HttpOnly; SameSite=Strict/);
  });

  it('works again after a reload, with and without its token', async () => {
    expect((await get('/', { token: true })).status).toBe(303);
    expect((await get('/')).status).toBe(200);
  });

  it.each([
    ['no cookie', { cookie: '' }],
    ['a wrong token', { cookie: 'perceiver-lab-1=wrong' }],
  ])('shows nothing but a sentence with %s', async (_, headers) => {
    const answer = await get('/', { headers });
    expect(answer).toMatchObject({ status: 403, body: 'Open Perceiver Lab with the address that the terminal shows.\n' });
    expect((await get('/assets/ort.mjs', { headers })).status).toBe(403);
  });

  it('does not take a wrong token in the address', async () => {
    expect((await get('/?token=wrong', { headers: { cookie: '' } })).status).toBe(403);
  });

  it('answers to no other name, so that a name cannot be rebound to it', async () => {
    const { port } = new URL(origin);
    expect((await get('/', { headers: { host: `evil.example:${port}` } })).status).toBe(421);
    expect((await get('/', { headers: { host: `127.0.0.1.evil.example:${port}` } })).status).toBe(421);
    expect((await get('/', { headers: { host: `localhost:${port}` } })).status).toBe(200);
  });

  it('takes no other method', async () => {
    expect((await get('/', { method: 'POST' })).status).toBe(405);
  });
});

describe('pages', () => {
  it('are isolated from other origins and run no foreign or inline code', async () => {
    const { headers } = await get('/');
    expect(headers).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval';");
    expect(policy).not.toContain('unsafe-inline');
    expect(policy).not.toMatch(/https?:/);
  });

  it('have a nonce of their own each time, the same in header and page', async () => {
    const nonces = [];
    for (const answer of [await get('/'), await get('/')]) {
      const nonce = /'nonce-([^']+)'/.exec(String(answer.headers['content-security-policy']))?.[1];
      expect(answer.body).toBe(`<script type="module" nonce="${nonce}"></script><meta nonce="${nonce}">`);
      nonces.push(nonce);
    }
    expect(new Set(nonces).size).toBe(2);
  });

  it('have the types that browsers insist on', async () => {
    expect((await get('/assets/ort.wasm')).headers['content-type']).toBe('application/wasm');
    expect((await get('/assets/ort.mjs')).headers['content-type']).toMatch(/^text\/javascript/);
    expect((await get('/assets/ort.wasm', { method: 'HEAD' })).body).toBe('');
  });

  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/..\\secret.txt',
    '/link.txt',
    '/%00',
    '/%zz',
    '//etc/passwd',
    '/assets',
    '/notes.unknown',
  ])('do not lead out of their folder by %s', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain('secret\n');
  });
});

describe('a socket', () => {
  it.each<[string, () => Record<string, string>, string]>([
    ['from another page', () => ({ origin: 'http://localhost:3000', cookie }), '403'],
    ['from another page on this machine by the other name', () => ({ origin: origin.replace('127.0.0.1', 'localhost'), cookie }), '403'],
    ['without an origin', () => ({ cookie }), '403'],
    ['without the token', () => ({ origin }), '403'],
    ['for another host', () => ({ origin: 'http://evil.example', host: 'evil.example', cookie }), '421'],
  ])('%s is refused', async (_, headers, status) => {
    expect(await refusedWith(open(headers()))).toContain(status);
  });

  it('on another path is refused', async () => {
    expect(await refusedWith(open({ origin, cookie }, '/other'))).toContain('404');
  });

  it('serves the host contract', async () => {
    const { host } = await window();
    expect(await host.hello({})).toMatchObject({ version: '1.2.3', mode: 'browser', modeReason: 'For a test.' });
    expect(await host.sampleRead({ sampleId: 'sample-0' })).toEqual(SAMPLE_BYTES);
    await expect(host.sampleRead({ sampleId: 'sample-1' })).rejects.toMatchObject({ code: 'file-unreadable' });
  });

  it('serves the engine through the host, tells of its crash and gives a fresh one', async () => {
    const connection = await window();
    const engine = await connection.engine();
    const ask = { runId: 'r', step: { kind: 'encoder' as const }, head: 'mean' as const, rows: [1] };
    expect((await engine.ask(ask)).weights).toEqual(Float32Array.of(1 / 7));
    expect(await connection.engine()).toBe(engine);
    const statuses: string[] = [];
    void connection.host
      .enginesWatch({}, { onProgress: ({ engines }) => statuses.push(engines.find(({ name }) => name === 'native')?.status ?? '') })
      .catch(() => undefined);
    await expect(engine.open({ modelId: 'crash' })).rejects.toMatchObject({ code: 'engine-lost' });
    const fresh = await connection.engine();
    expect(fresh).not.toBe(engine);
    expect((await fresh.ask(ask)).attended).toBe(7);
    await eventually(() => expect(statuses).toEqual(['ready', 'lost', 'starting', 'ready']));
  });

  it('answers with the reason where the engine does not start, and tries again the next time', async () => {
    process.env.FAKE_ENGINE = 'no-library';
    const connection = await window();
    await expect((await connection.engine()).check({})).rejects.toMatchObject({
      code: 'engine-unavailable',
      message: 'The library does not load.',
    });
    delete process.env.FAKE_ENGINE;
    await eventually(async () => expect(await (await connection.engine()).check({})).toMatchObject({ agrees: true }));
  });

  it('lets several windows work at once, each with the same settings', async () => {
    const [one, other] = [await window(), await window()];
    await one.host.settingsWrite({ theme: 'dark' });
    expect((await other.host.hello({})).settings.theme).toBe('dark');
    const engines = [await one.engine(), await other.engine()];
    expect(await Promise.all(engines.map((engine) => engine.check({})))).toMatchObject([{ agrees: true }, { agrees: true }]);
  });

  it('gets the files named at the start, once, or a notice why not', async () => {
    const events: AppEvent[] = [];
    for await (const event of fileEvents(['secret.txt', 'nowhere.png'].map((name) => join(lab.folder, name)))) events.push(event);
    const second = await startBrowserMode({ host: lab.host, rendererFolder: lab.folder, port: 0, closeWhenEmptyMs: null, events });
    const own = new URL(second.address).origin;
    const entry = await fetch(second.address, { redirect: 'manual' });
    const headers = { origin: own, cookie: entry.headers.get('set-cookie')?.split(';')[0] ?? '' };
    const socket = new WebSocket(`${own.replace('http', 'ws')}/socket`, { headers });
    sockets.push(socket);
    await once(socket, 'open');
    const { host } = connectOverSocket(webSocketChannel(socket as unknown as WebSocketLike));
    const got: AppEvent[] = [];
    for (let times = 0; times < 2; times++) void host.appEvents({}, { onProgress: (event) => got.push(event) }).catch(() => undefined);
    await host.hello({});
    expect(got).toEqual([
      { kind: 'file', name: 'secret.txt', bytes: new TextEncoder().encode('secret'), more: true },
      { kind: 'file-error', error: expect.objectContaining({ code: 'file-unreadable' }), more: false },
    ]);
    await second.close();
  });

  it('that sends what is no message is closed', async () => {
    const socket = open({ origin, cookie });
    await once(socket, 'open');
    socket.send('text');
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1003);
  });

  it('that sends more than a picture is closed before it is taken in', async () => {
    const socket = open({ origin, cookie });
    await once(socket, 'open');
    const { port } = new URL(origin);
    // A frame's header alone, saying that 1 TB follows.
    const raw = (socket as unknown as { _socket: ReturnType<typeof connectTcp> })._socket;
    expect(String(raw.remotePort)).toBe(port);
    raw.write(Buffer.from([0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1009);
  });
});

describe('the end', () => {
  it('closes windows, the engine’s process and the port', async () => {
    const connection = await window();
    await (await connection.engine()).check({});
    const pid = lab.host.engines.pid('native') ?? 0;
    const lost = new Promise<void>((done) => connection.onLost(done));
    await mode.close();
    await lost;
    await mode.closed;
    expect(() => process.kill(pid, 0)).toThrow();
    await expect(get('/')).rejects.toThrow();
  });

  it('comes by itself some time after the last window closed, not while one is open, and not over a reload', async () => {
    const second = await startBrowserMode({ host: lab.host, rendererFolder: lab.folder, port: 0, closeWhenEmptyMs: 1500 });
    const ended = vi.fn();
    void second.closed.then(ended);
    const own = new URL(second.address).origin;
    const entry = await fetch(second.address, { redirect: 'manual' });
    const headers = { origin: own, cookie: entry.headers.get('set-cookie')?.split(';')[0] ?? '' };
    const socketOf = async () => {
      const socket = new WebSocket(`${own.replace('http', 'ws')}/socket`, { headers });
      await once(socket, 'open');
      return socket;
    };
    const first = await socketOf();
    first.close();
    await once(first, 'close');
    const reloaded = await socketOf();
    await new Promise((done) => setTimeout(done, 2000));
    expect(ended).not.toHaveBeenCalled();
    reloaded.close();
    await eventually(() => expect(ended).toHaveBeenCalled());
  });

  it('does not come by itself once a person is to open the address', async () => {
    const second = await startBrowserMode({ host: lab.host, rendererFolder: lab.folder, port: 0, closeWhenEmptyMs: 50 });
    second.stayOpen();
    const ended = vi.fn();
    void second.closed.then(ended);
    const own = new URL(second.address).origin;
    const entry = await fetch(second.address, { redirect: 'manual' });
    const headers = { origin: own, cookie: entry.headers.get('set-cookie')?.split(';')[0] ?? '' };
    const socket = new WebSocket(`${own.replace('http', 'ws')}/socket`, { headers });
    await once(socket, 'open');
    socket.close();
    await once(socket, 'close');
    await new Promise((done) => setTimeout(done, 200));
    expect(ended).not.toHaveBeenCalled();
    await second.close();
  });

  it('says so when the port is taken', async () => {
    const port = Number(new URL(origin).port);
    await expect(startBrowserMode({ host: lab.host, rendererFolder: lab.folder, port, closeWhenEmptyMs: null })).rejects.toMatchObject({
      code: 'usage',
      message: `Port ${port} is in use by another program.`,
    });
  });
});
