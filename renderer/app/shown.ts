/** What is on screen together: the result, the model that made it, its input, the map that lies on it. Derived, never stored. */
import { useMemo } from 'react';
import type { LabErrorData } from '../../models/lab-error';
import type { AttentionQuestion, ByteSpan, ModelInfo, RunResult } from '../../models/runtime/types';
import { rowsOf } from '../panels/image/region';
import { fittingView, shownInfo, shownRun } from '../state/derived';
import type { LabInput, PixelRegion, RunEntry } from '../state/types';
import { useAnswer, useFailedAnswer, useLabState, useShownResult } from './lab-context';
import { en } from './language/en';
import { useThrottled } from './use-throttled';

/** A region that is being drawn is asked about this often. */
const REGION_EVERY_MS = 150;

export interface Shown {
  readonly result: RunResult;
  readonly run: RunEntry;
  readonly info: ModelInfo;
  readonly input: LabInput;
}

export function useShown(): Shown | null {
  const result = useShownResult();
  const run = useLabState(shownRun);
  const info = useLabState(shownInfo);
  return useMemo(() => (result && run && info ? { result, run, info, input: run.input } : null), [result, run, info]);
}

export function useRegionRows(shown: Shown | null): readonly number[] | null {
  const region = useThrottled(
    useLabState((state) => state.region),
    REGION_EVERY_MS,
  );
  const span = useLabState((state) => state.span);
  const textId = useLabState((state) => (state.input?.kind === 'text' ? state.input.textId : null));
  return useMemo(() => shown && regionRows(shown, region, span, textId), [shown, region, span, textId]);
}

/**
 * Input rows of the region: those under the rectangle, or the bytes of the selected span ([CLS] is row 0).
 * @param textId the text on the stage, which the span is of: edited since the shown run, it has no rows there.
 */
export function regionRows(
  { result, input }: Pick<Shown, 'result' | 'input'>,
  region: PixelRegion | null,
  span: ByteSpan | null,
  textId: string | null,
): readonly number[] | null {
  const { layout, shown } = result;
  if (layout.kind === 'grid') return region && shown.kind === 'image' ? rowsOf(region, shown.image, layout) : null;
  if (!span || input.kind !== 'text' || input.textId !== textId) return null;
  const from = Math.max(span.start, input.part.start) - input.part.start;
  const to = Math.min(span.end, input.part.end) - input.part.start;
  return from < to ? Array.from({ length: to - from }, (_, index) => from + index + 1) : null;
}

export interface InputMap {
  readonly title: string;
  readonly sentence: string;
  readonly question: AttentionQuestion;
  /** [M]; null while it is being computed, and where it failed. */
  readonly weights: Float32Array | null;
  readonly failure: LabErrorData | null;
  readonly attended: number;
}

/** The map that lies on the input: of the latent pointed at, else the selected latent, else composed for the chosen output. */
export function useInputMap(shown: Shown | null): InputMap | null {
  const selection = useLabState((state) => state.selection);
  const preview = useLabState((state) => state.preview);
  const view = useLabState((state) => state.view);
  const latent = preview.latents[0] ?? selection.latents.at(-1);
  const query = selection.query;
  const readHead = shown ? fittingView(view, shown.info).readHead : 'mean';
  const question = useMemo((): AttentionQuestion | null => {
    if (!shown) return null;
    const { runId } = shown.result;
    if (latent !== undefined)
      return latent < shown.info.latents ? { runId, step: { kind: 'encoder' }, head: readHead, rows: [latent] } : null;
    if (query === null || query >= shown.result.queries) return null;
    return { runId, step: { kind: 'composed', countResidual: view.countResidual }, head: 'mean', rows: [query] };
  }, [shown, latent, query, readHead, view.countResidual]);
  const answer = useAnswer(question);
  const failure = useFailedAnswer(question);
  if (!shown || !question) return null;
  const { info, result, input } = shown;
  const text = input.kind === 'text';
  const head = readHead === 'mean' ? en.sentences.mean(info.encoderHeads) : en.sentences.headOf(readHead, info.encoderHeads);
  const title =
    latent !== undefined ? (text ? en.whereReads(latent) : en.whereLooks(latent)) : en.whatReaches(queryName(shown, query ?? 0));
  return {
    title,
    sentence:
      latent !== undefined
        ? en.sentences.read(head, !text && view.overlay.outline && view.overlay.mode === 'heat')
        : en.sentences.composed(view.countResidual),
    question,
    weights: answer?.weights ?? null,
    failure,
    attended: result.inputRows,
  };
}

/** "byte 288", "masked byte 288" (unless `short`), or the one query of a classifier. */
export function queryName({ result, input }: Shown, query: number, short = false): string {
  if (result.output.kind === 'classes' || input.kind !== 'text') return en.theOutput;
  const byte = query + input.part.start;
  return result.output.masked.includes(query) && !short ? en.maskedByte(byte) : en.byte(byte);
}
