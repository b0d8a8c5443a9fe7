/** The text panel, wired. Offsets of results count from the part that was read; those of the panel from the whole text. */
import { useCallback, useMemo } from 'react';
import type { ByteSpan } from '../../models/runtime/types';
import { ownScale } from '../draw/scales';
import { FilledTable } from '../panels/text/filled-table';
import { StrongestSpans } from '../panels/text/reach-table';
import type { TextLayout } from '../panels/text/text-layout';
import { withoutSpan, withSpan } from '../panels/text/text-part';
import { TextStage } from '../panels/text/text-stage';
import type { Lab } from '../state/lab';
import { mostBytes } from '../state/most-bytes';
import { movedQuery } from '../state/moved-query';
import type { LabInput, TextInput } from '../state/types';
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
  const tableExpanded = useLabState((state) => state.view.tableExpanded);
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
  const selectedByte = shown?.result.output.kind === 'bytes' && query !== null ? byteOnStage(lab, shown.input, input, query) : null;
  const select = (byte: number | null): void => (byte === null ? lab.views.letGo() : lab.views.selectByte(byte));
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
        onMask={(span) => lab.inputs.setMasks(withSpan(masks, span), en.steps.mask)}
        onUnmask={(span) => lab.inputs.setMasks(withoutSpan(masks, span), en.steps.unmask)}
        onClearMasks={() => lab.inputs.setMasks([], en.steps.clearMasks)}
        onEdit={(next) => lab.inputs.editText(next.bytes, next.masks, next.part)}
        onEditEnd={() => lab.inputs.endEditing()}
        onPart={(next, done) => lab.inputs.readPart(next, done)}
        onLayout={onLayout}
        letterKeys={letterKeys}
      />
      {weights && map?.question.step.kind === 'encoder' ? (
        <StrongestSpans
          bytes={bytes}
          part={part}
          masks={masks}
          weights={weights}
          onSpan={(next) => lab.views.span(next)}
          expanded={tableExpanded}
          onExpanded={(expanded) => lab.views.view({ tableExpanded: expanded })}
        />
      ) : null}
      {current ? <FilledTable bytes={bytes} part={part} output={current} selectedByte={selectedByte} onSelectByte={select} /> : null}
    </>
  );
}

/** Where the shown run's query stands in the text as it is now; null where that byte is not there any more. */
function byteOnStage(lab: Lab, from: LabInput, to: TextInput, query: number): number | null {
  const moved = movedQuery(lab.arrays, from, to, query);
  return moved === null ? null : moved + to.part.start;
}

function samePart(a: TextInput, b: TextInput): boolean {
  return a.part.start === b.part.start && a.part.end === b.part.end;
}
