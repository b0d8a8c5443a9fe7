import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { MENU_COMMANDS } from '../contract/commands';
import { menuTemplate } from './menu';

const sample = { id: 'cat', name: 'A cat', modality: 'image' as const, licence: 'CC0', source: 'made by us', masks: [] };

function itemsOf(mac: boolean): { items: MenuItemConstructorOptions[]; sent: string[] } {
  const sent: string[] = [];
  const flat = (items: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
    items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flat(item.submenu) : [])]);
  const actions = {
    command: (command: string) => sent.push(command),
    open: () => sent.push('open'),
    samples: [sample],
    mac,
    developer: false,
  };
  return { items: flat(menuTemplate(actions)), sent };
}

describe.each([true, false])('the menu (mac: %s)', (mac) => {
  it('sends every command it knows, and no other', () => {
    const { items, sent } = itemsOf(mac);
    for (const item of items) (item.click as (() => void) | undefined)?.();
    expect(sent.sort()).toEqual([...MENU_COMMANDS, 'open', 'sample:cat'].sort());
  });

  it('gives no key twice, and none that is a letter alone', () => {
    const keys = itemsOf(mac).items.flatMap(({ accelerator }) => (accelerator ? [accelerator] : []));
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.filter((key) => !key.includes('+'))).toEqual([]);
  });

  it('offers no developer tools outside a start from source', () => {
    expect(itemsOf(mac).items.map(({ role }) => role)).not.toContain('toggleDevTools');
  });
});
