import { beforeEach, expect, it } from 'vitest';
import { type FakeLab, settled, startFakeLab } from '../state/fake-doors';
import { appEventListener } from './app-events';
import { whatIsDragged } from './use-drop';

const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(new TextEncoder().encode(text));
let fake: FakeLab;
beforeEach(async () => {
  fake = await startFakeLab();
});

it('files opened together become one opening: the first is shown, and what could not be read is said', async () => {
  const listen = appEventListener(fake.lab, []);
  const before = fake.ran.length;
  const error = { code: 'file-unreadable', message: 'gone.png cannot be read.', hint: 'Check it.' } as const;
  listen({ kind: 'file', name: 'one.png', bytes: bytes('abcd'), more: true });
  listen({ kind: 'file-error', error, more: true });
  await settled();
  expect(fake.ran).toHaveLength(before);
  listen({ kind: 'file', name: 'two.png', bytes: bytes('efgh'), more: false });
  await settled();
  const state = fake.lab.store.getState();
  expect(state.input?.name).toBe('one.png');
  expect(state.samples.slice(-2).map(({ name }) => name)).toEqual(['one.png', 'two.png']);
  expect(state.inputError).toEqual(error);
  expect(fake.ran).toHaveLength(before + 1);
});

it('a sample of the menu is opened', async () => {
  appEventListener(fake.lab, [])({ kind: 'command', command: 'sample:b' });
  await settled();
  expect(fake.lab.store.getState().input?.sampleId).toBe('b');
});

it('dropped words are taken, but a picture of a page comes as a file', () => {
  expect(whatIsDragged(['text/plain', 'text/html'])).toBe('text');
  expect(whatIsDragged(['text/uri-list', 'text/plain', 'Files'])).toBe('files');
  expect(whatIsDragged(['application/x-other'])).toBeNull();
});
