/** The output of the shown run as tab-separated values: classes, or what was put in place of the masked bytes. */
import type { RunResult } from '../../models/runtime/types';
import { filledSpans } from '../panels/text/filled-spans';
import { predictedGlyphs } from '../panels/text/text-units';
import type { Lab } from '../state/lab';

/** Null where there is no result, or its text is gone. */
export function outputTable(lab: Lab): string | null {
  const { runs, shownRunId } = lab.store.getState();
  const result = shownRunId ? lab.arrays.results.get(shownRunId) : undefined;
  const input = runs.find((run) => run.id === shownRunId)?.input;
  if (result?.output.kind === 'classes') return lines(result.output.classes.map(({ label, probability }) => [label, probability]));
  if (result?.output.kind !== 'bytes' || input?.kind !== 'text') return null;
  const bytes = lab.arrays.texts.get(input.textId);
  return bytes ? filledTable(bytes.subarray(input.part.start, input.part.end), input.part.start, result.output) : null;
}

/**
 * One line a predicted character: its offset in bytes of the whole text, the character, the lowest probability among its bytes.
 * @param part the bytes that were read. @param partStart where they begin in the whole text.
 */
export function filledTable(part: Uint8Array, partStart: number, output: Extract<RunResult['output'], { readonly kind: 'bytes' }>): string {
  const { topProbabilities, topK } = output;
  return lines(
    filledSpans(part, output).flatMap((span) =>
      predictedGlyphs(span.predicted, span.start).map(({ start, span: length, text }) => {
        const shares = Array.from({ length }, (_, index) => topProbabilities[(start + index) * topK] ?? 0);
        return [start + partStart, text, Math.min(...shares)];
      }),
    ),
  );
}

function lines(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => row.join('\t')).join('\n');
}
