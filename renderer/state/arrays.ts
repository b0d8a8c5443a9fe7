/** Where arrays stand: pictures, texts, results and attention answers under ids, bounded in bytes. The store holds ids only. */
import type { AttentionAnswer, RgbaImage, RunResult } from '../../models/runtime/types';

const NOTHING: ReadonlySet<string> = new Set();

/** Keeps values until their bytes exceed the budget; then the least recently used go first, never those that are held. */
export class BoundedMap<T> {
  readonly #values = new Map<string, T>();
  readonly #budget: number;
  readonly #sizeOf: (value: T) => number;
  readonly #held: () => ReadonlySet<string>;
  #bytes = 0;

  constructor(budget: number, sizeOf: (value: T) => number, held: () => ReadonlySet<string> = () => NOTHING) {
    this.#budget = budget;
    this.#sizeOf = sizeOf;
    this.#held = held;
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  get(key: string): T | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  set(key: string, value: T): void {
    this.delete(key);
    this.#values.set(key, value);
    this.#bytes += this.#sizeOf(value);
    if (this.#bytes <= this.#budget) return;
    const held = this.#held();
    for (const oldest of [...this.#values.keys()]) {
      if (this.#bytes <= this.#budget) break;
      if (oldest !== key && !held.has(oldest)) this.delete(oldest);
    }
  }

  delete(key: string): void {
    const value = this.#values.get(key);
    if (value === undefined) return;
    this.#bytes -= this.#sizeOf(value);
    this.#values.delete(key);
  }

  get bytes(): number {
    return this.#bytes;
  }
}

export interface Arrays {
  readonly pictures: BoundedMap<RgbaImage>;
  readonly texts: BoundedMap<Uint8Array>;
  readonly results: BoundedMap<RunResult>;
  readonly attention: BoundedMap<AttentionAnswer>;
}

/** Bytes kept of each kind. Two of the longest texts, and some eight of the largest pictures. */
export const BUDGETS = { pictures: 512e6, texts: 128e6, results: 256e6, attention: 160e6 };
export type Budgets = typeof BUDGETS;

/** @param held ids that what is on screen, and undo, cannot do without. */
export function createArrays(held: () => ReadonlySet<string> = () => NOTHING, budgets: Budgets = BUDGETS): Arrays {
  return {
    pictures: new BoundedMap(budgets.pictures, (image) => image.data.length, held),
    texts: new BoundedMap(budgets.texts, (bytes) => bytes.length, held),
    results: new BoundedMap(budgets.results, resultBytes, held),
    attention: new BoundedMap(budgets.attention, (answer) => answer.weights.byteLength + 16 * answer.rows.length),
  };
}

function resultBytes({ output, shown }: RunResult): number {
  const picture = shown.kind === 'image' ? shown.image.data.length : 0;
  return picture + (output.kind === 'bytes' ? 9 * output.topBytes.length : 100 * output.classes.length);
}
