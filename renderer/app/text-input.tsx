/** The text panel, wired. Offsets of results count from the part that was read; those of the panel from the whole text. */
import { useCallback, useMemo } from 'react';
import type { ByteSpan } from '../../models/runtime/types';
import { ownScale } from '../draw/scales';
import { FilledTable } from '../panels/text/filled-table';
import { ReachTable } from '../panels/text/reach-table';
import type { TextLayout } from '../panels/text/text-layout';
import { withoutSpan, withSpan } from '../panels/text/text-part';
import { TextStage } from '../panels/text/text-stage';
import { mostBytes } from '../state/run-actions';
import type { TextInput } from '../state/types';
import { useLab, useLabState } from './lab-context';
import { en } from './language/en';
import type { StageProps } from './stage-props';

export function TextInputPanel(props: StageProps & { readonly input: TextInput; readonly onLayout: (layout: TextLayout) => void }) {
  const { shown, map, table, input, onLayout } = props;
  const lab = useLab();
  const limit = useLabState(mostBytes);
  const letterKeys = useLabState((state) => state.settings.letterKeys);
  const query = useLabState((state) => state.selection.query);
  const span = useLabState((state) => state.span);
  const bytes = lab.arrays.texts.get(input.textId);
  const result = shown?.input.kind === 'text' && shown.input.textId === input.textId && samePart(shown.input, input) ? shown.result : null;
  const weights = result ? (map?.weights ?? null) : null;
  const attended = map?.attended ?? 0;
  const heat = useMemo(() => (weights ? { weights, scale: ownScale(weights), attended } : null), [weights, attended]);
  const onRegion = useCallback((span: ByteSpan | null) => lab.views.span(span), [lab]);
  if (!bytes) return null;
  const { part, masks } = input;
  const output = result?.output.kind === 'bytes' ? result.output : null;
  // Predictions belong to the masks they were made for.
  const current = output && shown?.input === input ? output : null;
  const selectedByte = query === null ? null : query + part.start;
  const select = (byte: number | null): void => lab.views.selectQuery(byte === null ? null : byte - part.start);
  return (
    <>
      <TextStage
        bytes={bytes}
        masks={masks}
        part={part}
        limit={limit}
        output={output}
        region={span}
        heat={heat}
        table={table}
        sentence={map?.sentence ?? input.name}
        selectedByte={selectedByte}
        onSelectByte={select}
        onRegion={onRegion}
        onMask={(span) => lab.inputs.setMasks(withSpan(masks, span), 'Mask selection')}
        onUnmask={(span) => lab.inputs.setMasks(withoutSpan(masks, span), 'Unmask selection')}
        onClearMasks={() => lab.inputs.setMasks([], 'Clear masks')}
        onEdit={(next) => lab.inputs.editText(next.bytes, next.masks, next.part)}
        onPart={(next, done) => lab.inputs.readPart(next, done)}
        onLayout={onLayout}
        letterKeys={letterKeys}
      />
      {weights && map?.question.step.kind === 'encoder' ? (
        <section className="reach">
          <h3>{en.strongest}</h3>
          <ReachTable bytes={bytes} part={part} masks={masks} weights={weights} times onSpan={(next) => lab.views.span(next)} />
        </section>
      ) : null}
      {current ? <FilledTable bytes={bytes} part={part} output={current} selectedByte={selectedByte} onSelectByte={select} /> : null}
    </>
  );
}

function samePart(a: TextInput, b: TextInput): boolean {
  return a.part.start === b.part.start && a.part.end === b.part.end;
}
