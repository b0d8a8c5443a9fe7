import { expect, it } from 'vitest';
import { DEFAULT_VIEW } from '../state/defaults';
import { mapLook } from './copy-latent';

const table = new Uint8ClampedArray(768);
const props = (kind: 'image' | 'text', step: object = { kind: 'encoder' }) =>
  ({
    shown: { input: { kind }, info: { blocks: 2, encoderHeads: 1, layerHeads: 8 } },
    gallery: {
      step,
      grid: { width: 2, height: 1 },
      maps: Float32Array.of(0, 0, 0.25, 0.75),
      highest: Float32Array.of(0, 0.75),
      attended: 4,
    },
    table,
    theme: 'light',
  }) as unknown as Parameters<typeof mapLook>[0];

it('a map says which attention it is of, and how strong its last colour is', () => {
  const read = mapLook(props('image'), DEFAULT_VIEW, 1);
  expect(read.table).toBe(table);
  expect(read.to).toContain('×');
  const layer = mapLook(props('image', { kind: 'layer', block: 1, layer: 2 }), { ...DEFAULT_VIEW, block: 1, layer: 2, layerHead: 3 }, 1);
  expect(layer.sentence).not.toBe(read.sentence);
  expect(layer.sentence).toMatch(/3/);
});

it('a spotlight has no colours, and there is none over text or latents', () => {
  const view = { ...DEFAULT_VIEW, tiles: 'spotlight' } as const;
  expect(mapLook(props('image'), view, 1).table).toBeNull();
  expect(mapLook(props('text'), view, 1).table).toBe(table);
  expect(mapLook(props('image', { kind: 'layer', block: 0, layer: 0 }), view, 1).table).toBe(table);
});
