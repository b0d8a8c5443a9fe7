/** The runs of this sitting, whichever engine made them: the last 200, and from them the medians a choice of engine rests on. */
import type { z } from 'zod';
import type { EngineName } from '../../models/runtime/types';
import type { hostContract } from '../contract/host';

export type RunEntry = z.output<(typeof hostContract)['runRecord']['params']>;

export interface Median {
  readonly milliseconds: number;
  /** How many runs it is the median of, at most five. */
  readonly runs: number;
}

const KEPT = 200;
const MEDIAN_OF = 5;

export class RunRecord {
  #entries: RunEntry[] = [];

  add(entry: RunEntry): void {
    this.#entries = [...this.#entries, entry].slice(-KEPT);
  }

  /** The model that ran last: the one a choice of engine is about. */
  get lastModel(): string | null {
    return this.#entries.at(-1)?.modelId ?? null;
  }

  /** Median of the last five totals of runs that did not fail. */
  median(engine: EngineName, modelId: string): Median | null {
    const totals = this.#entries
      .flatMap((entry) =>
        entry.engine === engine && entry.modelId === modelId && !entry.error && entry.timingsMs ? [entry.timingsMs.total] : [],
      )
      .slice(-MEDIAN_OF)
      .sort((a, b) => a - b);
    if (totals.length === 0) return null;
    const middle = (totals.length - 1) / 2;
    return { milliseconds: ((totals[Math.floor(middle)] ?? 0) + (totals[Math.ceil(middle)] ?? 0)) / 2, runs: totals.length };
  }

  /** Medians of every model that ran on this engine. */
  medians(engine: EngineName): Record<string, number> {
    const models = new Set(this.#entries.filter((entry) => entry.engine === engine).map((entry) => entry.modelId));
    return Object.fromEntries(
      [...models].flatMap((modelId) => {
        const median = this.median(engine, modelId);
        return median ? [[modelId, median.milliseconds]] : [];
      }),
    );
  }
}
