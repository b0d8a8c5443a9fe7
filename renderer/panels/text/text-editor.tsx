import { type CSSProperties, type RefObject, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import type { ByteSpan } from '../../../models/runtime/types';
import { formatCount } from '../../app/format';
import { applyEdit, type ByteEdit, type Editable, editOf, lineEndOf, positionOf, toEditable } from './edit-text';
import { excerptAfter, excerptBefore } from './text-part';
import type { CellSize } from './use-text-view';
import './text-edit.css';
import { TEXT_WORDS as WORDS } from './words';

export interface TextEditorProps {
  readonly bytes: Uint8Array;
  readonly masks: readonly ByteSpan[];
  readonly part: ByteSpan;
  /** Byte at which the caret begins. */
  readonly caret: number;
  readonly size: CellSize;
  readonly columns: number;
  readonly onChange: (edit: ByteEdit, edited: Uint8Array) => void;
  /** What is selected in the field, in bytes; null for a caret. */
  readonly onChosen: (span: ByteSpan | null) => void;
  /** Back to looking, the caret at byte `at`; `focus` where the keyboard should go along. */
  readonly onDone: (focus: boolean, at: number) => void;
  readonly stage: RefObject<HTMLElement | null>;
  readonly maxHeight?: number;
}

/** Bytes around the part that can be edited at once: a field with a megabyte in it does not answer in time. */
const AROUND = 1024;

/** The stretch of the text that is in the field. */
function stretchAround(bytes: Uint8Array, part: ByteSpan): ByteSpan {
  if (bytes.length <= 8 * AROUND) return { start: 0, end: bytes.length };
  return {
    start: part.start - excerptBefore(bytes, part.start, AROUND).length,
    end: part.end + excerptAfter(bytes, part.end, AROUND).length,
  };
}

/** The editing state: a plain text field of the browser, so that input methods, paste and undo work as everywhere. */
export function TextEditor(props: TextEditorProps) {
  const { bytes, masks, part, size, columns } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const ground = useRef<HTMLDivElement>(null);
  /** What the field holds now, and of which text: edits are told apart from changes made elsewhere (undo, another sample). */
  const held = useRef<{ stretch: ByteSpan; editable: Editable; bytes: Uint8Array } | null>(null);
  if (held.current === null) {
    const stretch = stretchAround(bytes, part);
    held.current = { stretch, editable: toEditable(bytes.subarray(stretch.start, stretch.end)), bytes };
  }
  const { stretch, editable } = held.current;

  const put = (next: Uint8Array, around: ByteSpan, caret: number): void => {
    const element = field.current!;
    const shown = toEditable(next.subarray(around.start, around.end));
    held.current = { stretch: around, editable: shown, bytes: next };
    // Setting the value forgets the field's own undo, so only what differs is set.
    if (element.value === shown.text) return;
    element.value = shown.text;
    const at = positionOf(shown, caret - around.start);
    element.setSelectionRange(at, at);
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: the caret is placed once; from then on it is the person's.
  useLayoutEffect(() => {
    const element = field.current!;
    element.value = held.current!.editable.text;
    const at = positionOf(held.current!.editable, Math.max(0, props.caret - held.current!.stretch.start));
    element.focus({ preventScroll: true });
    element.setSelectionRange(at, at);
    ground.current?.querySelector('.caret')?.scrollIntoView({ block: 'nearest' });
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `put` only touches refs.
  useEffect(() => {
    const known = held.current!;
    if (known.bytes === bytes || same(known.bytes, bytes)) return;
    put(bytes, stretchAround(bytes, part), part.start);
  }, [bytes, part]);

  const read = (): void => {
    const element = field.current!;
    const known = held.current!;
    const edit = editOf(known.editable, element.value, element.selectionEnd, lineEndOf(known.bytes));
    if (edit.removed === 0 && edit.inserted.length === 0) return;
    const whole: ByteEdit = { ...edit, at: edit.at + known.stretch.start };
    const next = applyEdit(known.bytes, whole);
    const around = { start: known.stretch.start, end: known.stretch.end + edit.inserted.length - edit.removed };
    put(next, around, whole.at + edit.inserted.length);
    props.onChange(whole, next);
  };

  const byteAt = (position: number): number => (held.current!.editable.offsets[position] ?? 0) + held.current!.stretch.start;
  const caretByte = (): number => byteAt(field.current!.selectionStart);
  const choose = (): void => {
    const element = field.current!;
    const [start, end] = [byteAt(element.selectionStart), byteAt(element.selectionEnd)];
    props.onChosen(start === end ? null : { start, end });
  };

  const style = { '--text-line': `${size.line}px`, '--text-spacing': `${size.pitch - 9}px`, width: columns * size.pitch } as CSSProperties;
  const outside = stretch.end - stretch.start < bytes.length;
  return (
    <div className="text-editor" style={{ maxHeight: props.maxHeight }}>
      {outside ? (
        <p className="text-editor-part">
          {WORDS.editingPart(formatCount(stretch.start), formatCount(stretch.end), formatCount(bytes.length))}
        </p>
      ) : null}
      <div className="text-editor-field" style={style}>
        <div ref={ground} className="text-editor-ground" aria-hidden="true">
          <Ground editable={editable} stretch={stretch} masks={masks} part={part} caret={props.caret} />
        </div>
        <textarea
          ref={field}
          aria-label={WORDS.editor}
          aria-description={WORDS.editorKeys}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          onInput={read}
          onSelect={choose}
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || event.nativeEvent.isComposing) return;
            event.preventDefault();
            event.stopPropagation();
            props.onDone(true, caretByte());
          }}
          onBlur={(event) => {
            // Another window in front, or a press on one of the stage's own buttons, leaves the field as it is.
            if (!document.hasFocus() || props.stage.current?.contains(event.relatedTarget)) return;
            props.onDone(false, caretByte());
          }}
        />
      </div>
    </div>
  );
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** The same text again behind the field, invisible: boxes where it is masked, grey where it is not read. */
function Ground({
  editable,
  stretch,
  masks,
  part,
  caret,
}: {
  readonly editable: Editable;
  readonly stretch: ByteSpan;
  readonly masks: readonly ByteSpan[];
  readonly part: ByteSpan;
  /** Where editing began: what is scrolled to. */
  readonly caret: number;
}) {
  const pieces = useMemo(() => {
    const positions = new Set([0, editable.text.length]);
    const add = (byte: number): void => {
      if (byte > stretch.start && byte < stretch.end) positions.add(positionOf(editable, byte - stretch.start));
    };
    for (const { start, end } of [...masks, part, { start: caret, end: caret }]) {
      add(start);
      add(end);
    }
    const sorted = [...positions].sort((a, b) => a - b);
    return sorted.slice(0, -1).map((from, index) => {
      const byte = stretch.start + editable.offsets[from]!;
      const masked = masks.some(({ start, end }) => byte >= start && byte < end);
      const isRead = byte >= part.start && byte < part.end;
      return {
        from,
        text: editable.text.slice(from, sorted[index + 1]),
        name: `${!isRead ? 'unread' : masked ? 'masked' : ''} ${byte === caret ? 'caret' : ''}`,
      };
    });
  }, [editable, stretch, masks, part, caret]);
  return (
    <>
      {pieces.map(({ from, text, name }) => (
        <span key={from} className={name}>
          {text}
        </span>
      ))}{' '}
    </>
  );
}
