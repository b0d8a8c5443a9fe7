import { describe, expect, it } from 'vitest';
import type { GalleryData } from './gallery-data';
import { captionOf, describer, gallerySentence, quantityOf, rowName, type SentenceFacts } from './gallery-words';

const facts: SentenceFacts = {
  sort: 'index',
  stage: 'read',
  text: false,
  block: 0,
  layer: 2,
  output: 'the output',
  selected: null,
};

const gallery = {
  step: { kind: 'encoder' },
  grid: { width: 4, height: 1 },
  ready: Uint8Array.of(1, 0),
  maps: Float32Array.of(0.1, 0.2, 0.3, 0.4, 0, 0, 0, 0),
  attended: 4,
  rowsRead: Float32Array.of(3.2, Number.NaN),
  highest: Float32Array.of(0.4, Number.NaN),
  highestAt: Uint32Array.of(3, 0),
  outputShare: Float32Array.of(0.25, 0.75),
  regionShare: Float32Array.of(0.5, 0.125),
  similarity: Float32Array.of(1, 0.414),
} as unknown as GalleryData;

describe('the sentence above the gallery and the number under a tile', () => {
  it.each([
    [{}, 'Where each looks, and how many rows it reads.', '3.2'],
    [{ text: true }, 'Where each reads, and how many rows it reads.', '3.2'],
    [{ sort: 'output' }, 'Where each looks, and its share of the output.', '25.0 %'],
    [{ sort: 'output', text: true, output: 'byte 17' }, 'Where each reads, and its share of byte 17.', '25.0 %'],
    [{ sort: 'region' }, 'Where each looks, and how much in the region.', '50.0 %'],
    [{ sort: 'similarity', selected: 7 }, 'Where each looks, and how like 7 it is.', '1.00'],
    [{ stage: 'write' }, 'Where each looks, and its share of the output.', '25.0 %'],
    [{ stage: 'write', sort: 'rows-read' }, 'Where each looks, and how many rows it reads.', '3.2'],
    [{ stage: 'process' }, 'Whom each reads in layer 3, and how many.', '3.2'],
    [{ stage: 'process', sort: 'output', block: 1 }, 'Whom each reads in block 2, layer 3, and its share of the output.', '25.0 %'],
  ] as const)('%o', (change, sentence, caption) => {
    const { sort, stage } = { ...facts, ...change };
    expect(gallerySentence({ ...facts, ...change })).toBe(sentence);
    expect(captionOf(gallery, sort, stage)(0).replaceAll('\u00a0', ' ')).toBe(caption);
  });

  it('ask for a byte where a text shows Write and none is chosen, with nothing under the tiles', () => {
    expect(gallerySentence({ ...facts, stage: 'write', text: true, output: null })).toMatch(/^Click a byte/);
    expect(quantityOf('index', 'write')).toBe('output');
    expect(captionOf({ ...gallery, outputShare: null }, 'index', 'write')(0)).toBe('');
  });

  it('are empty while a number is not known, and short where there is little room', () => {
    expect(captionOf(gallery, 'index', 'read')(1)).toBe('');
    expect(captionOf(gallery, 'output', 'read', true)(0)).toBe('25.0');
    expect(captionOf({ ...gallery, outputShare: Float32Array.of(0.0001, 0.9) }, 'output', 'read')(0)).toMatch(/^<0\.1\s%$/);
  });
});

describe('what a screen reader hears', () => {
  const layout = { kind: 'sequence', length: 4 } as const;

  it('counts bytes of a part from the beginning of the text, and knows [CLS] and [SEP]', () => {
    expect([0, 1, 2, 3].map((row) => rowName(layout, row, 1000))).toEqual(['[CLS]', 'byte 1000', 'byte 1001', '[SEP]']);
  });

  it('names the row of the highest share', () => {
    expect(describer(gallery, layout, 'index', 'read', 1000)(0)).toBe(
      'Latent 0. Reads 3 of 4 rows. Highest share 1.6 times uniform at [SEP].',
    );
    expect(describer(gallery, layout, 'index', 'read', 0)(1)).toBe('Latent 1, not yet computed.');
    expect(describer(gallery, layout, 'output', 'read', 0)(0)).toMatch(/25\.0.% of the output\.$/);
  });
});
