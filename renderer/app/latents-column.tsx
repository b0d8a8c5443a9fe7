/** The gallery of all latents, for whichever attention the strip has chosen, and its tools. */
import { ArrowDown, ArrowUp, LayoutGrid } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { isClipped, oneScale } from '../draw/scales';
import { useSize } from '../draw/use-size';
import { LatentGallery } from '../latents/latent-gallery';
import { Legend } from '../latents/legend';
import { TEXT_TILE } from '../panels/text/text-tile';
import type { LatentSort } from '../state/types';
import { SORT_ORDER, sortNeeds } from './commands';
import { copyLatent } from './copy-latent';
import { focusRegion } from './focus';
import { formatCount, formatTimes } from './format';
import { chosenQuery } from './gallery-data';
import { captionOf, describer, gallerySentence } from './gallery-words';
import { useFittingView, useLab, useLabState } from './lab-context';
import { en } from './language/en';
import { LargeMap } from './large-map';
import { MapNotice } from './map-notice';
import { Choice, Segments } from './segments';
import { queryName, type Shown } from './shown';
import { IconButton } from './title-bar';
import { useColumn } from './use-column';
import { useLateRun } from './use-late';
import { type LatentsColumnProps, useTilePainter } from './use-tile-painter';

/** Where the tools have less room than this, lists take the place of segments, CSS px: over pictures, over text. */
const TIGHT = { image: 366, text: 250 } as const;

/** The least side of a copied map, CSS px. */
const COPY_SIDE = 256;

/** The sentence above the maps. */
export function useGallerySentence(shown: Shown): string {
  const { stage, block, layer } = useFittingView(shown.info);
  const sort = useLabState((state) => state.sort);
  const query = chosenQuery(
    shown.result,
    useLabState((state) => state.selection.query),
  );
  const selected = useLabState((state) => state.selection.latents.at(-1)) ?? null;
  const text = shown.input.kind === 'text';
  const output = query === null ? null : queryName(shown, query, true);
  return gallerySentence({ sort, stage, text, block, layer, output, selected });
}

export function LatentsColumn(props: LatentsColumnProps) {
  const { shown, gallery, table } = props;
  const late = useLateRun();
  const lab = useLab();
  const view = useFittingView(shown.info);
  const sort = useLabState((state) => state.sort);
  const direction = useLabState((state) => state.direction);
  const region = useLabState((state) => state.region);
  const span = useLabState((state) => state.span);
  const selection = useLabState((state) => state.selection);
  const pinned = useLabState((state) => state.pinnedLatents[shown.run.modelId]);
  const firstVisit = useLabState((state) => !state.settings.movesMade.includes('latent'));
  const [large, setLarge] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const { info, result, input } = shown;
  const text = input.kind === 'text';
  const overText = text && gallery.step.kind !== 'layer';
  const painter = useTilePainter(props, overText ? TEXT_TILE.width : view.tileSize);
  // A copy is larger than its tile; cells of a grid are whole squares in it.
  const { grid } = gallery;
  const copyPainter = useTilePainter(props, overText ? 3 * TEXT_TILE.width : Math.ceil(COPY_SIDE / grid.width) * grid.width);
  const tight = !overText && view.tileSize < 56;
  const pinnedSet = useMemo(() => new Set<number>(pinned), [pinned]);
  const scale = view.oneScale ? oneScale(gallery.highest) : null;
  const caption = useMemo(() => captionOf(gallery, sort, view.stage, tight), [gallery, sort, view.stage, tight]);
  const partStart = text ? input.part.start : 0;
  const describe = useMemo(
    () => describer(gallery, result.layout, sort, view.stage, partStart),
    [gallery, result.layout, sort, view.stage, partStart],
  );
  const sentence = useGallerySentence(shown);
  const selected = selection.latents.at(-1) ?? null;
  const start = useMemo(
    () => ({
      key: JSON.stringify([sort, direction, sort === 'region' ? [region, span] : null]),
      latent: sort === 'index' ? selected : null,
    }),
    [sort, direction, region, span, selected],
  );
  const largeShown = large && selected !== null && !overText;
  useEffect(() => {
    if (!largeShown) return;
    // Closed, or gone with what it showed: it does not come back by itself, and focus that was in it stays in the column.
    return () => {
      setLarge(false);
      requestAnimationFrame(() => {
        if (document.activeElement !== document.body) return;
        const latent = lab.store.getState().selection.latents.at(-1);
        const tile = box.current?.querySelector<HTMLElement>(`[data-latent="${latent}"]`);
        if (tile) tile.focus();
        else focusRegion('Latents');
      });
    };
  }, [largeShown, lab]);
  const copy = async (latent: number): Promise<void> => {
    const copied = await copyLatent(props, view, copyPainter, latent, describe);
    lab.store.setState({ said: copied ? en.gallery.copied : '' });
  };
  const intro = firstVisit && view.stage === 'read' && sort === 'index';
  return (
    <section className="column column-latents" {...useColumn('latents')}>
      <header className="column-head">
        <h2>
          {en.columns.latents} <span className="column-count">{formatCount(info.latents)}</span>
        </h2>
        {overText ? null : (
          <Choice
            label={en.gallery.size}
            value={String(view.tileSize)}
            options={[40, 56, 84, 112].map((size) => [String(size), `${size} px`])}
            onChange={(size) => lab.views.view({ tileSize: Number(size) as 56 })}
            icon={<LayoutGrid />}
          />
        )}
        <SortMenu />
      </header>
      <p className="column-sentence" aria-live="off">
        {gallery.done < gallery.count && !gallery.failure
          ? en.gallery.computing(gallery.done, gallery.count)
          : intro
            ? en.gallery.intro(
                formatCount(text ? result.inputRows - 2 : result.inputRows),
                formatCount(info.latents),
                text ? en.bytesWord : en.pixels,
              )
            : sentence}
      </p>
      <GalleryTools shown={shown} />
      {scale ? <Legend table={table} from="0" to={en.gallery.legendTo(formatTimes(scale.max * gallery.attended))} width={96} /> : null}
      <MapNotice error={gallery.failure} region="Latents" />
      <div
        className="gallery-box"
        ref={box}
        data-letters
        data-stale={late}
        inert={largeShown}
        hidden={gallery.failure !== null && gallery.done === 0}
      >
        <LatentGallery
          label={en.gallery.label(en.sorts[sort])}
          order={gallery.order}
          painter={painter}
          caption={caption}
          describe={describe}
          selected={selection.latents}
          pinned={pinnedSet}
          {...(scale ? { clipped: (latent: number) => isClipped(gallery.highest[latent] ?? 0, scale) } : {})}
          busy={gallery.done < gallery.count && !gallery.failure}
          onPreview={(latent) => lab.views.preview({ latents: latent === null ? [] : [latent] })}
          onSelect={(latent, add) => lab.views.selectLatent(latent, add)}
          onOpen={(latent) => {
            lab.views.selectLatent(latent);
            // Over text the stage itself shows the map, byte by byte.
            setLarge(!overText);
          }}
          onCopy={(latent) => void copy(latent)}
          reveal={selected}
          start={start}
        />
      </div>
      {largeShown ? <LargeMap {...props} latent={selected} describe={describe} onClose={() => setLarge(false)} /> : null}
    </section>
  );
}

function GalleryTools({ shown }: { readonly shown: Shown }) {
  const lab = useLab();
  const view = useLabState((state) => state.view);
  const tools = useRef<HTMLDivElement>(null);
  const { width } = useSize(tools);
  const grids = shown.input.kind === 'image' && view.stage !== 'process';
  const tight = width > 0 && width < (grids ? TIGHT.image : TIGHT.text);
  const Pick = tight ? Choice : Segments;
  return (
    <div className="gallery-tools" ref={tools}>
      <Pick
        label={en.gallery.scale}
        value={view.oneScale ? 'one' : 'own'}
        options={[
          ['own', en.gallery.ownScale],
          ['one', en.gallery.oneScale],
        ]}
        onChange={(value: string) => lab.views.view({ oneScale: value === 'one' })}
      />
      <span className="grow" />
      <HeadPicker shown={shown} />
      {grids ? (
        <Pick
          label={en.gallery.tiles}
          value={view.tiles}
          options={[
            ['heat', en.gallery.heat],
            ['spotlight', en.gallery.spotlight],
          ]}
          onChange={(tiles: string) => lab.views.view({ tiles: tiles as 'heat' })}
        />
      ) : null}
    </div>
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
        options={SORT_ORDER.map((id) => [id, en.sortsShort[id], sortNeeds(state, id)])}
        onChange={(id) => lab.views.sort(id as LatentSort)}
        prefix
      />
      <IconButton label={turn} onClick={() => lab.views.turn()}>
        {direction === 'ascending' ? <ArrowUp /> : <ArrowDown />}
      </IconButton>
    </>
  );
}

const HEADS = { read: ['readHead', 'encoderHeads'], process: ['layerHead', 'layerHeads'], write: ['writeHead', 'decoderHeads'] } as const;

/** The head of the attention that the strip has chosen, the same that H steps through. */
function HeadPicker({ shown }: { readonly shown: Shown }) {
  const lab = useLab();
  const view = useFittingView(shown.info);
  const [key, count] = HEADS[view.stage];
  const heads = shown.info[count];
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
