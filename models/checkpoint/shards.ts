/**
 * Checkpoints in several files, with an index that says which tensor lies in which (transformers, `<file>.index.json` and
 * its `weight_map`). The index is held against the files: both have to say the same.
 */
import { z } from 'zod';
import type { ByteSource, WeightFiles } from './byte-source';
import { damaged, short } from './checkpoint-errors';
import type { TensorEntry } from './tensor-entry';

/** A line a tensor; the largest models there are have a few megabytes. */
const MAX_INDEX_BYTES = 16_000_000;

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

/** Reads one file of the kind that the index is about. */
export type ReadShard = (source: ByteSource, file: string) => Promise<ReadonlyMap<string, TensorEntry>>;

export interface Shards {
  readonly files: readonly string[];
  readonly tensors: ReadonlyMap<string, TensorEntry>;
}

/** All tensors of the files that `index` names. Rejects with `checkpoint-damaged`, and with what `readShard` does. */
export async function readShards(files: WeightFiles, index: string, readShard: ReadShard): Promise<Shards> {
  const map = await readIndex(files.get(index)!, index);
  const names = [...new Set(map.values())].sort();
  if (names.length === 0) throw damaged(index, 'it names no tensor');
  for (const [tensor, shard] of map) checkName(index, tensor, shard, files);
  const tensors = new Map<string, TensorEntry>();
  for (const shard of names) {
    for (const [name, entry] of await readShard(files.get(shard)!, shard)) {
      const other = tensors.get(name);
      if (other) throw damaged(shard, `“${short(name)}” stands in ${other.file} as well`);
      tensors.set(name, entry);
    }
  }
  for (const [name, shard] of map) {
    const found = tensors.get(name);
    if (!found) throw damaged(shard, `${index} says that “${short(name)}” lies in it, and it does not`);
    if (found.file !== shard) throw damaged(index, `it says that “${short(name)}” lies in ${shard}, and it lies in ${found.file}`);
  }
  return { files: names, tensors };
}

async function readIndex(source: ByteSource, index: string): Promise<Map<string, string>> {
  if (source.size > MAX_INDEX_BYTES) throw damaged(index, `it has ${source.size} bytes, far more than an index`);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await source.read(0, source.size)));
  } catch {
    throw damaged(index, 'it is not JSON');
  }
  const parsed = indexSchema.safeParse(json);
  if (!parsed.success) throw damaged(index, '“weight_map” should say for each tensor in which file it lies');
  return new Map(Object.entries(parsed.data.weight_map));
}

function checkName(index: string, tensor: string, shard: string, files: WeightFiles): void {
  if (/[\\/\0]|^\.{0,2}$|^[a-z]:/i.test(shard)) {
    throw damaged(index, `it says that “${short(tensor)}” lies in “${short(shard)}”, which is not the name of a file in its folder`);
  }
  if (!files.has(shard)) throw damaged(index, `it says that “${short(tensor)}” lies in ${short(shard)}, which is not there`);
}
