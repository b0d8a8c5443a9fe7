import { memo, type ReactNode } from 'react';
import { formatCount } from '../../app/format';
import type { TextLayout } from './text-layout';
import { byteGlyph, controlName, hexByte, type TextUnit } from './text-units';
import type { CellSize, MaskedCell, TextView } from './use-text-view';
import { TEXT_WORDS as WORDS } from './words';

export interface TextRowProps {
  readonly view: TextView;
  readonly row: number;
  readonly size: CellSize;
  readonly ids: boolean;
  /** Prefix of the ids of cells, and the byte of the whole text at which the part begins. */
  readonly id: string;
  readonly partStart: number;
  /** Units that are selected, `to` exclusive; from === to where none is in this row. */
  readonly from: number;
  readonly to: number;
  /** The unit under the keyboard, and byte (of the part) whose output is selected; −2 where not in this row. */
  readonly active: number;
  readonly selectedByte: number;
}

/** One line of cells. Heat is laid under them by `useHeat`, without rendering them again. */
export const TextRow = memo(function TextRow(props: TextRowProps) {
  const { layout } = props.view;
  const first = layout.firstOfRow[props.row]!;
  const last = layout.firstOfRow[props.row + 1]!;
  const cells: ReactNode[] = [];
  for (let index = first; index < last; index++) cells.push(<Cell key={index} {...props} index={index} />);
  return (
    <div role="presentation" className="text-row" style={{ height: props.size.line }}>
      <canvas data-row={props.row} height={1} hidden />
      {cells}
    </div>
  );
});

function Cell({ view, size, ids, id, index, ...props }: TextRowProps & { readonly index: number }) {
  const { layout } = view;
  const unit = layout.units[index]!;
  const place = { left: layout.column[index]! * size.pitch, width: layout.width[index]! * size.pitch };
  if (unit.kind === 'cls' || unit.kind === 'sep') {
    return (
      <span className="text-cell special" role="presentation" data-unit={index} style={place}>
        <b className="text-glyph boxed">{unit.kind === 'cls' ? 'CLS' : 'SEP'}</b>
        <i className="text-marks">
          <i />
        </i>
      </span>
    );
  }
  const isSelected = index >= props.from && index < props.to;
  const isOutput = props.selectedByte >= unit.start && props.selectedByte < unit.end;
  const masked = unit.kind === 'masked' ? view.maskedCells.get(unit.start) : undefined;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus and names its active option.
    <span
      id={`${id}-${index}`}
      className={classOf(layout, index, props, isSelected, isOutput, masked)}
      role="option"
      aria-selected={isSelected || isOutput}
      aria-label={labelOf(view, unit, masked, props.partStart)}
      data-unit={index}
      style={place}
    >
      {glyphOf(view.bytes, unit, masked, size)}
      <Marks unit={unit} bytes={view.bytes} ids={ids} hidden={masked !== undefined} selectedByte={isOutput ? props.selectedByte : -2} />
    </span>
  );
}

function classOf(
  layout: TextLayout,
  index: number,
  { from, to, active }: Pick<TextRowProps, 'from' | 'to' | 'active'>,
  isSelected: boolean,
  isOutput: boolean,
  masked: MaskedCell | undefined,
): string {
  const names = ['text-cell'];
  const sameRow = (other: number): boolean => layout.row[other] === layout.row[index];
  if (masked) {
    names.push('masked');
    if (layout.units[index - 1]?.kind !== 'masked' || !sameRow(index - 1)) names.push('begins');
    if (layout.units[index + 1]?.kind !== 'masked' || !sameRow(index + 1)) names.push('ends');
    if (masked.wrong) names.push('wrong');
  }
  if (isSelected) {
    names.push('selected');
    if (index === from || !sameRow(index - 1)) names.push('selection-begins');
    if (index === to - 1 || !sameRow(index + 1)) names.push('selection-ends');
  }
  if (isOutput) names.push('output');
  if (index === active) names.push('active');
  return names.join(' ');
}

function glyphOf(bytes: Uint8Array, unit: TextUnit, masked: MaskedCell | undefined, size: CellSize): ReactNode {
  if (masked) {
    const glyph = masked.glyph;
    if (!glyph) return <b className="text-glyph" />;
    if (glyph.kind === 'invalid') return <b className="text-glyph stacked">{[...glyph.text].join('\n')}</b>;
    const wide = glyph.span > 1 ? { width: glyph.span * size.pitch } : undefined;
    return (
      <b className="text-glyph" style={wide}>
        {glyph.text}
      </b>
    );
  }
  switch (unit.kind) {
    case 'space':
      return <b className="text-glyph" />;
    case 'newline':
      return <b className="text-glyph faint">↵</b>;
    case 'tab':
      return <b className="text-glyph faint">⇥</b>;
    case 'control':
      return <b className="text-glyph boxed">{controlName(unit.text!)}</b>;
    case 'invalid':
      return <b className="text-glyph boxed">{hexByte(bytes[unit.start]!)}</b>;
    default:
      return <b className="text-glyph">{unit.text}</b>;
  }
}

function Marks({
  unit,
  bytes,
  ids,
  hidden,
  selectedByte,
}: {
  readonly unit: TextUnit;
  readonly bytes: Uint8Array;
  readonly ids: boolean;
  readonly hidden: boolean;
  readonly selectedByte: number;
}) {
  const marks: ReactNode[] = [];
  for (let at = unit.start; at < unit.end; at++) {
    marks.push(
      <i key={at} className={at === selectedByte ? 'of-output' : undefined}>
        {ids ? <s className={hidden ? 'hidden' : undefined}>{hexByte(bytes[at]!)}</s> : null}
      </i>,
    );
  }
  return <i className="text-marks">{marks}</i>;
}

function labelOf(view: TextView, unit: TextUnit, masked: MaskedCell | undefined, partStart: number): string {
  const first = formatCount(unit.start + partStart);
  if (masked) {
    const glyph = masked.glyph ? `, ${WORDS.predicted(masked.glyph.text, !masked.wrong)}` : '';
    return WORDS.maskedCell(first) + glyph;
  }
  if (unit.kind === 'invalid') return WORDS.cell(WORDS.lone(hexByte(view.bytes[unit.start]!)), first, first);
  const name =
    unit.kind === 'character' ? unit.text! : unit.kind === 'masked' ? byteGlyph(view.bytes[unit.start]!) : WORDS.names[unit.kind];
  return WORDS.cell(name, first, formatCount(unit.end - 1 + partStart));
}
