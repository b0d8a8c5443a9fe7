/** A latent's map over the whole column: several times the size of its tile, with sentence and legend. */
import { Check, Copy, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { copyMap } from '../draw/map-picture';
import { oneScale, ownScale } from '../draw/scales';
import { useSize } from '../draw/use-size';
import { TileImage } from '../latents/latent-detail';
import { Legend } from '../latents/legend';
import type { LabState } from '../state/types';
import { formatTimes } from './format';
import { useFittingView, useLab } from './lab-context';
import { en } from './language/en';
import { IconButton } from './title-bar';
import { type LatentsColumnProps, useTilePainter } from './use-tile-painter';

/** CSS px of legend and words below the map. */
const BELOW = 92;
const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

export function LargeMap(
  props: LatentsColumnProps & {
    readonly latent: number;
    readonly describe: (latent: number) => string;
    readonly onClose: () => void;
  },
) {
  const { shown, gallery, latent, table, theme, onClose } = props;
  const lab = useLab();
  const view = useFittingView(shown.info);
  const [copied, setCopied] = useState(-1);
  const room = useRef<HTMLDivElement>(null);
  const panel = useRef<HTMLElement>(null);
  const size = useSize(room);
  const { grid, maps, ready, highest, attended } = gallery;
  const space = Math.max(64, Math.min(size.width, size.height - BELOW));
  // Whole multiples of the map's cells, so that each is a square of its own.
  const side = Math.max(1, Math.floor(space / grid.width)) * grid.width;
  const painter = useTilePainter(props, side);
  const cells = grid.width * grid.height;
  const weights = maps.subarray(latent * cells, (latent + 1) * cells);
  const scale = view.oneScale ? oneScale(highest) : ownScale(weights);
  const colours = view.tiles === 'heat' || gallery.step.kind === 'layer' ? table : null;
  const sentence = mapSentence(shown, view);
  const to = en.gallery.legendTo(formatTimes(scale.max * attended));
  useEffect(() => panel.current?.focus(), []);

  const copy = async (): Promise<void> => {
    const canvas = room.current?.querySelector('canvas');
    if (!canvas) return;
    const said = await copyMap({
      draw: (context) => context.drawImage(canvas, 0, 0, side, side),
      width: side,
      height: side,
      sentences: [sentence, props.describe(latent)],
      table: colours,
      from: '0',
      to,
      theme,
    });
    if (said) setCopied(latent);
    lab.store.setState({ said: said ? en.gallery.copied : '' });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key];
    if (event.key === 'Escape') onClose();
    else if (step !== undefined) {
      const { order } = gallery;
      const at = order.indexOf(latent) + step;
      lab.views.selectLatent(order[(at + order.length) % order.length] ?? latent);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <section
      ref={panel}
      className="large-map"
      role="dialog"
      aria-label={en.gallery.large(latent)}
      aria-description={en.gallery.largeKeys}
      data-letters=""
      tabIndex={-1}
      onKeyDown={onKeyDown}
      onCopy={(event) => {
        event.preventDefault();
        void copy();
      }}
    >
      <header className="column-head">
        <h2>{en.latent(latent)}</h2>
        <IconButton label={copied === latent ? en.gallery.copied : en.gallery.copyMap} onClick={() => void copy()}>
          {copied === latent ? <Check /> : <Copy />}
        </IconButton>
        <IconButton label={en.gallery.closeLarge} onClick={onClose}>
          <X />
        </IconButton>
      </header>
      <p className="column-sentence">{sentence}</p>
      <div className="large-map-room" ref={room}>
        {size.width > 0 && ready[latent] ? <TileImage painter={painter} latent={latent} /> : null}
        <Legend table={colours} from="0" to={to} />
        <p className="large-map-say">{ready[latent] ? props.describe(latent) : en.gallery.pending(latent)}</p>
      </div>
    </section>
  );
}

/** Which attention the map is of: the encoder's, or a layer's. */
function mapSentence({ info }: LatentsColumnProps['shown'], view: LabState['view']): string {
  if (view.stage !== 'process') return en.sentences.read(headName(view.readHead, info.encoderHeads), false);
  const block = info.blocks > 1 ? view.block + 1 : null;
  return en.sentences.process(block, view.layer + 1, headName(view.layerHead, info.layerHeads));
}

const headName = (head: number | 'mean', heads: number): string =>
  head === 'mean' ? en.sentences.mean(heads) : en.sentences.headOf(head, heads);
