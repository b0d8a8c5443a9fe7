/** The lab of a window behind fake doors: what is opened, run, edited, undone and forgotten, and in which order. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isOutOfDate } from './derived';
import { type FakeLab, settled, startFakeLab } from './fake-doors';
import type { TextInput } from './types';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const file = (name: string, text: string): File => new File([text], name);

let fake: FakeLab;
const state = () => fake.lab.store.getState();
const text = (): TextInput => state().input as TextInput;
const words = (): string => new TextDecoder().decode(fake.lab.arrays.texts.get(text().textId));

/** The text is another one, read as a whole. */
const type = (next: string): void => fake.lab.inputs.editText(utf8(next), [], { start: 0, end: utf8(next).length });

/** Past the debounce, and whatever follows from it. */
async function followed(): Promise<void> {
  await vi.advanceTimersByTimeAsync(150);
  await settled();
}

async function open(id: string): Promise<void> {
  await fake.lab.inputs.openSample(id);
  await settled();
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  fake = await startFakeLab();
});
afterEach(() => vi.useRealTimers());

describe('the chosen byte of a text', () => {
  beforeEach(() => open('t'));

  it('goes with the edit once its result is there, and never points behind a result', async () => {
    fake.lab.views.selectQuery(4);
    type('zero one two three');
    expect(state().selection.query).toBe(4);
    await followed();
    expect(state().selection.query).toBe(9);
    type('zero o');
    await followed();
    expect(state().selection.query).toBeNull();
    expect(state().sort).toBe('index');
  });

  it('goes with undo and redo', async () => {
    fake.lab.views.selectQuery(8);
    type('two three');
    await followed();
    expect(state().selection.query).toBe(4);
    fake.lab.undo();
    await followed();
    expect(state().selection.query).toBe(8);
    fake.lab.redo();
    await followed();
    expect(state().selection.query).toBe(4);
  });

  it('stays the same byte of the whole text where another part is read, and goes where that part is without it', async () => {
    fake.lab.inputs.editText(utf8('abcdefghijklmnopqrstuvwxyz'), [], { start: 0, end: 20 });
    await followed();
    fake.lab.views.selectByte(10);
    fake.lab.inputs.readPart({ start: 4, end: 24 }, true);
    await followed();
    expect(state().selection.query).toBe(6);
    fake.lab.inputs.readPart({ start: 11, end: 26 }, true);
    await followed();
    expect(state().selection.query).toBeNull();
  });

  it('is the byte of the shown result where the text was edited meanwhile', () => {
    type('zero one two three');
    fake.lab.views.selectByte(9);
    expect(state().selection.query).toBe(4);
    fake.lab.views.selectByte(2);
    expect(state().selection.query).toBeNull();
  });

  it('stays while a latent is selected; the latent is let go of first', () => {
    fake.lab.views.selectQuery(2);
    fake.lab.views.selectLatent(3);
    expect(state().selection).toEqual({ latents: [3], query: 2 });
    expect(state().sort).toBe('output');
    fake.lab.views.letGo();
    expect(state().selection).toEqual({ latents: [], query: 2 });
    fake.lab.views.letGo();
    expect(state().selection).toEqual({ latents: [], query: null });
    expect(state().sort).toBe('index');
  });
});

describe('the one output of a text classifier', () => {
  beforeEach(async () => {
    await open('t');
    fake.lab.inputs.chooseModel('text-classes');
    await settled();
  });

  it('is a sort of its own, like that of a picture’s, and no byte of the text', () => {
    fake.lab.views.sort('output');
    expect(state().sort).toBe('output');
    fake.lab.views.selectByte(0);
    expect(state().selection.query).toBeNull();
  });

  it('stays chosen where the text is edited, and is let go of for a latent', async () => {
    fake.lab.views.selectQuery(0);
    type('zero one two three');
    await followed();
    expect(state().selection.query).toBe(0);
    fake.lab.views.selectLatent(1);
    expect(state().selection).toEqual({ latents: [1], query: null });
  });
});

describe('a result is out of date', () => {
  beforeEach(async () => {
    await open('t');
    fake.lab.store.setState({ settings: { ...state().settings, autoRun: false } });
  });

  it('where the text was edited while its run went on', async () => {
    fake.engine.hold();
    void fake.lab.runs.run();
    await settled();
    type('one');
    fake.engine.release();
    await settled();
    expect(state().running).toBeNull();
    expect(isOutOfDate(state())).toBe(true);
  });

  it('no more once undo leads back to its input', () => {
    expect(isOutOfDate(state())).toBe(false);
    type('one');
    expect(isOutOfDate(state())).toBe(true);
    fake.lab.undo();
    expect(isOutOfDate(state())).toBe(false);
  });
});

describe('an edited text that no run has seen', () => {
  beforeEach(async () => {
    await open('t');
    fake.lab.store.setState({ settings: { ...state().settings, autoRun: false } });
    type('one');
  });

  it('comes back with a click on its sample', async () => {
    await open('a');
    await open('t');
    expect(words()).toBe('one');
  });

  it('is not lost where a run of the same sample was brought back in between', async () => {
    await fake.lab.inputs.restoreRun(state().shownRunId!);
    expect(words()).toBe('one two three');
    await open('a');
    await open('t');
    expect(words()).toBe('one');
  });

  it('gives way to the shipped text where memory has lost it; a run of the shipped one can be brought back', async () => {
    const first = state().shownRunId!;
    const edited = text();
    await open('a');
    const shipped = state().runs.find(({ id }) => id === first)!.input as TextInput;
    fake.lab.arrays.texts.delete(edited.textId);
    fake.lab.arrays.texts.delete(shipped.textId);
    await fake.lab.inputs.restoreRun(first);
    expect(words()).toBe('one two three');
    await open('a');
    fake.lab.arrays.texts.delete(shipped.textId);
    await open('t');
    expect(state().inputError).toBeNull();
    expect(words()).toBe('one two three');
  });
});

it('an edited text that was run comes back with its sample, too', async () => {
  await open('t');
  type('one');
  await followed();
  await open('a');
  await open('t');
  expect(words()).toBe('one');
});

describe('a region', () => {
  const region = (x: number) => ({ x, y: 0, width: 2, height: 2 });

  it('drawn by dragging is one step, and undo leads to what was before the drag', () => {
    for (const x of [0, 1, 2]) fake.lab.views.region(region(x), false);
    fake.lab.views.region(region(3), true);
    expect(state().undo).toHaveLength(1);
    fake.lab.undo();
    expect(state()).toMatchObject({ region: null, sort: 'index' });
    fake.lab.redo();
    expect(state()).toMatchObject({ region: region(3), sort: 'region' });
  });

  it('that ends where it began is no step', () => {
    fake.lab.views.region(region(1));
    fake.lab.views.region(region(2), false);
    fake.lab.views.region(region(1), true);
    expect(state().undo).toHaveLength(1);
    expect(state().region).toEqual(region(1));
  });

  it('moved by arrow keys is one step until a second has passed', () => {
    fake.lab.views.region(region(0), false);
    fake.lab.views.region(region(0), true);
    for (const x of [1, 2, 3]) fake.lab.views.region(region(x));
    expect(state().undo).toHaveLength(2);
    vi.advanceTimersByTime(1100);
    fake.lab.views.region(region(4));
    expect(state().undo).toHaveLength(3);
    fake.lab.undo();
    expect(state().region).toEqual(region(3));
  });

  it('let go of can be brought back, and leaves no sort by a region that is gone', () => {
    fake.lab.views.region(region(1));
    fake.lab.views.letGo();
    expect(state()).toMatchObject({ region: null, sort: 'index' });
    fake.lab.undo();
    expect(state()).toMatchObject({ region: region(1), sort: 'region' });
  });
});

it('similarity is no order once nothing is selected', () => {
  fake.lab.views.selectLatent(2);
  fake.lab.views.sort('similarity');
  fake.lab.views.letGo();
  expect(state().sort).toBe('index');
});

describe('a run', () => {
  it('that an edit ends leaves nothing running', async () => {
    await open('t');
    fake.engine.hold();
    type('one');
    await followed();
    expect(state().running).not.toBeNull();
    type('on');
    expect(state().running).toBeNull();
    expect(fake.cancelledRuns).toHaveLength(1);
    fake.engine.release();
    await followed();
    expect(state().running).toBeNull();
    expect(state().failure).toBeNull();
    expect(fake.ran.at(-1)?.bytes).toBe(2);
  });

  it('that is cancelled keeps the last result', async () => {
    const { shownRunId } = state();
    fake.engine.hold();
    void fake.lab.runs.run();
    await settled();
    fake.lab.runs.cancel();
    await settled();
    expect(state()).toMatchObject({ running: null, shownRunId, failure: { error: { code: 'cancelled' } } });
  });

  it('can be cancelled while its engine does not even start', async () => {
    fake.start.hold();
    void fake.lab.runs.run();
    await settled();
    fake.lab.runs.cancel();
    await settled();
    expect(state()).toMatchObject({ running: null, failure: { error: { code: 'cancelled' } } });
  });

  it('whose input is gone says so instead of doing nothing', async () => {
    await open('t');
    fake.lab.arrays.texts.delete(text().textId);
    await fake.lab.runs.run();
    expect(state()).toMatchObject({ running: null, inputError: { code: 'file-unreadable' } });
    expect(state().inputError?.message).toMatch(/^T is no longer in memory/);
  });

  it('does not take a sentence about a file away', async () => {
    await fake.lab.inputs.openFiles([file('bad.png', 'x')]);
    expect(state().inputError?.message).toBe('bad.png is broken.');
    await fake.lab.runs.run();
    expect(state().inputError?.message).toBe('bad.png is broken.');
  });
});

describe('an engine', () => {
  it('that can be chosen runs at once', async () => {
    const { length } = fake.ran;
    await fake.lab.views.engine('wasm');
    expect(fake.ran).toHaveLength(length + 1);
  });

  it('that cannot be chosen says why and runs nothing', async () => {
    const { length } = fake.ran;
    fake.refuseEngines = true;
    await fake.lab.views.engine('webgpu');
    expect(fake.ran).toHaveLength(length);
    expect(state().inputError?.code).toBe('engine-unavailable');
  });
});

describe('opening', () => {
  it('the last click decides, however slow the one before it is', async () => {
    fake.gate('b').hold();
    void fake.lab.inputs.openSample('b');
    await settled();
    expect(state().opening).toBe('B');
    await open('t');
    fake.gate('b').release();
    await settled();
    expect(state()).toMatchObject({ opening: null, input: { sampleId: 't' } });
  });

  it('can be cancelled: the decoder is told, and the stage stays as it was', async () => {
    fake.gate('large.png').hold();
    void fake.lab.inputs.openFiles([file('large.png', 'abcd')]);
    await settled();
    const { input } = state();
    fake.lab.inputs.cancelOpening();
    fake.gate('large.png').release();
    await settled();
    expect(fake.aborted).toEqual(['large.png']);
    expect(state()).toMatchObject({ opening: null, inputError: null, input });
  });

  it('of several files shows the first good one and keeps the sentences about all bad ones', async () => {
    await fake.lab.inputs.openFiles([file('bad-1.png', 'x'), file('good.png', 'abcd'), file('bad-2.png', 'x'), file('more.txt', 'more')]);
    expect(state().input?.name).toBe('good.png');
    expect(state().samples.map(({ name }) => name)).toEqual(['A', 'B', 'T', 'good.png', 'more.txt']);
    expect(state().inputError).toMatchObject({ message: 'bad-1.png is broken. bad-2.png is broken.', hint: 'Get it again.' });
  });

  describe('the rest of several files', () => {
    const batch = [
      file('bad-1.png', 'x'),
      file('one.png', 'abcd'),
      file('two.png', 'efgh'),
      file('bad-2.png', 'x'),
      file('more.txt', 'more'),
    ];
    let opened: Promise<void>;
    const names = () => state().samples.map(({ name }) => name);

    beforeEach(async () => {
      fake.gate('two.png').hold();
      opened = fake.lab.inputs.openFiles(batch);
      await settled();
      expect(state()).toMatchObject({ opening: null, adding: 'two.png', input: { name: 'one.png' } });
    });

    it.each([
      ['another sample is opened', () => fake.lab.inputs.openSample('b')],
      ['another file is opened', () => fake.lab.inputs.openFiles([file('three.png', 'ijkl')])],
      ['what is being opened is given up', async () => fake.lab.inputs.cancelOpening()],
    ])('becomes samples where %s', async (_, meanwhile) => {
      await meanwhile();
      await settled();
      const { input } = state();
      fake.gate('two.png').release();
      await opened;
      expect(names()).toEqual(expect.arrayContaining(['one.png', 'two.png', 'more.txt']));
      expect(state()).toMatchObject({ adding: null, input });
      expect(state().inputError?.message).toBe('bad-1.png is broken. bad-2.png is broken.');
    });

    it('ends with its own Cancel, and what went wrong until then is said', async () => {
      fake.lab.inputs.cancelAdding();
      fake.gate('two.png').release();
      await opened;
      expect(names()).not.toContain('two.png');
      expect(names()).not.toContain('more.txt');
      expect(state()).toMatchObject({ adding: null, input: { name: 'one.png' } });
      expect(state().inputError?.message).toBe('bad-1.png is broken.');
    });
  });

  it('says what could not even be read beside what could', async () => {
    const unread = { code: 'file-unreadable', message: 'gone.png cannot be read.', hint: 'Check it.' } as const;
    await fake.lab.inputs.openFiles([file('good.png', 'abcd')], [unread]);
    expect(state().input?.name).toBe('good.png');
    expect(state().inputError?.message).toBe('gone.png cannot be read.');
  });

  it('restoring a run ends what is being opened', async () => {
    const first = state().runs[0]!.id;
    fake.gate('b').hold();
    void fake.lab.inputs.openSample('b');
    await settled();
    await fake.lab.inputs.restoreRun(first);
    fake.gate('b').release();
    await settled();
    expect(state()).toMatchObject({ opening: null, shownRunId: first, input: { sampleId: 'a' } });
  });
});

describe('memory', () => {
  const small = { pictures: 8, texts: 40, results: 1e6, attention: 1e6 };

  it('never takes the picture on the stage, even where a batch of others comes in', async () => {
    fake = await startFakeLab(small);
    await fake.lab.inputs.openFiles([file('one.png', 'abcd'), file('two.png', 'efgh'), file('three.png', 'ijkl')]);
    const { input } = state();
    expect(input?.kind === 'image' && fake.lab.arrays.pictures.has(input.pictureId)).toBe(true);
    expect(input?.name).toBe('one.png');
  });

  it('reads a shipped sample again, for a click on it and for a run of it', async () => {
    fake = await startFakeLab(small);
    const first = state().runs[0]!;
    await fake.lab.inputs.openFiles([file('one.png', 'abcdefgh')]);
    await settled();
    await fake.lab.inputs.restoreRun(first.id);
    expect(state().input).toEqual(first.input);
    expect(fake.lab.arrays.pictures.has((first.input as { pictureId: string }).pictureId)).toBe(true);
    await open('b');
    await open('a');
    expect(state()).toMatchObject({ inputError: null, input: { sampleId: 'a' } });
    expect(fake.ran.at(-1)?.bytes).toBe(4);
  });

  it('says so where a file of a person is really gone, and leaves the stage alone', async () => {
    fake = await startFakeLab(small);
    await fake.lab.inputs.openFiles([file('mine.png', 'abcdefgh')]);
    await settled();
    const mine = state().samples.at(-1)!.id;
    await open('b');
    await open('a');
    await fake.lab.inputs.openSample(mine);
    expect(state()).toMatchObject({ input: { sampleId: 'a' }, inputError: { code: 'file-unreadable' } });
  });

  it('keeps every text that undo leads to, and no other that was typed over', async () => {
    await open('t');
    const ids: string[] = [];
    for (const next of ['o', 'on', 'one']) {
      type(next);
      ids.push(text().textId);
    }
    expect(ids.map((id) => fake.lab.arrays.texts.has(id))).toEqual([false, false, true]);
    fake.lab.undo();
    expect(words()).toBe('one two three');
    fake.lab.redo();
    expect(words()).toBe('one');
  });

  it('gives the oldest steps of undo up before the texts they need', async () => {
    await open('t');
    const long = new Uint8Array(50e6).fill(97);
    for (let step = 0; step < 4; step += 1) {
      fake.lab.inputs.editText(long.slice(step), [], { start: 0, end: 20 });
      fake.lab.inputs.endEditing();
    }
    expect(state().undo.length).toBeLessThan(4);
    expect(fake.lab.arrays.texts.bytes).toBeLessThan(200e6);
    while (state().undo.length > 0) fake.lab.undo();
    expect(fake.lab.arrays.texts.has(text().textId)).toBe(true);
  });
});

describe('typing', () => {
  beforeEach(() => open('t'));

  it('is one step while it goes on', () => {
    for (const next of ['o', 'on', 'one']) {
      type(next);
      vi.advanceTimersByTime(100);
    }
    expect(state().undo).toHaveLength(1);
  });

  it.each([
    ['after a second without it', () => vi.advanceTimersByTime(1100)],
    ['after editing has ended', () => fake.lab.inputs.endEditing()],
    ['after its result was shown', () => followed()],
  ])('is another step %s', async (_, pause) => {
    fake.lab.store.setState({ settings: { ...state().settings, autoRun: true } });
    type('o');
    await pause();
    type('on');
    expect(state().undo).toHaveLength(2);
    fake.lab.undo();
    expect(words()).toBe('o');
  });
});

it('a pinned latent is pinned for its model alone', async () => {
  fake.lab.views.pinLatent(3);
  await open('t');
  fake.lab.views.pinLatent(1);
  expect(state().pinnedLatents).toEqual({ picture: [3], text: [1] });
});

it('a mask is a move made, once', async () => {
  await open('t');
  fake.lab.inputs.setMasks([{ start: 0, end: 2 }], 'Mask selection');
  fake.lab.inputs.setMasks([{ start: 0, end: 3 }], 'Mask selection');
  expect(fake.settingsWritten).toEqual([{ movesMade: ['mask'] }]);
});
