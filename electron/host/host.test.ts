import { mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { channelPair } from '../contract/channels';
import { DEFAULT_SETTINGS, type EngineState, type EnginesView, hostContract } from '../contract/host';
import { connect, serve } from '../contract/rpc';
import { eventually } from '../testing/eventually';
import { createTestHost, removeFakeEngine, type TestHost, WEIGHT_BYTES } from '../testing/test-host';
import { hostHandlers } from './handlers';
import { createHost } from './index';
import { SettingsStore } from './settings';

let lab: TestHost;
beforeEach(async () => {
  lab = await createTestHost();
});
afterEach(() => lab.close());
afterAll(removeFakeEngine);

function window() {
  const [server, client] = channelPair();
  const handlers = hostHandlers(lab.host, { onAppEvent: () => () => undefined });
  serve(hostContract, handlers, server);
  return { host: connect(hostContract, client), close: () => client.close() };
}

const timings = (total: number) => ({ preprocess: 0, encode: 0, process: total, decode: 0, postprocess: 0, total });
const webgpu: Omit<EngineState, 'medians'> = {
  name: 'webgpu',
  status: 'ready',
  device: 'google / swiftshader',
  reason: 'It is ready.',
  software: true,
  check: null,
};

describe('models', () => {
  it('are those of the zoo that can be read; the others are said on the terminal', async () => {
    const models = await window().host.models({});
    expect(models.map(({ id, title, origin }) => ({ id, title, origin }))).toEqual([{ id: 'text-mlm', title: 'Text', origin: 'built-in' }]);
    expect(lab.log.join()).toContain('There is no model.safetensors in');
  });

  it('are read by windows in parts, by id and never by path', async () => {
    const { host } = window();
    expect(await host.modelFiles({ modelId: 'text-mlm' })).toEqual({
      'config.json': 26,
      'model.safetensors': WEIGHT_BYTES.length,
    });
    const part = await host.modelRead({ modelId: 'text-mlm', file: 'model.safetensors', offset: 100, length: 300 });
    expect(part).toEqual(WEIGHT_BYTES.slice(100, 400));
    await expect(host.modelRead({ modelId: 'text-mlm', file: '../../secret.bin', offset: 0, length: 1 })).rejects.toMatchObject({
      code: 'input-invalid',
    });
    await expect(host.modelRead({ modelId: '../zoo/text-mlm', file: 'config.json', offset: 0, length: 1 })).rejects.toMatchObject({
      code: 'model-unknown',
    });
    await expect(host.modelRead({ modelId: 'text-mlm', file: 'model.safetensors', offset: 4000, length: 1001 })).rejects.toMatchObject({
      code: 'checkpoint-damaged',
    });
  });

  it('can be a folder of one’s own, also behind links, which engines then open', async () => {
    const folder = join(lab.folder, 'mine');
    await mkdir(folder);
    await symlink(join(lab.folder, 'zoo', 'text-mlm', 'model.safetensors'), join(folder, 'model.safetensors'));
    const engine = await lab.host.engine('wasm');
    const entry = await lab.host.addModelFolder(folder);
    expect(entry).toMatchObject({ origin: 'folder', title: 'mine', license: 'not stated' });
    expect((await engine.open({ modelId: entry.id })).latents).toBe(4);
    await expect(lab.host.addModelFolder(join(lab.folder, 'nowhere'))).rejects.toMatchObject({ code: 'checkpoint-missing' });
  });
});

describe('settings', () => {
  const file = () => join(lab.folder, 'data', 'settings.json');

  it('are the defaults at first, change one by one, and are there at the next start', async () => {
    const { host } = window();
    expect((await host.hello({})).settings).toEqual(DEFAULT_SETTINGS);
    await host.settingsWrite({ theme: 'dark' });
    await host.settingsWrite({ columns: { image: 420 } });
    const again = await SettingsStore.open(join(lab.folder, 'data'), () => undefined);
    expect(again.current).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark', columns: { image: 420 } });
  });

  it('of two instances do not undo each other', async () => {
    const other = await SettingsStore.open(join(lab.folder, 'data'), () => undefined);
    await Promise.all([
      lab.host.settings.write({ theme: 'dark' }),
      other.write({ autoRun: false }),
      lab.host.settings.write({ sidebar: false }),
    ]);
    expect(JSON.parse(await readFile(file(), 'utf8'))).toMatchObject({ theme: 'dark', autoRun: false, sidebar: false });
  });

  it.each(['{"theme":', '{"theme":"purple"}', '\0\0\0'])('that are damaged (%j) are kept aside, said, and as new', async (text) => {
    await writeFile(file(), text);
    const log: string[] = [];
    const store = await SettingsStore.open(join(lab.folder, 'data'), (sentence) => log.push(sentence));
    expect(store.current).toEqual(DEFAULT_SETTINGS);
    const aside = (await readdir(join(lab.folder, 'data'))).find((name) => name.includes('damaged')) ?? '';
    expect(await readFile(join(lab.folder, 'data', aside), 'utf8')).toBe(text);
    expect(log).toEqual([expect.stringContaining(aside)]);
  });

  it('of an older version take defaults for what it did not know', async () => {
    await writeFile(file(), '{"theme":"light","gone":1}');
    expect((await SettingsStore.open(join(lab.folder, 'data'), () => undefined)).current).toEqual({ ...DEFAULT_SETTINGS, theme: 'light' });
  });

  it('wait for no lock that a killed instance left, and leave nothing behind', async () => {
    await writeFile(`${file()}.lock`, '');
    await utimes(`${file()}.lock`, new Date(0), new Date(0));
    await lab.host.settings.write({ theme: 'dark' });
    expect(await readdir(join(lab.folder, 'data'))).toEqual(['settings.json']);
  });

  it('that cannot be written are refused with the file’s name', async () => {
    await rm(join(lab.folder, 'data'), { recursive: true });
    await writeFile(join(lab.folder, 'data'), 'a file where a folder should be');
    await expect(window().host.settingsWrite({ theme: 'dark' })).rejects.toMatchObject({
      code: 'output-unwritable',
      message: expect.stringContaining('settings.json'),
    });
  });
});

describe('engines', () => {
  async function watched() {
    const { host, close } = window();
    const views: EnginesView[] = [];
    void host.enginesWatch({}, { onProgress: (view) => views.push(view) }).catch(() => undefined);
    await eventually(() => expect(views.length).toBeGreaterThan(0));
    return { host, close, views, last: () => views.at(-1) as EnginesView };
  }

  it('are shown with what windows report, and forgotten with the window', async () => {
    const { host, last } = await watched();
    expect(last()).toMatchObject({ choice: 'automatic', chosen: 'native' });
    await host.engineReport(webgpu);
    await eventually(() => expect(last().engines.find(({ name }) => name === 'webgpu')).toMatchObject({ device: 'google / swiftshader' }));
    await expect(host.engineReport({ ...webgpu, name: 'native' })).rejects.toMatchObject({ code: 'input-invalid' });
  });

  it('that are chosen stay chosen', async () => {
    const { host } = await watched();
    await host.engineReport(webgpu);
    expect(await host.engineChoose({ choice: 'webgpu' })).toMatchObject({ choice: 'webgpu', chosen: 'webgpu' });
    expect((await host.hello({})).settings.engineChoice).toBe('webgpu');
  });

  it('have the median of the last five runs of each model that did not fail', async () => {
    const { host, last } = await watched();
    const record = (total: number, error: null | { code: 'engine-failed'; message: string; hint: string } = null) =>
      host.runRecord({ runId: String(total), modelId: 'text-mlm', engine: 'native', timingsMs: error ? null : timings(total), error });
    for (const total of [900, 10, 30, 20, 50, 40]) await record(total);
    await record(1, { code: 'engine-failed', message: 'm', hint: 'h' });
    await eventually(() => expect(last().engines[0]?.medians).toEqual({ 'text-mlm': 30 }));
    expect(last().why).toContain('CPU: 30.0 ms here for this model, median of 5');
  });

  it('keep no more than the last 200 runs', () => {
    const { runs } = lab.host;
    const add = (modelId: string) => runs.add({ runId: '', modelId, engine: 'native', timingsMs: timings(1), error: null });
    add('first');
    for (let run = 0; run < 199; run++) add('other');
    expect(runs.median('native', 'first')?.runs).toBe(1);
    add('other');
    expect(runs.median('native', 'first')).toBeNull();
  });

  it('are restarted as the last resort, in a new process', async () => {
    const { host } = await watched();
    await (await lab.host.engine('native')).check({});
    const pid = lab.host.engines.pid('native');
    await host.engineRestart({ engine: 'native' });
    expect(lab.host.engines.pid('native')).not.toBe(pid);
  });
});

describe('the host', () => {
  it('goes on without a folder for its data, and says so', async () => {
    await writeFile(join(lab.folder, 'file'), '');
    const log: string[] = [];
    const host = await createHost({
      ...lab.host.options,
      dataFolder: join(lab.folder, 'file', 'data'),
      log: (sentence) => log.push(sentence),
    });
    expect(host.settings.current).toEqual(DEFAULT_SETTINGS);
    expect(log).toContainEqual(expect.stringContaining('settings are not kept'));
  });

  it('leaves no engine’s process behind', async () => {
    await Promise.all((['native', 'wasm'] as const).map(async (engine) => (await lab.host.engine(engine)).check({})));
    const pids = (['native', 'wasm'] as const).map((engine) => lab.host.engines.pid(engine) ?? 0);
    await lab.host.close();
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow();
  });

  it('samples are listed without their paths', async () => {
    expect(await window().host.samples({})).toContainEqual({
      id: 'sample-0',
      name: 'Sample 0',
      modality: 'text',
      licence: 'CC0',
      source: 'made by us',
      masks: [],
    });
  });
});
