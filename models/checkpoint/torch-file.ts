/**
 * `pytorch_model.bin`: a state dict as torch.save writes it. Since 1.6 a zip archive of `<name>/data.pkl` and one entry a
 * storage (torch/serialization.py, _save); before that pickles one behind the other, then the storages (_legacy_save).
 */
import type { ByteSource } from './byte-source';
import { damaged, notRead, short } from './checkpoint-errors';
import { PickleList, unpickle } from './pickle';
import { DTYPE_BYTES, type TensorEntry } from './tensor-entry';
import { placeTensor, stateDict, type TorchStorage, type TorchTensor, torchRules } from './torch-values';
import { looksLikeZip, readZip } from './zip';

export interface TorchFile {
  readonly form: 'zip' | 'old';
  readonly tensors: ReadonlyMap<string, TensorEntry>;
}

/** Names, types, shapes and places of all tensors, without reading any of their data. Rejects with `checkpoint-damaged`, `checkpoint-unsafe` or `format-unsupported`. */
export async function readTorchFile(source: ByteSource, file: string): Promise<TorchFile> {
  const start = await source.read(0, Math.min(4, source.size));
  if (looksLikeZip(start)) return { form: 'zip', tensors: await readZipForm(source, file) };
  if (start[0] === 0x80) return { form: 'old', tensors: await readOldForm(source, file) };
  throw damaged(file, `it has ${source.size} bytes and is neither a zip archive nor a pickle`);
}

async function readZipForm(source: ByteSource, file: string): Promise<Map<string, TensorEntry>> {
  const entries = await readZip(source, file);
  const pickles = [...entries.values()].filter(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
  const [pickle] = pickles;
  if (!pickle || pickles.length > 1) throw damaged(file, `it holds ${pickles.length} entries called data.pkl, not one`);
  const folder = pickle.name.slice(0, -'data.pkl'.length);
  const order = entries.get(`${folder}byteorder`);
  if (order && new TextDecoder().decode(await source.read(order.offset, Math.min(order.size, 16))) !== 'little') {
    throw notRead(file, 'was written on a machine of another byte order');
  }
  const { value } = await unpickle(source, file, torchRules(file), pickle.offset, pickle.offset + pickle.size);
  const startOf = ({ key, dtype, elements }: TorchStorage, name: string) => {
    const entry = entries.get(`${folder}data/${key}`);
    if (!entry) throw damaged(file, `the storage “${short(key)}” of “${short(name)}” is missing`);
    const size = elements * DTYPE_BYTES[dtype];
    if (entry.size !== size) {
      throw damaged(file, `the storage “${short(key)}” of “${short(name)}” has ${entry.size} bytes and should have ${size}`);
    }
    return entry.offset;
  };
  return placed(stateDict(value, file), startOf, file);
}

function placed(
  tensors: ReadonlyMap<string, TorchTensor>,
  startOf: (storage: TorchStorage, name: string) => number,
  file: string,
): Map<string, TensorEntry> {
  return new Map([...tensors].map(([name, tensor]) => [name, placeTensor(name, tensor, startOf(tensor.storage, name), file)]));
}

/** 0x1950a86a20f9469cfc6c, and the one version there was. */
const MAGIC = 0x1950a86a20f9469cfc6cn;
const VERSION = 1001;

async function readOldForm(source: ByteSource, file: string): Promise<Map<string, TensorEntry>> {
  let at = 0;
  const next = async () => {
    const { value, end } = await unpickle(source, file, torchRules(file), at);
    at = end;
    return value;
  };
  if ((await next()) !== MAGIC) throw notRead(file, 'is a pickle, but none that torch.save wrote');
  if ((await next()) !== VERSION) throw notRead(file, 'is in a version of the form before PyTorch 1.6 that is not read');
  const system = await next();
  if (system instanceof Map && system.get('little_endian') !== true) throw notRead(file, 'was written on a machine of another byte order');
  const tensors = stateDict(await next(), file);
  const keys = await next();
  if (!(keys instanceof PickleList)) throw damaged(file, 'it does not list its storages');
  const starts = await storageStarts(source, file, at, sizesOf(tensors, file), keys.items);
  const startOf = ({ key }: TorchStorage, name: string) => {
    const start = starts.get(key);
    if (start === undefined) throw damaged(file, `the storage “${short(key)}” of “${short(name)}” is missing`);
    return start;
  };
  return placed(tensors, startOf, file);
}

/** Storages by key; all tensors of one have to agree about it. */
function sizesOf(tensors: ReadonlyMap<string, TorchTensor>, file: string): Map<string, TorchStorage> {
  const storages = new Map<string, TorchStorage>();
  for (const [name, { storage }] of tensors) {
    const known = storages.get(storage.key);
    if (known && (known.elements !== storage.elements || known.dtype !== storage.dtype)) {
      throw damaged(file, `the storage “${short(storage.key)}” of “${short(name)}” has two sizes`);
    }
    storages.set(storage.key, storage);
  }
  return storages;
}

/** One behind the other in the order listed, each behind the number of its elements in eight bytes. */
async function storageStarts(
  source: ByteSource,
  file: string,
  from: number,
  storages: ReadonlyMap<string, TorchStorage>,
  keys: readonly unknown[],
): Promise<Map<string, number>> {
  const starts = new Map<string, number>();
  let at = from;
  for (const key of keys) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (!storage || starts.has(storage.key))
      throw damaged(file, `it lists the storage “${short(String(key))}”, which no tensor or another one has`);
    const size = storage.elements * DTYPE_BYTES[storage.dtype];
    if (at + 8 + size > source.size) throw damaged(file, `the storage “${short(storage.key)}” claims ${size} bytes beyond its end`);
    const prefix = await source.read(at, 8);
    const elements = new DataView(prefix.buffer, prefix.byteOffset, 8).getBigInt64(0, true);
    if (elements !== BigInt(storage.elements)) {
      throw damaged(file, `the storage “${short(storage.key)}” has ${elements} elements and should have ${storage.elements}`);
    }
    starts.set(storage.key, at + 8);
    at += 8 + size;
  }
  if (at !== source.size) throw damaged(file, `${source.size - at} bytes at its end belong to no storage`);
  return starts;
}
