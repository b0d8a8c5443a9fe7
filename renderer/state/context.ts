/** What every action works on: the store, the arrays beside it, and the doors out of the window. Handed in, so that tests bring their own. */
import type { StoreApi } from 'zustand/vanilla';
import type { Client } from '../../electron/contract/define';
import type { EngineContract } from '../../electron/contract/engine';
import type { HostContract } from '../../electron/contract/host';
import { LabError } from '../../models/lab-error';
import type { EngineName, RgbaImage } from '../../models/runtime/types';
import type { Arrays } from './arrays';
import type { LabState } from './types';

export interface LabDoors {
  readonly host: Client<HostContract>;
  /** An engine that is ready to be asked. Rejects with why it cannot be used. */
  readonly engine: (name: EngineName) => Promise<Client<EngineContract>>;
  /** Reads a file, or refuses it with a sentence. Without a modality, its first bytes, media type and name say what it is. */
  readonly decode: (file: Blob, name: string, options: DecodeOptions) => Promise<Decoded>;
}

export interface DecodeOptions {
  readonly modality?: 'image' | 'text';
  readonly signal: AbortSignal;
}

/** What a file holds, and what a person should know about how it was read. */
export type Decoded =
  | { readonly kind: 'image'; readonly image: RgbaImage; readonly notes: readonly string[] }
  | { readonly kind: 'text'; readonly bytes: Uint8Array; readonly notes: readonly string[] };

export interface LabContext extends LabDoors {
  readonly store: StoreApi<LabState>;
  readonly arrays: Arrays;
}

let ids = 0;

/** An id that is new in this window. */
export function newId(kind: string): string {
  ids += 1;
  return `${kind}-${Date.now().toString(36)}-${ids}`;
}

/** Says a sentence to screen readers. */
export function say(context: LabContext, said: string): void {
  context.store.setState({ said });
}

export function errorData(thrown: unknown) {
  return LabError.from(thrown).toData();
}
