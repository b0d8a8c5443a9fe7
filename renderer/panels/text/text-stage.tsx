import { useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { ByteSpan } from '../../../models/runtime/types';
import { formatCount, formatPercent, formatTimes } from '../../app/format';
import type { ColourTable } from '../../draw/colour-maps';
import { scaled } from '../../draw/scales';
import { Legend } from '../../latents/legend';
import { applyEdit, type ByteEdit, lineEndOf, toBytes } from './edit-text';
import type { BytesOutput } from './filled-spans';
import { LeftOut, PartNotice } from './part-notice';
import { TextCells } from './text-cells-view';
import { TextEditor } from './text-editor';
import { TextTools } from './text-tools';
import './text.css';
import { layoutText, type TextLayout } from './text-layout';
import { stateAfter, type TextState } from './text-state';
import { hexByte } from './text-units';
import type { TextHeat } from './use-heat';
import { cellSize, columnsIn, useTextView, useWidth } from './use-text-view';
import { TEXT_WORDS as WORDS } from './words';

export type { TextState } from './text-state';

export interface TextStageProps extends TextState {
  /** Bytes the model reads at once: its positions − 2. */
  readonly limit: number;
  /** Of a run over exactly this part, its offsets counted from the part's start; null while there is none. */
  readonly output: BytesOutput | null;
  readonly heat: TextHeat | null;
  readonly table: ColourTable;
  /** What is shown, in one sentence: "Composed: Write × Process × Read, mean of heads." */
  readonly sentence: string;
  /** The byte whose output is selected. */
  readonly selectedByte: number | null;
  readonly onSelectByte: (byte: number | null) => void;
  /** The selected span where it is set elsewhere, too: by a row of a table, or undo. Left out, the stage keeps its own. */
  readonly region?: ByteSpan | null;
  /** More than one character is selected: the region of the gallery's "Attention in region". */
  readonly onRegion: (region: ByteSpan | null) => void;
  readonly onMask: (span: ByteSpan) => void;
  readonly onUnmask: (span: ByteSpan) => void;
  readonly onClearMasks: () => void;
  /** Every keystroke and paste; masks and part have moved with the text. */
  readonly onEdit: (state: TextState) => void;
  /** Editing has ended, and looking begins again. */
  readonly onEditEnd?: () => void;
  /** Another part is to be read; `done` is false while it is being dragged. */
  readonly onPart: (part: ByteSpan, done: boolean) => void;
  /** How the cells lie, for miniatures with the same lines. */
  readonly onLayout?: (layout: TextLayout) => void;
  /** Single letters are commands (WCAG 2.1.4: they can be turned off). */
  readonly letterKeys: boolean;
  /** The largest height of the cells before they scroll, CSS px. */
  readonly maxHeight?: number;
}

/** Text as bytes: to look at (letters are commands) or to edit (letters type). */
export function TextStage(props: TextStageProps) {
  const { bytes, part, masks, output, heat, table, onLayout, onRegion } = props;
  const stage = useRef<HTMLElement>(null);
  const cells = useRef<HTMLDivElement>(null);
  const width = useWidth(stage);
  const [ids, setIds] = useState(false);
  /** Byte of the whole text at which the caret begins, while editing. */
  const [caret, setCaret] = useState<number | null>(null);
  const [chosen, setChosen] = useState<ByteSpan | null>(null);
  /** Where the keyboard stands when looking begins, a byte of the whole text. */
  const [start, setStart] = useState(part.start);
  /** The input row at the pointer; 0 is [CLS]. */
  const [pointed, setPointed] = useState<number | null>(null);
  const size = useMemo(() => cellSize(width, ids), [width, ids]);
  const view = useTextView(bytes, part, masks, output, columnsIn(width, size), ids);
  const columns = columnsIn(width, cellSize(width, false));
  const plain = useMemo(() => (ids ? layoutText(view.layout.units, columns) : view.layout), [ids, view.layout, columns]);
  const wantsFocus = useRef(false);
  /** The text as the last edit made here left it. */
  const own = useRef<Uint8Array | null>(null);
  const id = useId();

  useEffect(() => {
    if (width > 0) onLayout?.(plain);
  }, [plain, onLayout, width]);

  // What was chosen in another text is nothing here.
  const [known, setKnown] = useState(bytes);
  if (known !== bytes) {
    setKnown(bytes);
    if (own.current !== bytes) setChosen(null);
  }
  const [given, setGiven] = useState(props.region);
  const [told, setTold] = useState<ByteSpan | null>(null);
  if (given !== props.region) {
    setGiven(props.region);
    // What comes back is what was said here; anything else was set elsewhere.
    if (caret === null && !sameSpan(props.region, told)) {
      setTold(props.region ?? null);
      setChosen(props.region ?? null);
    }
  }
  const inside = chosen && chosen.start >= part.start && chosen.end <= part.end ? chosen : null;
  const allMasked = inside !== null && view.masked.subarray(inside.start - part.start, inside.end - part.start).every((flag) => flag === 1);
  const mask = useCallback(() => {
    if (!inside) return;
    if (allMasked) props.onUnmask(inside);
    else props.onMask(inside);
  }, [inside, allMasked, props.onMask, props.onUnmask]);

  const edit = (change: ByteEdit, edited: Uint8Array): void => {
    own.current = edited;
    props.onEdit(stateAfter(props, change, edited, props.limit));
  };
  const look = (focus: boolean, at: number): void => {
    if (caret !== null) props.onEditEnd?.();
    wantsFocus.current = focus;
    setStart(at);
    setCaret(null);
    setChosen(null);
    setPointed(null);
  };
  useLayoutEffect(() => {
    if (caret !== null || !wantsFocus.current) return;
    wantsFocus.current = false;
    cells.current?.focus();
  }, [caret]);

  const weight = pointed !== null && heat ? (heat.weights[pointed] ?? null) : null;
  const place = pointed === null ? null : placeOf(view.bytes, pointed, part.start);
  const said = place === null ? (width >= 440 ? WORDS.marks : null) : weight === null ? place : `${place} · ${formatPercent(weight)}`;

  return (
    <section
      ref={stage}
      className="text-stage"
      aria-label={WORDS.stage}
      onKeyDown={(event) => {
        // ⇧⌘M masks in both states; the letter alone only while looking.
        if ((event.metaKey || event.ctrlKey) && event.shiftKey && event.key.toLowerCase() === 'm') {
          event.preventDefault();
          event.stopPropagation();
          mask();
        }
      }}
    >
      {bytes.length > part.end - part.start ? (
        <PartNotice bytes={bytes} part={part} limit={props.limit} masks={masks} onPart={props.onPart} />
      ) : null}
      {caret === null ? <LeftOut bytes={bytes} part={part} side="before" /> : null}
      {width === 0 ? null : caret !== null ? (
        <TextEditor
          {...props}
          caret={caret}
          size={cellSize(width, false)}
          columns={columns}
          onChange={edit}
          onChosen={setChosen}
          onDone={look}
          stage={stage}
        />
      ) : bytes.length === 0 ? (
        <button
          type="button"
          className="text-empty"
          onClick={() => setCaret(0)}
          onPaste={(event) => pasteInto(event, bytes, { start: 0, end: 0 }, edit)}
        >
          <span>{WORDS.empty}</span>
          <span className="text-empty-do">{WORDS.typeText}</span>
        </button>
      ) : (
        <TextCells
          {...props}
          ref={cells}
          id={id}
          view={view}
          size={size}
          ids={ids}
          chosen={inside}
          onChosen={(span, isRange) => {
            setChosen(span);
            const region = isRange ? span : null;
            setTold(region);
            if (region !== null || told !== null) onRegion(region);
          }}
          onPoint={setPointed}
          tip={weight !== null && heat ? { times: formatTimes(weight * heat.attended), unit: WORDS.uniform } : null}
          pointed={pointed}
          onMaskKey={mask}
          onEditAt={setCaret}
          onPaste={(event, span) => pasteInto(event, bytes, span, edit)}
          start={Math.min(part.end, Math.max(part.start, start)) - part.start}
        />
      )}
      {caret === null ? <LeftOut bytes={bytes} part={part} side="after" /> : null}
      {bytes.length === 0 && caret === null ? null : (
        <>
          <TextTools
            view={view}
            all={bytes.length}
            canMask={inside !== null}
            unmask={allMasked}
            onMask={mask}
            anyMasks={masks.length > 0}
            onClearMasks={props.onClearMasks}
            editing={caret !== null}
            onEditing={(editing) => (editing ? setCaret(inside?.start ?? part.start) : look(true, inside?.start ?? part.start))}
            ids={ids}
            onIds={setIds}
          />
          <div className="text-legend">
            {heat && caret === null ? (
              <Legend
                table={table}
                from="0"
                to={`${formatTimes(heat.scale.max * heat.attended)} ${WORDS.uniform}`}
                width={width < 400 ? 84 : 132}
                mark={weight === null ? null : scaled(weight, heat.scale)}
                value={said}
              />
            ) : (
              <div className="map-legend">
                <span className="map-legend-value">{caret !== null ? WORDS.editorKeys : said}</span>
              </div>
            )}
          </div>
        </>
      )}
    </section>
  );
}

function sameSpan(a: ByteSpan | null | undefined, b: ByteSpan | null): boolean {
  return a?.start === b?.start && a?.end === b?.end;
}

function placeOf(bytes: Uint8Array, row: number, partStart: number): string {
  if (row === 0) return WORDS.names.cls;
  const byte = bytes[row - 1];
  return byte === undefined ? WORDS.names.sep : WORDS.pointed(formatCount(partStart + row - 1), hexByte(byte));
}

function pasteInto(
  event: { readonly clipboardData: DataTransfer; preventDefault: () => void; stopPropagation: () => void },
  bytes: Uint8Array,
  span: ByteSpan,
  edit: (change: ByteEdit, edited: Uint8Array) => void,
): void {
  const text = event.clipboardData.getData('text/plain');
  // Pictures and files are the window's business.
  if (text === '' || event.clipboardData.files.length > 0) return;
  event.preventDefault();
  event.stopPropagation();
  const inserted = toBytes(text.replace(/\r\n?/g, '\n'), lineEndOf(bytes));
  const change = { at: span.start, removed: span.end - span.start, inserted };
  edit(change, applyEdit(bytes, change));
}
