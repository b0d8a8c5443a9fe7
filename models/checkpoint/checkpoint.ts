/**
 * Weights in any form they are published in, as one list of named tensors and where their bytes lie. No tensor is read.
 * A folder may hold several forms: the first of `FORMS` is taken.
 */
import { LabError } from '../lab-error';
import { elementCount } from '../tensor';
import type { WeightFiles } from './byte-source';
import { damaged } from './checkpoint-errors';
import { readHaikuFile } from './haiku-file';
import { readSafetensorsHeader } from './safetensors';
import { readShards } from './shards';
import { DTYPE_BYTES, type TensorEntry } from './tensor-entry';
import { readTorchFile } from './torch-file';

export interface Checkpoint {
  /** What sentences call it: its file, or the index of its files. */
  readonly file: string;
  /** In a sentence: “safetensors”, “a PyTorch pickle in zip form, two files”. */
  readonly form: string;
  /** All its files by name, in which each tensor names its own. */
  readonly files: readonly string[];
  readonly bytes: number;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
}

const SAFETENSORS = 'model.safetensors';
const TORCH = 'pytorch_model.bin';
const INDEX = '.index.json';
const PICKLE = /\.(?:pickle|pkl|pystate)$/;
/** Bytes that tensors claim for each byte there is: tied weights share, and more than a few do not. */
const MAX_SHARING = 4;

/** Whether a file of this name in a model's folder may be one of its weights. No path is one. */
export function isWeightsFile(name: string): boolean {
  return /^[^./\\\0][^/\\\0]*\.(?:safetensors|bin|safetensors\.index\.json|bin\.index\.json|pickle|pkl|pystate)$/.test(name);
}

/** Whether there is a checkpoint among files of these names; others may be a part of one. */
export function hasCheckpoint(names: Iterable<string>): boolean {
  const all = [...names];
  return FORMS.some(({ find }) => find(all).length > 0);
}

interface Read {
  readonly form: string;
  readonly files: readonly string[];
  readonly tensors: ReadonlyMap<string, TensorEntry>;
}

const FORMS: readonly {
  readonly find: (names: readonly string[]) => readonly string[];
  readonly read: (files: WeightFiles, file: string) => Promise<Read>;
}[] = [
  {
    find: named(SAFETENSORS),
    read: async (files, file) => ({ form: 'safetensors', files: [file], tensors: await safetensors(files.get(file)!, file) }),
  },
  {
    find: named(SAFETENSORS + INDEX),
    read: async (files, file) => counted('safetensors', await readShards(files, file, safetensors)),
  },
  {
    find: named(TORCH),
    read: async (files, file) => {
      const { form, tensors } = await readTorchFile(files.get(file)!, file);
      return { form: torchForm(form), files: [file], tensors };
    },
  },
  { find: named(TORCH + INDEX), read: readTorchShards },
  {
    find: (names) => names.filter((name) => PICKLE.test(name)),
    read: async (files, file) => ({ form: 'a Haiku pickle', files: [file], tensors: await readHaikuFile(files.get(file)!, file) }),
  },
];

/**
 * The checkpoint among `files`. Rejects with `checkpoint-missing` where none is, and with `checkpoint-damaged`,
 * `checkpoint-unsafe` or `format-unsupported` where it cannot be read.
 */
export async function readCheckpoint(files: WeightFiles): Promise<Checkpoint> {
  const names = [...files.keys()].sort();
  for (const { find, read } of FORMS) {
    const [file, ...others] = find(names);
    if (file === undefined) continue;
    if (others.length > 0) {
      throw new LabError(
        'checkpoint-mismatch',
        `There are several pickles: ${[file, ...others].slice(0, 5).join(', ')}.`,
        'Leave one of them in the folder.',
      );
    }
    const found = await read(files, file);
    const bytes = found.files.reduce((sum, name) => sum + files.get(name)!.size, 0);
    checkSharing(found.tensors, bytes, file);
    return { file, bytes, ...found };
  }
  throw new LabError('checkpoint-missing', 'There are no weights in the folder.', `Put ${SAFETENSORS} or ${TORCH} into it.`);
}

function named(name: string): (names: readonly string[]) => readonly string[] {
  return (names) => names.filter((candidate) => candidate === name);
}

async function safetensors(...[source, file]: Parameters<typeof readSafetensorsHeader>) {
  return (await readSafetensorsHeader(source, file)).tensors;
}

async function readTorchShards(files: WeightFiles, file: string): Promise<Read> {
  const forms = new Set<string>();
  const shards = await readShards(files, file, async (source, name) => {
    const { form, tensors } = await readTorchFile(source, name);
    forms.add(torchForm(form));
    return tensors;
  });
  return counted([...forms].sort().join(' and '), shards);
}

function torchForm(form: 'zip' | 'old'): string {
  return form === 'zip' ? 'a PyTorch pickle in zip form' : 'a PyTorch pickle in the form before 1.6';
}

function counted(form: string, { files, tensors }: Pick<Read, 'files' | 'tensors'>): Read {
  return { form: `${form}, ${files.length} ${files.length === 1 ? 'file' : 'files'}`, files, tensors };
}

/** What would be read is held against what is there: views of one storage could ask for any multiple of it. */
function checkSharing(tensors: ReadonlyMap<string, TensorEntry>, bytes: number, file: string): void {
  let claimed = 0;
  for (const { shape, dtype } of tensors.values()) claimed += elementCount(shape) * DTYPE_BYTES[dtype];
  if (claimed > MAX_SHARING * bytes) throw damaged(file, `its tensors claim ${claimed} bytes of ${bytes}`);
}
