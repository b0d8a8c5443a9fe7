/**
 * What the gallery shows: maps of all latents for the stage that was chosen, in chunks as they arrive, and the quantities it
 * sorts by. Knows rows and grids, not modalities.
 */
import { useMemo } from 'react';
import type { AttentionAnswer, AttentionQuestion, AttentionStep, ModelInfo, RunResult } from '../../models/runtime/types';
import type { Size } from '../draw/area-average';
import { cosineSimilarity, sortLatents } from '../latents/sort-latents';
import type { LabState } from '../state/types';
import { useLab, useLabState } from './lab-context';

/** Latents of one question. */
export const CHUNK = 64;
/** Tiles are drawn from maps of at most this many cells a side. */
const TILE_GRID = 32;

export interface GalleryData {
  readonly count: number;
  /** [N, cells]; rows of latents not there yet are zero. */
  readonly maps: Float32Array;
  readonly ready: Uint8Array;
  readonly grid: Size;
  /** What a row looks at: M, or N where the stage is Process. */
  readonly attended: number;
  readonly rowsRead: Float32Array;
  readonly highest: Float32Array;
  readonly highestAt: Uint32Array;
  /** Share of the chosen output query per latent, [N]; null without one. */
  readonly outputShare: Float32Array | null;
  readonly regionShare: Float32Array | null;
  readonly order: Uint32Array;
  readonly done: number;
  /** Names what is shown; a new one means other maps. */
  readonly key: string;
}

export function stepOf(view: LabState['view']): AttentionStep {
  return view.stage === 'process' ? { kind: 'layer', block: view.block, layer: view.layer } : { kind: 'encoder' };
}

/** Process maps show N latents as a rectangle close to a square; rows of a text as they are. */
export function gridOf(result: RunResult, info: ModelInfo, step: AttentionStep): Size {
  if (step.kind === 'layer') {
    let height = Math.floor(Math.sqrt(info.latents));
    while (info.latents % height !== 0) height -= 1;
    return { height, width: info.latents / height };
  }
  const { layout } = result;
  if (layout.kind === 'sequence') return { height: 1, width: layout.length };
  return { height: Math.min(TILE_GRID, layout.height), width: Math.min(TILE_GRID, layout.width) };
}

/** What the gallery asks for the latents from `start` on; whoever wants one of these maps finds it under the same question. */
export function chunkQuestion(
  result: RunResult,
  info: ModelInfo,
  step: AttentionStep,
  head: number | 'mean',
  start: number,
): AttentionQuestion {
  const rows = Array.from({ length: Math.min(CHUNK, info.latents - start) }, (_, index) => start + index);
  return { runId: result.runId, step, head, rows, ...(result.layout.kind === 'grid' ? { grid: gridOf(result, info, step) } : {}) };
}

/** The query whose shares are shown: the chosen one, or the only one there is. */
export function chosenQuery(result: RunResult, query: number | null): number | null {
  return query ?? (result.queries === 1 ? 0 : null);
}

export function useGalleryData(result: RunResult, info: ModelInfo, region: readonly number[] | null): GalleryData {
  const { attention } = useLab();
  const view = useLabState((state) => state.view);
  const sort = useLabState((state) => state.sort);
  const direction = useLabState((state) => state.direction);
  const selection = useLabState((state) => state.selection);
  const answers = useLabState((state) => state.answers);
  const step = stepOf(view);
  const grid = gridOf(result, info, step);
  const head = step.kind === 'layer' ? view.layerHead : view.readHead;
  const key = JSON.stringify([result.runId, step, head, grid]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `answers` counts what has arrived; the rest of the question is `key`.
  const base = useMemo(() => {
    const chunks: (AttentionAnswer | null)[] = [];
    for (let start = 0; start < info.latents; start += CHUNK) chunks.push(attention.answer(chunkQuestion(result, info, step, head, start)));
    return collect(chunks, info.latents, grid, step.kind === 'layer' ? info.latents : result.inputRows);
  }, [key, answers]);

  const query = chosenQuery(result, selection.query);
  const decoder: AttentionQuestion | null =
    query === null ? null : { runId: result.runId, step: { kind: 'decoder' }, head: view.writeHead, rows: [query] };
  const outputShare = decoder ? (attention.answer(decoder)?.weights ?? null) : null;
  const regionShare = useRegionShare(result, info, region, view.readHead);
  const selected = selection.latents.at(-1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the arrays are new objects when their contents are.
  const order = useMemo(() => {
    const values =
      sort === 'rows-read'
        ? base.rowsRead
        : sort === 'similarity' && selected !== undefined
          ? cosineSimilarity(base.maps, grid.width * grid.height, selected)
          : sort === 'region'
            ? regionShare
            : sort === 'output'
              ? outputShare
              : null;
    return sortLatents(info.latents, values, values || sort === 'index' ? direction : 'ascending');
  }, [base, sort, direction, sort === 'similarity' ? selected : null, regionShare, outputShare, info.latents]);
  return { ...base, grid, outputShare, regionShare, order, key };
}

function useRegionShare(result: RunResult, info: ModelInfo, region: readonly number[] | null, head: number | 'mean'): Float32Array | null {
  const { attention } = useLab();
  if (!region || region.length === 0) return null;
  const rows = Array.from({ length: info.latents }, (_, index) => index);
  const answer = attention.answer({
    runId: result.runId,
    step: { kind: 'encoder' },
    head,
    rows,
    region,
    ...(result.layout.kind === 'grid' ? { grid: { height: 1, width: 1 } } : {}),
  });
  return answer?.regionShare ?? null;
}

function collect(chunks: readonly (AttentionAnswer | null)[], count: number, grid: Size, attended: number) {
  const cells = grid.width * grid.height;
  const maps = new Float32Array(count * cells);
  const ready = new Uint8Array(count);
  const rowsRead = new Float32Array(count).fill(Number.NaN);
  const highest = new Float32Array(count).fill(Number.NaN);
  const highestAt = new Uint32Array(count);
  let done = 0;
  chunks.forEach((answer, index) => {
    if (!answer || answer.columns !== cells) return;
    const start = index * CHUNK;
    maps.set(answer.weights, start * cells);
    rowsRead.set(answer.rowsRead, start);
    highest.set(answer.highest, start);
    highestAt.set(answer.highestAt, start);
    ready.fill(1, start, start + answer.rows.length);
    done += answer.rows.length;
  });
  return { count, maps, ready, attended, rowsRead, highest, highestAt, done };
}
