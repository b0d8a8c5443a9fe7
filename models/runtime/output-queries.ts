/** What asks at the end of a run, made in pieces when it is needed: outputs may have hundreds of thousands of queries. */
import type { Tensor } from '../tensor';
import type { Feeds } from './sessions';

/** Queries that are asked and answered together: one modality of several, or all there are. */
export interface QueryPart {
  /** As the head calls it; '' where there is one. */
  readonly name: string;
  readonly count: number;
  /** What the decode graph of this part reads for `chosen` of its queries. */
  feeds(chosen: readonly number[]): Feeds;
}

/** Queries are numbered through all parts, in order. */
export type OutputQueries = readonly QueryPart[];

/** Queries that a model was trained with, by their indices. */
export function trainedQueries(indices: readonly number[]): OutputQueries {
  const feeds = (chosen: readonly number[]): Feeds => ({
    queries: { data: Int32Array.from(chosen, (query) => indices[query]!), shape: [chosen.length] },
  });
  return [{ name: '', count: indices.length, feeds }];
}

export function queryCount(queries: OutputQueries): number {
  return queries.reduce((sum, { count }) => sum + count, 0);
}

/** Rows of a table [rows, width], for feeds that name them. */
export function rowsOf({ data, shape }: Tensor, chosen: ArrayLike<number>): Tensor {
  const width = shape[1]!;
  const out = new Float32Array(chosen.length * width);
  for (let index = 0; index < chosen.length; index += 1)
    out.set(data.subarray(chosen[index]! * width, (chosen[index]! + 1) * width), index * width);
  return { data: out, shape: [chosen.length, width] };
}

/** The part that each of `rows` (numbered through all parts) lies in, rows that follow each other in one part together. */
export function byPart(queries: OutputQueries, rows: readonly number[]): { readonly part: QueryPart; readonly chosen: number[] }[] {
  const groups: { part: QueryPart; chosen: number[] }[] = [];
  for (const row of rows) {
    let within = row;
    let at = 0;
    while (at < queries.length && within >= queries[at]!.count) within -= queries[at++]!.count;
    const part = queries[at];
    if (!part) throw new RangeError(`no query ${row}`);
    const last = groups.at(-1);
    if (last?.part === part) last.chosen.push(within);
    else groups.push({ part, chosen: [within] });
  }
  return groups;
}
