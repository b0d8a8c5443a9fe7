import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Channel } from './channel';
import { channelPair, compact, pipe } from './channels';
import { decodeFrame, encodeFrame } from './codec';
import { multiplex } from './multiplex';

const typedArrays = fc.oneof(fc.float32Array(), fc.uint32Array(), fc.uint8Array(), fc.uint8ClampedArray()) as fc.Arbitrary<
  Float32Array | Uint32Array | Uint8Array | Uint8ClampedArray
>;
const plain = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, fc.string(), fc.boolean(), fc.constant(null), fc.integer(), typedArrays, tie('list'), tie('record')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  record: fc.dictionary(
    fc.string().filter((key) => key !== '__proto__'),
    tie('value'),
    { maxKeys: 4, noNullPrototype: true },
  ),
})).value;

describe('frames', () => {
  it('carry plain data and the four typed arrays unchanged', () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect(decodeFrame(encodeFrame(value))).toEqual(value);
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it('give aligned arrays with a buffer of their own', () => {
    const decoded = decodeFrame(encodeFrame({ x: 'odd', weights: Float32Array.of(1, 2) })) as { weights: Float32Array };
    expect(decoded.weights.byteOffset).toBe(0);
    expect(decoded.weights.buffer.byteLength).toBe(8);
  });

  it('leave absent what is undefined, so that an optional field stays optional', () => {
    expect(decodeFrame(encodeFrame({ a: 1, b: undefined }))).toEqual({ a: 1 });
  });

  it('refuse damaged bytes instead of guessing', () => {
    const frame = encodeFrame({ weights: Float32Array.of(1, 2, 3) });
    expect(() => decodeFrame(frame.slice(0, -1))).toThrow();
    expect(() => decodeFrame(Uint8Array.of(0xc7, 3, 1, 0, 0, 0))).toThrow(/3 bytes are no Float32Array/);
  });
});

describe('compact', () => {
  it('sends only the bytes of a view, never the buffer behind it', () => {
    const pool = new Uint8Array(1024).fill(7);
    const message = compact({ list: [pool.subarray(4, 8)], floats: new Float32Array(pool.buffer, 16, 2) }) as {
      list: [Uint8Array];
      floats: Float32Array;
    };
    expect(message.list[0].buffer.byteLength).toBe(4);
    expect(message.floats).toBeInstanceOf(Float32Array);
    expect(message.floats.buffer.byteLength).toBe(8);
    expect(message.list[0]).toEqual(Uint8Array.of(7, 7, 7, 7));
  });

  it('leaves a whole array as it is', () => {
    const whole = new Float32Array(4);
    expect((compact({ whole }) as { whole: Float32Array }).whole).toBe(whole);
  });
});

describe('a channel', () => {
  it('keeps messages for a listener that comes later', async () => {
    const [one, other] = channelPair();
    one.post('early');
    await Promise.resolve();
    await Promise.resolve();
    const seen: unknown[] = [];
    other.onMessage((message) => seen.push(message));
    expect(seen).toEqual(['early']);
  });

  it('cuts off a side that floods it before anyone listens', async () => {
    const [one, other] = channelPair();
    for (let count = 0; count < 300; count++) one.post(count);
    await vi.waitFor(() => {
      const closed = vi.fn();
      other.onClose(closed);
      return Promise.resolve().then(() => expect(closed).toHaveBeenCalled());
    });
  });
});

describe('lanes', () => {
  function lanes(): { client: ReturnType<typeof multiplex>; opened: Map<string, Channel>; pipes: [Channel, Channel] } {
    const pipes = channelPair();
    const opened = new Map<string, Channel>();
    multiplex(pipes[0], { onLane: (name, lane) => opened.set(name, lane), maxLanes: 2 });
    return { client: multiplex(pipes[1]), opened, pipes };
  }

  it('keep their messages apart', async () => {
    const { client, opened } = lanes();
    const [a, b] = [client.lane('a'), client.lane('b')];
    await vi.waitFor(() => expect(opened.size).toBe(2));
    const heard: unknown[] = [];
    opened.get('a')?.onMessage((message) => heard.push(['a', message]));
    opened.get('b')?.onMessage((message) => heard.push(['b', message]));
    a.post(1);
    b.post(2);
    await vi.waitFor(() =>
      expect(heard).toEqual([
        ['a', 1],
        ['b', 2],
      ]),
    );
  });

  it('close one by one, and all with their pipe', async () => {
    const { client, opened, pipes } = lanes();
    const closed: string[] = [];
    for (const name of ['a', 'b']) client.lane(name).onClose(() => closed.push(name));
    await vi.waitFor(() => expect(opened.size).toBe(2));
    opened.get('a')?.close();
    await vi.waitFor(() => expect(closed).toEqual(['a']));
    pipes[0].close();
    await vi.waitFor(() => expect(closed).toEqual(['a', 'b']));
  });

  it('are refused past the bound', async () => {
    const { client, opened } = lanes();
    client.lane('a');
    client.lane('b');
    const closed = vi.fn();
    client.lane('c').onClose(closed);
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
    expect([...opened.keys()]).toEqual(['a', 'b']);
  });

  it('can be led on to another channel, end included', async () => {
    const { client, opened } = lanes();
    const lane = client.lane('engine');
    await vi.waitFor(() => expect(opened.size).toBe(1));
    const [relay, engine] = channelPair();
    pipe(opened.get('engine') as Channel, relay);
    engine.onMessage((message) => engine.post([message, 'answered']));
    const heard: unknown[] = [];
    const closed = vi.fn();
    lane.onMessage((message) => heard.push(message));
    lane.onClose(closed);
    lane.post('question');
    await vi.waitFor(() => expect(heard).toEqual([['question', 'answered']]));
    engine.close();
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
  });
});
