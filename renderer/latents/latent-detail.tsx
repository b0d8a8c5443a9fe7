import { ChevronDown, Pin, PinOff } from 'lucide-react';
import { type ReactNode, useLayoutEffect, useMemo, useRef } from 'react';
import { formatCount, formatPercent, formatTimes } from '../app/format';
import type { ColourTable, Theme } from '../draw/colour-maps';
import { usePixelRatio } from '../draw/use-pixel-ratio';
import { LatentMap } from './latent-map';
import './latents.css';
import { largest } from './sort-latents';
import type { TilePainter } from './tile-painter';
import { LATENT_WORDS as WORDS } from './words';

export interface LatentFacts {
  readonly latent: number;
  /** exp(entropy) of its Read attention; NaN while it is being computed. */
  readonly rowsRead: number;
  /** Its highest weight as a multiple of uniform; NaN while it is being computed. */
  readonly highestTimes: number;
  /** Share of the chosen output query's attention, 0..1, and its rank among all latents; null where none is chosen. */
  readonly output: { readonly share: number; readonly rank: number } | null;
}

export interface LayerChoice {
  /** From 0. */
  readonly block: number;
  readonly layer: number;
  readonly head: number | 'mean';
}

export interface LatentReader {
  /** What identifies the output query for `onOutput`. */
  readonly query: number;
  /** "Byte 12, e" or a class. */
  readonly label: string;
  readonly share: number;
}

export interface LatentDetailProps {
  readonly latents: number;
  readonly facts: LatentFacts;
  /** Whether there is an output query to speak of: a text may have none chosen. */
  readonly hasOutput: boolean;
  /** The chosen output query in words ("Byte 12"), or null for a model that has only one. */
  readonly queryLabel: string | null;
  readonly pinned: boolean;
  readonly onPin: () => void;
  readonly shape: { readonly blocks: number; readonly layersPerBlock: number; readonly heads: number };
  readonly choice: LayerChoice;
  readonly onChoice: (choice: LayerChoice) => void;
  /** Self-attention of the chosen block, layer and head, [N, N]; null while it is being computed. */
  readonly selfAttention: Float32Array | null;
  /** What is missing of the facts does not come. */
  readonly factsFailed: boolean;
  /** In its place where it could not be computed. */
  readonly failed?: ReactNode;
  /** Paints neighbours' thumbnails; 44 px suits them. */
  readonly painter: TilePainter;
  readonly table: ColourTable;
  readonly theme: Theme;
  /** CSS px for the N × N map. */
  readonly space: number;
  readonly onSelect: (latent: number, add: boolean) => void;
  readonly onPreview: (latent: number | null) => void;
  /** Outputs that give it the largest shares, where the model has more than one query. */
  readonly readers?: readonly LatentReader[];
  readonly onOutput?: (query: number) => void;
}

const NEIGHBOURS = 5;
/** CSS px of the two lines under a neighbour's tile. */
const CAPTIONS = 32;

/** Everything about the selected latent: facts, whom it reads, who reads it. */
export function LatentDetail(props: LatentDetailProps) {
  const { facts, latents, selfAttention } = props;
  const { latent, output } = facts;
  const rank = output
    ? props.queryLabel === null
      ? WORDS.oneQueryRanks(formatCount(output.rank), formatCount(latents))
      : WORDS.queryRanks(props.queryLabel, formatCount(output.rank), formatCount(latents))
    : '';
  const row = useMemo(() => selfAttention?.subarray(latent * latents, (latent + 1) * latents) ?? null, [selfAttention, latent, latents]);
  const pending = props.factsFailed ? '–' : '…';
  // A neighbour that is chosen leaves the list with its button: the focus goes to the heading of the latent it was.
  const heading = useRef<HTMLHeadingElement>(null);
  const select = (other: number, add: boolean): void => {
    heading.current?.focus({ preventScroll: true });
    props.onSelect(other, add);
  };
  return (
    <section className="latent-detail" aria-label={WORDS.latent(latent)} data-letters="">
      <header className="latent-detail-head">
        <h2 ref={heading} tabIndex={-1}>
          {WORDS.latent(latent)}
        </h2>
        <button
          type="button"
          className="latent-icon-button"
          aria-pressed={props.pinned}
          onClick={props.onPin}
          title={props.pinned ? WORDS.unpin : WORDS.pin}
        >
          {props.pinned ? <PinOff aria-hidden="true" /> : <Pin aria-hidden="true" />}
          <span className="visually-hidden">{WORDS.pin}</span>
        </button>
      </header>
      <dl className="latent-facts">
        <Fact value={known(facts.rowsRead, formatCount, pending)} name={WORDS.rowsItReads} />
        <Fact value={known(facts.highestTimes, formatTimes, pending)} name={WORDS.highestShare} />
        {props.hasOutput ? <Fact value={output ? formatPercent(output.share) : pending} name={WORDS.ofTheOutput} /> : null}
      </dl>
      {props.hasOutput ? <p className="latent-rank">{rank}</p> : null}
      {props.readers && props.readers.length > 0 ? <Readers readers={props.readers} onOutput={props.onOutput} /> : null}
      <div className="latent-detail-part">
        <header className="latent-part-head">
          <h3>{WORDS.latentsItReads}</h3>
          {row ? <span>{WORDS.itself(formatPercent(row[latent] ?? 0))}</span> : null}
        </header>
        <LayerPickers shape={props.shape} choice={props.choice} onChoice={props.onChoice} />
        {props.failed && !row ? null : (
          <Neighbours latent={latent} row={row} painter={props.painter} onSelect={select} onPreview={props.onPreview} />
        )}
        {selfAttention ? (
          <LatentMap
            latents={latents}
            weights={selfAttention}
            table={props.table}
            theme={props.theme}
            sentence={sentenceOf(props)}
            selected={latent}
            space={props.space}
            onSelect={(other) => props.onSelect(other, false)}
            onPreview={props.onPreview}
          />
        ) : (
          (props.failed ?? (
            <div className="latent-map-square waiting" style={{ width: props.space, height: props.space }} aria-busy="true" />
          ))
        )}
      </div>
    </section>
  );
}

function sentenceOf({ shape, choice }: Pick<LatentDetailProps, 'shape' | 'choice'>): string {
  const block = shape.blocks > 1 ? formatCount(choice.block + 1) : null;
  const head = choice.head === 'mean' ? null : formatCount(choice.head + 1);
  return WORDS.process(block, formatCount(choice.layer + 1), head);
}

/** What is still being computed has no number. */
const known = (value: number, format: (value: number) => string, pending: string): string =>
  Number.isNaN(value) ? pending : format(value);

function Fact({ value, name }: { readonly value: string; readonly name: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

interface NeighboursProps extends Pick<LatentDetailProps, 'painter' | 'onSelect' | 'onPreview'> {
  readonly latent: number;
  /** Its row of self-attention, [N], or null while it is being computed. */
  readonly row: Float32Array | null;
}

function Neighbours({ latent: reader, row, painter, onSelect, onPreview }: NeighboursProps) {
  const nearest = useMemo(() => {
    if (!row) return [];
    const others = largest(row, NEIGHBOURS + 1).filter((latent) => latent !== reader);
    return others.slice(0, NEIGHBOURS).map((latent) => ({ latent, share: row[latent]! }));
  }, [row, reader]);
  const list = nearest.map(({ latent, share }) => WORDS.share(latent, formatPercent(share))).join('; ');
  const sentence = WORDS.readsMost(reader, formatPercent(row?.[reader] ?? 0), list);
  return (
    <ul
      className="latent-neighbours"
      style={{ minHeight: painter.height + CAPTIONS }}
      aria-label={nearest.length > 0 ? sentence : WORDS.computing}
      aria-busy={nearest.length === 0}
    >
      {nearest.map(({ latent, share }) => (
        <li key={latent}>
          <button
            type="button"
            aria-label={`${WORDS.latent(latent)}, ${formatPercent(share)}`}
            onClick={(event) => onSelect(latent, event.shiftKey)}
            onPointerEnter={() => onPreview(latent)}
            onPointerLeave={() => onPreview(null)}
            onFocus={(event) => event.target.matches(':focus-visible') && onPreview(latent)}
            onBlur={() => onPreview(null)}
          >
            <TileImage painter={painter} latent={latent} />
            <span>{latent}</span>
            <span className="share">{formatPercent(share)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** One tile outside the gallery. */
export function TileImage({ painter, latent }: { readonly painter: TilePainter; readonly latent: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const ratio = usePixelRatio();
  useLayoutEffect(() => {
    const element = canvas.current;
    const width = Math.round(painter.width * ratio);
    const height = Math.round(painter.height * ratio);
    const scratch = new OffscreenCanvas(width, height);
    const context = scratch.getContext('2d', { willReadFrequently: true });
    if (!element || !context) return;
    element.width = width;
    element.height = height;
    if (painter.paint(latent, context, width, height)) element.getContext('2d')?.drawImage(scratch, 0, 0);
  }, [painter, latent, ratio]);
  return <canvas ref={canvas} className="latent-tile-image" style={{ width: painter.width, height: painter.height }} />;
}

function Readers({ readers, onOutput }: { readonly readers: readonly LatentReader[]; readonly onOutput: LatentDetailProps['onOutput'] }) {
  const top = Math.max(...readers.map((reader) => reader.share));
  return (
    <div className="latent-detail-part">
      <h3>{WORDS.readBy}</h3>
      <ul className="latent-readers">
        {readers.map((reader) => (
          <li key={reader.query}>
            <button type="button" onClick={() => onOutput?.(reader.query)}>
              <span className="name">{reader.label}</span>
              <i style={{ width: `${(100 * reader.share) / (top || 1)}%` }} />
              <span className="share">{formatPercent(reader.share)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

type PickersProps = Pick<LatentDetailProps, 'shape' | 'choice' | 'onChoice'>;

function LayerPickers({ shape, choice, onChoice }: PickersProps) {
  const numbers = (count: number): { value: string; text: string }[] =>
    Array.from({ length: count }, (_, index) => ({ value: `${index}`, text: `${index + 1}` }));
  return (
    <div className="latent-pickers">
      {shape.blocks > 1 ? (
        <Picker
          name={WORDS.block}
          value={`${choice.block}`}
          options={numbers(shape.blocks)}
          onPick={(block) => onChoice({ ...choice, block: Number(block) })}
        />
      ) : null}
      <Picker
        name={WORDS.layer}
        value={`${choice.layer}`}
        options={numbers(shape.layersPerBlock)}
        onPick={(layer) => onChoice({ ...choice, layer: Number(layer) })}
      />
      <Picker
        name={WORDS.head}
        value={`${choice.head}`}
        options={[...numbers(shape.heads), { value: 'mean', text: WORDS.mean }]}
        onPick={(head) => onChoice({ ...choice, head: head === 'mean' ? 'mean' : Number(head) })}
      />
    </div>
  );
}

interface PickerProps {
  readonly name: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly onPick: (value: string) => void;
}

function Picker({ name, value, options, onPick }: PickerProps) {
  return (
    <label className="latent-picker">
      <span>{name}</span>
      <select value={value} onChange={(event) => onPick(event.target.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
      <ChevronDown aria-hidden="true" />
    </label>
  );
}
