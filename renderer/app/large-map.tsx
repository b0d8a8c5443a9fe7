/** A latent's map over the whole column: several times the size of its tile, with sentence and legend. */
import { Check, Copy, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useSize } from '../draw/use-size';
import { TileImage } from '../latents/latent-detail';
import { Legend } from '../latents/legend';
import { copyLatent, mapLook } from './copy-latent';
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
  const { shown, gallery, latent, onClose } = props;
  const lab = useLab();
  const view = useFittingView(shown.info);
  const [copied, setCopied] = useState(-1);
  const room = useRef<HTMLDivElement>(null);
  const panel = useRef<HTMLElement>(null);
  const size = useSize(room);
  const { grid, ready } = gallery;
  const space = Math.max(64, Math.min(size.width, size.height - BELOW));
  // Whole multiples of the map's cells, so that each is a square of its own.
  const side = Math.max(1, Math.floor(space / grid.width)) * grid.width;
  const painter = useTilePainter(props, side);
  const { sentence, table, to } = mapLook(props, view, latent);
  useEffect(() => panel.current?.focus(), []);

  const copy = async (): Promise<void> => {
    const said = await copyLatent(props, view, painter, latent, props.describe);
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
        <Legend table={table} from="0" to={to} />
        <p className="large-map-say">{ready[latent] ? props.describe(latent) : en.gallery.pending(latent)}</p>
      </div>
    </section>
  );
}
