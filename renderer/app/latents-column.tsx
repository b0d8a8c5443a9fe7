/** The gallery of all latents, for whichever attention the strip has chosen, and its tools. */
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useMemo } from 'react';
import type { ColourTable, Theme } from '../draw/colour-maps';
import { isClipped, oneScale, ownScale, type Scale } from '../draw/scales';
import { placeOfMass } from '../latents/describe-latent';
import { LatentGallery } from '../latents/latent-gallery';
import { Legend } from '../latents/legend';
import { gridTilePainter, type TilePainter } from '../latents/tile-painter';
import type { TextLayout } from '../panels/text/text-layout';
import { textTilePainter } from '../panels/text/text-tile';
import type { LatentSort } from '../state/types';
import { SORT_ORDER, sortNeeds } from './commands';
import { formatCount, formatPercent, formatShort, formatTimes } from './format';
import type { GalleryData } from './gallery-data';
import { useLab, useLabState } from './lab-context';
import { en } from './language/en';
import { Choice, Segments } from './segments';
import type { Shown } from './shown';
import { IconButton } from './title-bar';

export interface LatentsColumnProps {
  readonly shown: Shown;
  readonly gallery: GalleryData;
  readonly table: ColourTable;
  readonly theme: Theme;
  readonly layout: TextLayout | null;
}

/** Paints tiles of the current stage; shared by gallery and detail. `size` is that of a square tile. */
export function useTilePainter({ shown, gallery, table, theme, layout }: LatentsColumnProps, size: number): TilePainter {
  const { oneScale: shared, tiles } = useLabState((state) => state.view);
  const colourMap = useLabState((state) => state.settings.colourMap);
  return useMemo(() => {
    const cells = gallery.grid.width * gallery.grid.height;
    const scale = shared ? oneScale(gallery.highest) : null;
    const weightsOf = (latent: number) => (gallery.ready[latent] ? gallery.maps.subarray(latent * cells, (latent + 1) * cells) : null);
    const scaleOf = (_: number, weights: ArrayLike<number>): Scale => scale ?? ownScale(weights);
    const version = [gallery.key, shared ? `one ${scale?.max}` : 'own', tiles, colourMap, theme, size].join(' ');
    const { shown: input, layout: rows } = shown.result;
    // Over text a latent reads lines of bytes; every other map, and Process everywhere, is a grid.
    if (rows.kind === 'sequence' && gallery.attended === rows.length && layout) {
      return textTilePainter({ layout, weightsOf, scaleOf, table, version: `${version} ${layout.columns}` });
    }
    const overPicture = input.kind === 'image' && gallery.attended === shown.result.inputRows;
    const picture = overPicture ? input.image : null;
    return gridTilePainter({
      tile: { width: size, height: size },
      grid: gallery.grid,
      weightsOf,
      scaleOf,
      mode: picture ? tiles : 'heat',
      table,
      theme,
      picture,
      version,
    });
  }, [gallery, shown, table, theme, layout, shared, tiles, colourMap, size]);
}

export function LatentsColumn(props: LatentsColumnProps) {
  const { shown, gallery, table } = props;
  const lab = useLab();
  const view = useLabState((state) => state.view);
  const sort = useLabState((state) => state.sort);
  const selection = useLabState((state) => state.selection);
  const pinned = useLabState((state) => state.pinnedLatents);
  const firstVisit = useLabState((state) => !state.settings.movesMade.includes('latent'));
  const error = useLabState((state) => state.attentionError);
  const painter = useTilePainter(props, view.tileSize);
  const { info, result, input } = shown;
  const text = input.kind === 'text';
  const pinnedSet = useMemo(() => new Set(pinned), [pinned]);
  const scale = view.oneScale ? oneScale(gallery.highest) : null;
  const caption = useMemo(() => captionOf(gallery, sort, view.stage), [gallery, sort, view.stage]);
  const describe = useMemo(() => describer(gallery, result.layout, view.stage, text), [gallery, result.layout, view.stage, text]);
  const sentence =
    gallery.done < gallery.count
      ? en.gallery.computing(gallery.done, gallery.count)
      : view.stage === 'process'
        ? en.gallery.process(view.block, view.layer)
        : view.stage === 'write'
          ? en.gallery.write
          : firstVisit
            ? en.gallery.intro(formatCount(result.inputRows), formatCount(info.latents), text ? en.bytesWord : en.pixels)
            : text
              ? en.gallery.readText
              : en.gallery.read;
  return (
    <section className="column column-latents" aria-label={en.columns.latents} data-region="Latents" tabIndex={-1}>
      <header className="column-head">
        <h2>
          {en.columns.latents} <span className="column-count">{formatCount(info.latents)}</span>
        </h2>
        {text ? null : (
          <Choice
            label={en.gallery.size}
            value={String(view.tileSize)}
            options={[40, 56, 84, 112].map((size) => [String(size), `${size} px`])}
            onChange={(size) => lab.views.view({ tileSize: Number(size) as 56 })}
            fixed
          />
        )}
        <SortMenu />
      </header>
      <p className="column-sentence" aria-live="off">
        {error ? en.errors.attention : sentence}
      </p>
      <div className="gallery-tools">
        <Segments
          label={en.gallery.scale}
          value={view.oneScale ? 'one' : 'own'}
          options={[
            ['own', en.gallery.ownScale],
            ['one', en.gallery.oneScale],
          ]}
          onChange={(value) => lab.views.view({ oneScale: value === 'one' })}
        />
        <span className="grow" />
        <HeadPicker shown={shown} />
        {text || view.stage === 'process' ? null : (
          <Segments
            label={en.gallery.tiles}
            value={view.tiles}
            options={[
              ['heat', en.gallery.heat],
              ['spotlight', en.gallery.spotlight],
            ]}
            onChange={(tiles) => lab.views.view({ tiles })}
          />
        )}
      </div>
      {scale ? <Legend table={table} from="0" to={en.gallery.legendTo(formatTimes(scale.max * gallery.attended))} width={96} /> : null}
      <div className="gallery-box" data-letters>
        <LatentGallery
          label={en.gallery.label(en.sorts[sort])}
          order={gallery.order}
          painter={painter}
          caption={caption}
          describe={describe}
          selected={selection.latents}
          pinned={pinnedSet}
          {...(scale ? { clipped: (latent: number) => isClipped(gallery.highest[latent] ?? 0, scale) } : {})}
          busy={gallery.done < gallery.count}
          onPreview={(latent) => lab.views.preview({ latents: latent === null ? [] : [latent] })}
          onSelect={(latent, add) => lab.views.selectLatent(latent, add)}
          onOpen={(latent) => {
            lab.views.selectLatent(latent);
            lab.views.view({ tileSize: view.tileSize === 112 ? 56 : 112 });
          }}
          reveal={selection.latents.at(-1) ?? null}
        />
      </div>
    </section>
  );
}

function SortMenu() {
  const lab = useLab();
  const sort = useLabState((state) => state.sort);
  const direction = useLabState((state) => state.direction);
  const state = useLabState((current) => current);
  const turn = direction === 'ascending' ? en.gallery.ascending : en.gallery.descending;
  return (
    <>
      <Choice
        label={en.gallery.sort}
        value={sort}
        options={SORT_ORDER.map((id) => [id, en.sorts[id], sortNeeds(state, id)])}
        onChange={(id) => lab.views.sort(id as LatentSort)}
        prefix
      />
      <IconButton label={turn} onClick={() => lab.views.turn()}>
        {direction === 'ascending' ? <ArrowUp /> : <ArrowDown />}
      </IconButton>
    </>
  );
}

function HeadPicker({ shown }: { readonly shown: Shown }) {
  const lab = useLab();
  const view = useLabState((state) => state.view);
  const { info } = shown;
  const process = view.stage === 'process';
  const heads = process ? info.layerHeads : info.encoderHeads;
  const key = process ? 'layerHead' : 'readHead';
  if (heads === 1) return null;
  return (
    <Choice
      label={en.gallery.head}
      value={String(view[key])}
      options={[
        ['mean', en.gallery.meanHead],
        ...Array.from({ length: heads }, (_, head): [string, string] => [String(head), String(head + 1)]),
      ]}
      onChange={(value) => lab.views.view({ [key]: value === 'mean' ? 'mean' : Number(value) })}
      prefix
    />
  );
}

function captionOf(gallery: GalleryData, sort: LatentSort, stage: string): (latent: number) => string {
  return (latent) => {
    if (sort === 'region' && gallery.regionShare) return formatPercent(gallery.regionShare[latent] ?? 0, false);
    if ((sort === 'output' || stage === 'write') && gallery.outputShare) return formatPercent(gallery.outputShare[latent] ?? 0, false);
    const rows = gallery.rowsRead[latent] ?? Number.NaN;
    return Number.isNaN(rows) ? '' : formatShort(rows);
  };
}

function describer(gallery: GalleryData, layout: Shown['result']['layout'], stage: string, text: boolean): (latent: number) => string {
  const cells = gallery.grid.width * gallery.grid.height;
  return (latent) => {
    if (!gallery.ready[latent]) return en.gallery.pending(latent);
    if (stage === 'write' && gallery.outputShare) return en.gallery.describeShare(latent, formatPercent(gallery.outputShare[latent] ?? 0));
    const place =
      layout.kind === 'grid' && stage !== 'process'
        ? placeOfMass(gallery.maps.subarray(latent * cells, (latent + 1) * cells), gallery.grid)
        : null;
    const at = gallery.highestAt[latent] ?? 0;
    const where =
      stage === 'process'
        ? `latent ${at}`
        : text || layout.kind !== 'grid'
          ? at === 0
            ? '[CLS]'
            : `byte ${at - 1}`
          : `x ${at % layout.width}, y ${Math.floor(at / layout.width)}`;
    return en.gallery.describe(
      latent,
      formatCount(gallery.rowsRead[latent] ?? 0),
      formatCount(gallery.attended),
      place,
      formatTimes((gallery.highest[latent] ?? 0) * gallery.attended).replace('×', ' times'),
      where,
    );
  };
}
