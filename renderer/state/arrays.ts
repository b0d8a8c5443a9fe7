/** Where arrays stand: pictures, texts, results and attention answers under ids, bounded in bytes. The store holds ids only. */
import type { AttentionAnswer, RgbaImage, RunResult } from '../../models/runtime/types';

/** Keeps values until their bytes exceed the budget; the least recently used go first. */
export class BoundedMap<T> {
  readonly #values = new Map<string, T>();
  readonly #budget: number;
  readonly #sizeOf: (value: T) => number;
  #bytes = 0;

  constructor(budget: number, sizeOf: (value: T) => number) {
    this.#budget = budget;
    this.#sizeOf = sizeOf;
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
    for (const oldest of this.#values.keys()) {
      if (this.#bytes <= this.#budget || oldest === key) break;
      this.delete(oldest);
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

export function createArrays(): Arrays {
  return {
    pictures: new BoundedMap(512e6, (image) => image.data.length),
    texts: new BoundedMap(64e6, (bytes) => bytes.length),
    results: new BoundedMap(256e6, resultBytes),
    attention: new BoundedMap(160e6, (answer) => answer.weights.byteLength + 16 * answer.rows.length),
  };
}

function resultBytes({ output, shown }: RunResult): number {
  const picture = shown.kind === 'image' ? shown.image.data.length : 0;
  return picture + (output.kind === 'bytes' ? 9 * output.topBytes.length : 100 * output.classes.length);
}
