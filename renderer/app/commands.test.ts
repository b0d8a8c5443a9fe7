import { beforeEach, describe, expect, it } from 'vitest';
import { MENU_COMMANDS } from '../../electron/contract/commands';
import { type FakeLab, settled, startFakeLab } from '../state/fake-doors';
import { createCommands } from './commands';
import { shownKey } from './keys';
import { en } from './language/en';

const nothing = (): void => undefined;
const commands = createCommands({ openFiles: nothing, pasteClipboard: nothing, copyTable: nothing });
const run = (fake: FakeLab, id: string): void => commands.find((command) => command.id === id)!.run(fake.lab);

let fake: FakeLab;
beforeEach(async () => {
  fake = await startFakeLab();
});

describe('the list of commands', () => {
  it('knows every command of the native menu', () => {
    const ids = commands.map(({ id }) => id);
    expect(MENU_COMMANDS.filter((id) => !ids.includes(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('gives no key twice', () => {
    const keys = commands.flatMap(({ key }) => (key ? [key] : []));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('takes titles and reasons from the catalogue', () => {
    const words = JSON.stringify([en, en.commands.theme('Dark'), en.commands.showStage('Read')]);
    for (const { title, id } of commands.filter(({ id }) => !/^(theme|engine|stage)-/.test(id))) expect(words, id).toContain(title);
  });
});

it('the next latent is the one after the latent that was selected last', () => {
  fake.lab.views.selectLatent(0);
  fake.lab.views.selectLatent(2, true);
  run(fake, 'next-latent');
  expect(fake.lab.store.getState().selection.latents).toEqual([3]);
});

it('a head or layer that the shown model lacks is where stepping starts anew', () => {
  fake.lab.views.view({ readHead: 5, block: 2, layer: 3 });
  run(fake, 'head');
  expect(fake.lab.store.getState().view.readHead).toBe(0);
  run(fake, 'layer-after');
  expect(fake.lab.store.getState().view).toMatchObject({ block: 0, layer: 0 });
});

it('finding a latent opens the palette ready for its number', () => {
  run(fake, 'find-latent');
  expect(fake.lab.store.getState().dialog).toBe('find');
});

it('an engine that cannot be chosen keeps its sentence and runs nothing', async () => {
  const { length } = fake.ran;
  fake.refuseEngines = true;
  run(fake, 'engine-webgpu');
  await settled();
  expect(fake.ran).toHaveLength(length);
  expect(fake.lab.store.getState().inputError?.code).toBe('engine-unavailable');
});

it('the sheet of shortcuts names the keys that are no commands', () => {
  const keys = en.shortcuts.keys.flatMap(([, names]) => names);
  expect(keys).toEqual(expect.arrayContaining(['↑', 'Space', 'Enter', 'Esc', 'F6', 'Mod+Shift+M', 'Delete']));
  expect(shownKey('Mod+Shift+M', false)).toBe('Ctrl+Shift+M');
  expect(shownKey('Mod+Shift+M', true)).toBe('⇧⌘M');
});
