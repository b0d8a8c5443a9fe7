/** What the gallery says: the sentence above it, the number under each tile, and what a screen reader hears. Numbers and sentence name the same thing. */
import type { InputLayout } from '../../models/runtime/types';
import { placeOfMass } from '../latents/describe-latent';
import type { AttentionStage, LatentSort } from '../state/types';
import { formatCount, formatPercent, formatShort, formatTimes } from './format';
import type { GalleryData } from './gallery-data';
import { en } from './language/en';

/** The number under a tile: what the gallery is sorted by; sorted by index, the share of the output in Write, rows read elsewhere. */
export type Quantity = 'rows' | 'output' | 'region' | 'similarity';

export function quantityOf(sort: LatentSort, stage: AttentionStage): Quantity {
  if (sort === 'region' || sort === 'output' || sort === 'similarity') return sort;
  return sort === 'index' && stage === 'write' ? 'output' : 'rows';
}

export interface SentenceFacts {
  readonly sort: LatentSort;
  readonly stage: AttentionStage;
  readonly text: boolean;
  readonly block: number;
  readonly layer: number;
  /** The chosen output in words ("byte 17", "the output"); null where a text has none chosen. */
  readonly output: string | null;
  readonly selected: number | null;
}

export function gallerySentence(facts: SentenceFacts): string {
  const { stage, text } = facts;
  const quantity = quantityOf(facts.sort, stage);
  const words = en.gallery;
  if (quantity === 'output' && facts.output === null) return words.noOutput;
  const what = stage === 'process' ? words.whatProcess(facts.block, facts.layer) : text ? words.whatText : words.what;
  if (quantity === 'output') return words.and(what, words.shareOf(facts.output ?? ''));
  if (quantity === 'region') return words.and(what, words.inRegion);
  if (quantity === 'similarity' && facts.selected !== null) return words.and(what, words.likeness(facts.selected));
  return words.and(what, stage === 'process' ? words.howMany : words.howManyRows);
}

/** The number under each tile; empty while it is not known. @param tight without its unit, under the smallest tiles. */
export function captionOf(gallery: GalleryData, sort: LatentSort, stage: AttentionStage, tight = false): (latent: number) => string {
  const quantity = quantityOf(sort, stage);
  if (quantity === 'rows') return (latent) => known(gallery.rowsRead, latent, formatShort);
  if (quantity === 'similarity') return (latent) => known(gallery.similarity, latent, (cosine) => cosine.toFixed(2));
  const shares = quantity === 'region' ? gallery.regionShare : gallery.outputShare;
  // Beside an index there is no room for the space that a small share has elsewhere.
  const short = (share: number): string => formatPercent(share, false).replace(/^<\s/, '<');
  return (latent) => known(shares, latent, (share) => (tight ? short(share).replace(/\s%$/, '') : short(share)));
}

function known(values: Float32Array | null, latent: number, format: (value: number) => string): string {
  const value = values?.[latent] ?? Number.NaN;
  return Number.isNaN(value) ? '' : format(value);
}

/** A row of the input in words; texts count from where the part that is read begins. */
export function rowName(layout: InputLayout, row: number, partStart: number): string {
  if (layout.kind === 'grid') return `x ${row % layout.width}, y ${Math.floor(row / layout.width)}`;
  if (row === 0) return '[CLS]';
  return row === layout.length - 1 ? '[SEP]' : en.byte(partStart + row - 1);
}

/** What a screen reader says for a tile. */
export function describer(
  gallery: GalleryData,
  layout: InputLayout,
  sort: LatentSort,
  stage: AttentionStage,
  partStart: number,
): (latent: number) => string {
  const cells = gallery.grid.width * gallery.grid.height;
  const overInput = gallery.step.kind !== 'layer';
  const share = quantityOf(sort, stage) === 'output' ? gallery.outputShare : null;
  return (latent) => {
    if (!gallery.ready[latent]) return en.gallery.pending(latent);
    const map = gallery.maps.subarray(latent * cells, (latent + 1) * cells);
    const at = gallery.highestAt[latent] ?? 0;
    const said = en.gallery.describe(
      latent,
      formatCount(gallery.rowsRead[latent] ?? 0),
      formatCount(gallery.attended),
      overInput && layout.kind === 'grid' ? placeOfMass(map, gallery.grid) : null,
      formatTimes((gallery.highest[latent] ?? 0) * gallery.attended).replace('×', ' times'),
      overInput ? rowName(layout, at, partStart) : en.gallery.latentAt(at),
    );
    return share ? `${said} ${en.gallery.describeShare(formatPercent(share[latent] ?? 0))}` : said;
  };
}
