import {
  type ClipboardEvent,
  type KeyboardEvent,
  type MouseEvent,
  type Ref,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import type { ByteSpan } from '../../../models/runtime/types';
import type { ColourTable } from '../../draw/colour-maps';
import { type Move, moveOfKey, moveUnit, selectedBytes, type UnitSelection } from './selection';
import { unitAt, unitOfByte } from './text-layout';
import { TextRow } from './text-row';
import { type TextHeat, useHeat } from './use-heat';
import type { CellSize, TextView } from './use-text-view';
import { TEXT_WORDS as WORDS } from './words';

export interface TextCellsProps {
  readonly ref: Ref<HTMLDivElement>;
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly part: ByteSpan;
  readonly view: TextView;
  readonly size: CellSize;
  readonly ids: boolean;
  readonly heat: TextHeat | null;
  readonly table: ColourTable;
  readonly sentence: string;
  readonly chosen: ByteSpan | null;
  readonly onChosen: (span: ByteSpan | null, isRange: boolean) => void;
  readonly selectedByte: number | null;
  readonly onSelectByte: (byte: number | null) => void;
  /** The input row (0 is [CLS]) at the pointer, or under the keyboard. */
  readonly pointed: number | null;
  readonly onPoint: (row: number | null) => void;
  /** Byte of the part where the keyboard begins. */
  readonly start: number;
  readonly tip: { readonly times: string; readonly unit: string } | null;
  readonly onMaskKey: () => void;
  readonly onEditAt: (byte: number) => void;
  readonly onPaste: (event: ClipboardEvent, span: ByteSpan) => void;
  readonly letterKeys: boolean;
  readonly maxHeight?: number;
}

/** Bytes at the two ends of the selection; `focus` is where the keyboard stands. */
interface Ends {
  readonly anchor: number;
  readonly focus: number;
}

/** The looking state: cells to point at, select and mask. One tab stop; arrows move among the characters. */
export function TextCells(props: TextCellsProps) {
  const { view, size, part, chosen, selectedByte, onChosen, onSelectByte, onPoint } = props;
  const { layout } = view;
  const list = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [scrolled, setScrolled] = useState(0);
  const dragging = useRef<{ readonly anchor: number; moved: boolean } | null>(null);
  const [ends, setEnds] = useState<Ends>({ anchor: props.start, focus: props.start });
  const [byKeyboard, setByKeyboard] = useState(false);
  useImperativeHandle(props.ref, () => list.current!, []);

  const last = layout.units.length - 2;
  const held = (index: number): number => Math.min(last, Math.max(1, index));
  const unitOf = (byte: number): number => held(unitOfByte(layout, byte));
  const selection: UnitSelection = { anchor: unitOf(ends.anchor), focus: unitOf(ends.focus) };
  const range = chosen && unitOf(chosen.start - part.start) !== unitOf(chosen.end - 1 - part.start);
  const from = range ? unitOf(chosen.start - part.start) : -1;
  const to = range ? unitOf(chosen.end - 1 - part.start) + 1 : -1;
  const active = byKeyboard ? selection.focus : -2;
  const output = selectedByte === null ? -2 : selectedByte - part.start;
  useHeat(content, view, size, props.heat, props.table);

  const choose = (anchor: number, focus: number): void => {
    setEnds({ anchor: layout.units[anchor]!.start, focus: layout.units[focus]!.start });
    const { start, end } = selectedBytes(layout, { anchor, focus });
    onChosen({ start: start + part.start, end: end + part.start }, anchor !== focus);
  };

  /** The unit and byte (of the part) under the pointer, or the nearest of its line: then it is not `on` it. */
  const under = (event: MouseEvent): { unit: number; byte: number; on: boolean } => {
    const box = content.current!.getBoundingClientRect();
    const column = (event.clientX - box.left) / size.pitch;
    const unit = unitAt(layout, column, (event.clientY - box.top) / size.line);
    const { start, end } = layout.units[unit]!;
    const share = (column - layout.column[unit]!) / layout.width[unit]!;
    return { unit, byte: Math.min(end - 1, Math.max(start, start + Math.floor(share * (end - start)))), on: share >= 0 && share < 1 };
  };

  useLayoutEffect(() => {
    if (!byKeyboard) return;
    content.current?.querySelector(`[data-unit="${selection.focus}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [byKeyboard, selection.focus]);

  const go = (move: Move, extend: boolean): void => {
    const focus = moveUnit(layout, selection.focus, move);
    setByKeyboard(true);
    choose(extend ? selection.anchor : focus, focus);
    onPoint(layout.units[focus]!.start + 1);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const command = event.metaKey || event.ctrlKey;
    const move = moveOfKey(event);
    if (move) go(move, event.shiftKey);
    else if (command && !event.shiftKey && event.key.toLowerCase() === 'a') choose(1, last);
    else if (command || event.altKey) return;
    else if (event.key.toLowerCase() === 'm' && props.letterKeys) props.onMaskKey();
    else if (event.key === 'Enter') props.onEditAt(part.start + layout.units[selection.focus]!.start);
    else if (event.key === ' ') onSelectByte(part.start + layout.units[selection.focus]!.start);
    else if (event.key === 'Escape' && range) choose(selection.focus, selection.focus);
    else if (event.key === 'Escape' && selectedByte !== null) onSelectByte(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const tip = props.pointed === null || !props.tip ? null : unitOfByte(layout, props.pointed - 1);
  return (
    <div className="text-frame">
      <div
        ref={list}
        role="listbox"
        tabIndex={0}
        data-letters=""
        className={`text-cells ${props.ids ? 'text-ids' : ''} ${props.heat ? 'text-heated' : ''}`}
        aria-label={`${WORDS.stage}. ${props.sentence}`}
        aria-description={WORDS.stageKeys}
        aria-multiselectable="true"
        aria-activedescendant={`${props.id}-${selection.focus}`}
        style={{ maxHeight: props.maxHeight }}
        onKeyDown={onKeyDown}
        onScroll={(event) => setScrolled(event.currentTarget.scrollTop)}
        onFocus={(event) => {
          if (!event.currentTarget.matches(':focus-visible')) return;
          setByKeyboard(true);
          if (!chosen) choose(selection.focus, selection.focus);
          onPoint(layout.units[selection.focus]!.start + 1);
        }}
        onBlur={() => {
          setByKeyboard(false);
          onPoint(null);
        }}
        onPointerDown={(event) => {
          if (event.button !== 0 || event.target === list.current) return;
          setByKeyboard(false);
          const unit = held(under(event).unit);
          const anchor = event.shiftKey ? selection.anchor : unit;
          dragging.current = { anchor, moved: event.shiftKey };
          event.currentTarget.setPointerCapture(event.pointerId);
          choose(anchor, unit);
        }}
        onPointerMove={(event) => {
          const { unit, byte, on } = under(event);
          const drag = dragging.current;
          if (drag && held(unit) !== selection.focus) {
            drag.moved = true;
            choose(drag.anchor, held(unit));
          }
          onPoint(on ? byte + 1 : null);
        }}
        onPointerUp={(event) => {
          const drag = dragging.current;
          dragging.current = null;
          if (!drag || drag.moved) return;
          const { byte } = under(event);
          if (byte >= 0 && byte < view.bytes.length) onSelectByte(byte + part.start);
        }}
        onPointerCancel={() => {
          dragging.current = null;
        }}
        onPointerLeave={() => onPoint(null)}
        onDoubleClick={(event) => props.onEditAt(part.start + Math.max(0, under(event).byte))}
        onCopy={(event) => {
          if (!chosen) return;
          event.preventDefault();
          event.clipboardData.setData('text/plain', new TextDecoder().decode(props.bytes.subarray(chosen.start, chosen.end)));
        }}
        onPaste={(event) => {
          const at = part.start + layout.units[selection.focus]!.start;
          props.onPaste(event, range ? chosen : { start: at, end: at });
        }}
      >
        <div ref={content} role="presentation" className="text-rows" style={{ height: layout.rows * size.line }}>
          {Array.from({ length: layout.rows }, (_, row) => {
            const [first, end] = [layout.firstOfRow[row]!, layout.firstOfRow[row + 1]!];
            const here = (index: number): boolean => index >= first && index < end;
            return (
              <TextRow
                // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place.
                key={row}
                view={view}
                row={row}
                size={size}
                ids={props.ids}
                id={props.id}
                partStart={part.start}
                from={Math.min(end, Math.max(first, from))}
                to={Math.min(end, Math.max(first, to))}
                active={here(active) ? active : -2}
                selectedByte={output >= 0 && output < view.bytes.length && here(unitOfByte(layout, output)) ? output : -2}
              />
            );
          })}
        </div>
      </div>
      {tip !== null && props.tip ? (
        <div
          className={`text-tip ${layout.column[tip]! > layout.columns - 14 ? 'before' : ''}`}
          style={{ left: (layout.column[tip]! + layout.width[tip]! / 2) * size.pitch, top: layout.row[tip]! * size.line - scrolled }}
          aria-hidden="true"
        >
          <span>
            <b>{props.tip.times}</b> {props.tip.unit}
          </span>
        </div>
      ) : null}
    </div>
  );
}
