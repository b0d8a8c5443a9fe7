/** How an engine gets at the files of a checkpoint: onnxruntime opens them by itself, or is handed their bytes. */
import type { ByteSource, WeightFiles } from '../checkpoint/byte-source';
import type { Checkpoint } from '../checkpoint/checkpoint';
import type { WeightPlaces } from '../perceiver/graph-builder';
import type { EngineName } from './types';

export interface Weights {
  readonly places: WeightPlaces;
  /** Where onnxruntime opens the files by itself; null where it is handed their bytes. */
  readonly folder: string | null;
  /** The files by the name the graphs call them. */
  readonly files: ReadonlyMap<string, ByteSource>;
}

/** The files that `checkpoint` lies in, for `engine`. Those that links scatter over several folders are handed over as bytes. */
export function placeWeights({ files: names, tensors }: Checkpoint, sources: WeightFiles, engine: EngineName): Weights {
  const files = names.map((name) => [name, sources.get(name)!] as const);
  const folders = new Set(files.map(([, { location }]) => location?.folder));
  const [folder] = folders;
  if (engine !== 'native' || folders.size !== 1 || folder === undefined)
    return { places: { tensors }, folder: null, files: new Map(files) };
  const called = new Map(files.map(([name, { location }]) => [name, location!.file]));
  const located = [...tensors].map(([name, entry]) => [name, { ...entry, file: called.get(entry.file)! }] as const);
  return { places: { tensors: new Map(located) }, folder, files: new Map(files.map(([, source]) => [source.location!.file, source])) };
}
