import { type KeyboardEvent, type PointerEvent, useId, useRef, useState } from 'react';
import type { ByteSpan } from '../../../models/runtime/types';
import { formatCount } from '../../app/format';
import { excerptAfter, excerptBefore, partAt } from './text-part';
import './text-edit.css';
import { TEXT_WORDS as WORDS } from './words';

export interface PartNoticeProps {
  readonly bytes: Uint8Array;
  readonly part: ByteSpan;
  readonly limit: number;
  readonly masks: readonly ByteSpan[];
  readonly onPart: (part: ByteSpan, done: boolean) => void;
}

/** Bytes of text shown on each side of the part, greyed. */
const EXCERPT = 160;

/** Said where a text is longer than the model, with the choice of the part that is read. */
export function PartNotice({ bytes, part, limit, masks, onPart }: PartNoticeProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const before = part.start;
  const after = bytes.length - part.end;
  const [first, last] = [formatCount(before), formatCount(after)];
  const leftOut =
    before > 0 && after > 0
      ? WORDS.leftOutBoth(first, last)
      : before > 0
        ? WORDS.leftOutBefore(first, before === 1)
        : WORDS.leftOutAfter(last, after === 1);
  return (
    <div className="part-notice">
      <div className="part-notice-head">
        <p>
          <b>{WORDS.tooLong(formatCount(bytes.length), formatCount(limit))}</b> {leftOut}
        </p>
        <button type="button" className="text-button" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
          {open ? WORDS.closeChoice : WORDS.choosePart}
        </button>
      </div>
      <div id={id} hidden={!open}>
        {open ? <PartChooser bytes={bytes} part={part} limit={limit} masks={masks} onPart={onPart} /> : null}
      </div>
    </div>
  );
}

function PartChooser({ bytes, part, limit, masks, onPart }: PartNoticeProps) {
  const track = useRef<HTMLDivElement>(null);
  /** Where in the window it was taken hold of, in bytes; null while nothing is dragged. */
  const grip = useRef<number | null>(null);
  const length = bytes.length;
  const last = length - limit;
  const to = (start: number, done = true): void => onPart(partAt(bytes, start, limit), done);
  const at = (event: PointerEvent): number => {
    const box = track.current!.getBoundingClientRect();
    return ((event.clientX - box.left) / box.width) * length;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: -16,
      ArrowDown: -16,
      ArrowRight: 16,
      ArrowUp: 16,
      PageUp: limit,
      PageDown: -limit,
      Home: -length,
      End: length,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    to(part.start + step);
  };
  const percent = (byte: number): string => `${(100 * byte) / length}%`;
  return (
    <div className="part-chooser">
      <div
        ref={track}
        className="part-track"
        onPointerDown={(event) => {
          const byte = at(event);
          const holds = byte >= part.start && byte < part.end;
          grip.current = holds ? byte - part.start : limit / 2;
          event.currentTarget.setPointerCapture(event.pointerId);
          if (!holds) to(byte - limit / 2, false);
        }}
        onPointerMove={(event) => {
          if (grip.current !== null) to(at(event) - grip.current, false);
        }}
        onPointerUp={(event) => {
          if (grip.current === null) return;
          const start = at(event) - grip.current;
          grip.current = null;
          to(start);
        }}
        onPointerCancel={() => {
          grip.current = null;
        }}
      >
        {masks.slice(0, 200).map(({ start, end }) => (
          <i key={start} style={{ left: percent(start), width: percent(end - start) }} />
        ))}
        <div
          className="part-window"
          role="slider"
          tabIndex={0}
          aria-label={WORDS.partRead}
          aria-valuemin={0}
          aria-valuemax={last}
          aria-valuenow={Math.min(last, part.start)}
          aria-valuetext={WORDS.partValue(formatCount(part.start), formatCount(part.end))}
          style={{ left: percent(part.start), width: percent(part.end - part.start) }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div className="part-buttons">
        <StartField start={part.start} last={last} onStart={(start) => to(start)} />
        <span>
          {(
            [
              [WORDS.first, 0, part.start > 0],
              [WORDS.previous, part.start - limit, part.start > 0],
              [WORDS.next, part.end, part.end < length],
              [WORDS.last, length, part.end < length],
            ] as const
          ).map(([name, start, possible]) => (
            <button key={name} type="button" className="text-button" aria-disabled={!possible} onClick={() => possible && to(start)}>
              {name}
            </button>
          ))}
        </span>
      </div>
    </div>
  );
}

/** A number that is taken over on Enter and when it is left, so that typing 1200 does not read byte 1 first. */
function StartField({
  start,
  last,
  onStart,
}: {
  readonly start: number;
  readonly last: number;
  readonly onStart: (start: number) => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const take = (): void => {
    const value = Number(typed?.replaceAll(/[,\s]/g, ''));
    if (typed !== null && typed.trim() !== '' && Number.isFinite(value)) onStart(Math.min(last, Math.max(0, value)));
    setTyped(null);
  };
  return (
    <label>
      {WORDS.fromByte}
      <input
        inputMode="numeric"
        value={typed ?? String(start)}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={take}
        onKeyDown={(event) => {
          if (event.key === 'Enter') take();
          if (event.key === 'Escape' && typed !== null) {
            event.stopPropagation();
            setTyped(null);
          }
        }}
      />
    </label>
  );
}

/** What is not read, greyed: how much, and the end of it next to the part. */
export function LeftOut({ bytes, part, side }: { readonly bytes: Uint8Array; readonly part: ByteSpan; readonly side: 'before' | 'after' }) {
  const count = side === 'before' ? part.start : bytes.length - part.end;
  if (count === 0) return null;
  const excerpt = side === 'before' ? excerptBefore(bytes, part.start, EXCERPT) : excerptAfter(bytes, part.end, EXCERPT);
  const text = new TextDecoder().decode(excerpt);
  return (
    <div className={`part-left-out ${side}`}>
      <span>{(side === 'before' ? WORDS.beforePart : WORDS.afterPart)(formatCount(count), count === 1)}</span>
      <del>
        <span>{text}</span>
      </del>
    </div>
  );
}
