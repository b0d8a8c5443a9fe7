/**
 * What the gallery shows: maps of all latents for the stage that was chosen, in chunks as they arrive, and the quantities it
 * sorts by. Knows rows and grids, not modalities.
 */
import { useMemo, useRef } from 'react';
import type { LabErrorData } from '../../models/lab-error';
import type { AttentionAnswer, AttentionQuestion, AttentionStep, ModelInfo, RunResult } from '../../models/runtime/types';
import type { Size } from '../draw/area-average';
import { cosineSimilarity, type SortDirection, sortLatents } from '../latents/sort-latents';
import type { LabState, LatentSort } from '../state/types';
import { useFittingView, useLab, useLabState } from './lab-context';

/** Latents of one question. */
export const CHUNK = 64;
/** Tiles are drawn from maps of at most this many cells a side. */
const TILE_GRID = 32;

/** Maps of all latents, as far as they are there. */
export interface GalleryMaps {
  readonly count: number;
  /** [N, cells]; rows of latents not there yet are zero. */
  readonly maps: Float32Array;
  readonly ready: Uint8Array;
  /** What a row looks at: M, or N where the stage is Process. */
  readonly attended: number;
  readonly rowsRead: Float32Array;
  readonly highest: Float32Array;
  readonly highestAt: Uint32Array;
  readonly done: number;
}

export interface GalleryData extends GalleryMaps {
  /** The attention the maps are of: the encoder's, or a layer's. */
  readonly step: AttentionStep;
  readonly grid: Size;
  /** Share of the chosen output query per latent, [N]; null without one. */
  readonly outputShare: Float32Array | null;
  readonly regionShare: Float32Array | null;
  /** Cosine with the selected latent's map, [N]; null where the gallery is not sorted by it. */
  readonly similarity: Float32Array | null;
  readonly order: Uint32Array;
  /** Why maps or shares are missing, where a question about them failed. */
  readonly failure: LabErrorData | null;
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
  const view = useFittingView(info);
  const sort = useLabState((state) => state.sort);
  const direction = useLabState((state) => state.direction);
  const query = chosenQuery(
    result,
    useLabState((state) => state.selection.query),
  );
  const selected = useLabState((state) => state.selection.latents.at(-1));
  useLabState((state) => state.answers);
  const { stage, block, layer, readHead, writeHead } = view;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a step is these three, and the same object while they are.
  const step = useMemo(() => stepOf(view), [stage, block, layer]);
  const grid = useMemo(() => gridOf(result, info, step), [result, info, step]);
  const head = step.kind === 'layer' ? view.layerHead : readHead;
  const key = JSON.stringify([result.runId, step, head, grid]);

  const questions = useMemo(() => {
    const chunks: AttentionQuestion[] = [];
    for (let start = 0; start < info.latents; start += CHUNK) chunks.push(chunkQuestion(result, info, step, head, start));
    return chunks;
  }, [result, info, step, head]);
  const decoder = useMemo(
    (): AttentionQuestion | null =>
      query === null ? null : { runId: result.runId, step: { kind: 'decoder' }, head: writeHead, rows: [query] },
    [result, query, writeHead],
  );
  const brushed = useMemo(
    () => (region && region.length > 0 ? regionQuestion(result, info, region, readHead) : null),
    [result, info, region, readHead],
  );

  // Every answer of the window comes by here; only those to these questions make anything new.
  const chunks = useSame(questions.map((question) => attention.answer(question, 'gallery')));
  const attended = step.kind === 'layer' ? info.latents : result.inputRows;
  const base = useMemo(() => collectChunks(chunks, info.latents, grid, attended), [chunks, info.latents, grid, attended]);
  const outputShare = decoder ? (attention.answer(decoder)?.weights ?? null) : null;
  const regionShare = useKept(brushed ? (attention.answer(brushed)?.regionShare ?? null) : null, brushed !== null);
  const failure = firstOf([...questions, decoder, brushed].map((question) => question && attention.failure(question)));

  const similar = sort === 'similarity' ? selected : undefined;
  const similarity = useMemo(
    () => (similar === undefined ? null : cosineSimilarity(base.maps, grid.width * grid.height, similar)),
    [base, grid, similar],
  );
  const values = valuesOf(sort, { rowsRead: base.rowsRead, similarity, regionShare, outputShare });
  const pending = (sort === 'region' && brushed !== null) || (sort === 'output' && decoder !== null);
  const last = useRef<Uint32Array | null>(null);
  const order = useMemo(() => {
    last.current = nextOrder(last.current, info.latents, sort, direction, values, pending);
    return last.current;
  }, [info.latents, sort, direction, values, pending]);
  return useMemo(
    () => ({ ...base, step, grid, outputShare, regionShare, similarity, order, failure, key }),
    [base, step, grid, outputShare, regionShare, similarity, order, failure, key],
  );
}

function regionQuestion(result: RunResult, info: ModelInfo, region: readonly number[], head: number | 'mean'): AttentionQuestion {
  return {
    runId: result.runId,
    step: { kind: 'encoder' },
    head,
    rows: Array.from({ length: info.latents }, (_, index) => index),
    region,
    ...(result.layout.kind === 'grid' ? { grid: { height: 1, width: 1 } } : {}),
  };
}

function valuesOf(
  sort: LatentSort,
  quantities: Pick<GalleryData, 'rowsRead' | 'similarity' | 'regionShare' | 'outputShare'>,
): Float32Array | null {
  if (sort === 'rows-read') return quantities.rowsRead;
  if (sort === 'similarity') return quantities.similarity;
  if (sort === 'region') return quantities.regionShare;
  return sort === 'output' ? quantities.outputShare : null;
}

/**
 * The order of the gallery. While the quantity it is sorted by is being computed (`pending`) the order before stays, and an
 * order that says the same as the one before is that one: the gallery fades when it gets another.
 */
export function nextOrder(
  last: Uint32Array | null,
  count: number,
  sort: LatentSort,
  direction: SortDirection,
  values: Float32Array | null,
  pending: boolean,
): Uint32Array {
  if (!values && pending && last?.length === count) return last;
  const next = sortLatents(count, values, values || sort === 'index' ? direction : 'ascending');
  return last?.length === next.length && last.every((latent, position) => latent === next[position]) ? last : next;
}

/** The array before where it holds the same things. */
function useSame<T>(list: readonly T[]): readonly T[] {
  const last = useRef(list);
  if (last.current.length !== list.length || last.current.some((item, index) => item !== list[index])) last.current = list;
  return last.current;
}

/** The value before while there is to be one and the new one is not there yet. */
function useKept<T>(value: T | null, wanted: boolean): T | null {
  const last = useRef<T | null>(null);
  last.current = wanted ? (value ?? last.current) : null;
  return last.current;
}

function firstOf(failures: readonly (LabErrorData | null)[]): LabErrorData | null {
  return failures.find((failure) => failure !== null) ?? null;
}

export function collectChunks(chunks: readonly (AttentionAnswer | null)[], count: number, grid: Size, attended: number): GalleryMaps {
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
