/**
 * How a contract is written down: one object, name to schemas. Types of callers and handlers are inferred from it,
 * so a wrong payload does not compile; the receiving side validates what arrives.
 */
import { z } from 'zod';

// zod would write itself faster parsers with `new Function`, which a page of ours may not (and asking reports a violation).
z.config({ jitless: true });

/** One call: what it takes, what it answers and, where work is long, what it reports on the way. */
export interface CallSchema {
  readonly params: z.ZodType;
  readonly result: z.ZodType;
  readonly progress?: z.ZodType;
}

export type Contract = Readonly<Record<string, CallSchema>>;

export function defineContract<const C extends Contract>(contract: C): C {
  return contract;
}

type ProgressOf<S extends CallSchema> = S extends { progress: infer P extends z.ZodType } ? z.output<P> : never;

export interface CallOptions<S extends CallSchema> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ProgressOf<S>) => void;
}

/** What the calling side holds: `await client.run(params, { signal, onProgress })`. Rejects with `LabError` only. */
export type Client<C extends Contract> = {
  readonly [K in keyof C]: (params: z.input<C[K]['params']>, options?: CallOptions<C[K]>) => Promise<z.output<C[K]['result']>>;
};

/** What the answering side implements. `signal` is aborted when the caller cancels or goes away. */
export type Handlers<C extends Contract> = {
  readonly [K in keyof C]: (
    params: z.output<C[K]['params']>,
    call: { readonly signal: AbortSignal; readonly report: (progress: ProgressOf<C[K]>) => void },
  ) => Promise<z.input<C[K]['result']>> | z.input<C[K]['result']>;
};
