/**
 * What a pickle of torch.save may ask for: storages by persistent id, tensors as views of them, parameters, ordered
 * dictionaries (torch/_utils.py, torch/serialization.py). The functions here make descriptions, no tensors.
 */
import { elementCount } from '../tensor';
import { isRowMajor, spanOf } from './arrange';
import { damaged, notRead, short } from './checkpoint-errors';
import { PickleGlobal, type PickleRules } from './pickle';
import { DTYPE_BYTES, type Dtype, type TensorEntry } from './tensor-entry';

/** A storage as a pickle names it: where its bytes lie the file says elsewhere. */
export class TorchStorage {
  readonly dtype: Dtype;
  readonly key: string;
  readonly elements: number;

  constructor(dtype: Dtype, key: string, elements: number) {
    this.dtype = dtype;
    this.key = key;
    this.elements = elements;
  }
}

/** A view of a storage; offset and strides count elements. */
export class TorchTensor {
  readonly storage: TorchStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(storage: TorchStorage, offset: number, shape: readonly number[], strides: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

class StorageType extends PickleGlobal {
  readonly dtype: Dtype;

  constructor(name: string, dtype: Dtype) {
    super(name);
    this.dtype = dtype;
  }
}

const STORAGES: Readonly<Record<string, Dtype>> = {
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
};

/** PyTorch takes at most 64. */
const MAX_AXES = 64;

/** Rules for a pickle in `file`. `_metadata` and its like, which come as the state of a dictionary, are let go. */
export function torchRules(file: string): PickleRules {
  const globals = new Map<string, PickleGlobal>();
  const allow = (global: PickleGlobal) => globals.set(global.name, global);
  for (const [name, dtype] of Object.entries(STORAGES)) allow(new StorageType(`torch.${name}`, dtype));
  const ordered = (args: readonly unknown[]) => {
    if (args.length > 0) throw notRead(file, 'holds an ordered dictionary in a form that PyTorch does not write');
    return new Map();
  };
  allow(new PickleGlobal('collections.OrderedDict', ordered));
  allow(new PickleGlobal('torch._utils._rebuild_tensor_v2', (args) => tensorOf(args, file)));
  allow(
    new PickleGlobal('torch._utils._rebuild_parameter', ([tensor]) => {
      if (!(tensor instanceof TorchTensor)) throw damaged(file, 'a parameter of its pickle is made of no tensor');
      return tensor;
    }),
  );
  return {
    globals,
    build(target) {
      if (!(target instanceof Map)) throw damaged(file, 'its pickle gives a state to what has none');
    },
    persistent: (id) => storageOf(id, file),
  };
}

/** ('storage', type, key, device, elements), and in the old form what it is a view of. */
function storageOf(id: unknown, file: string): TorchStorage {
  const [kind, type, key, , elements, view] = Array.isArray(id) ? id : [];
  if (kind !== 'storage' || !(type instanceof StorageType) || typeof key !== 'string' || !isCount(elements)) {
    throw damaged(file, 'its pickle names a storage in a form that PyTorch does not write');
  }
  if (view !== undefined && view !== null) throw notRead(file, 'holds storages that are views of others, as old versions of PyTorch wrote');
  return new TorchStorage(type.dtype, key, elements);
}

/** (storage, offset, size, stride, requires_grad, hooks, …) */
function tensorOf([storage, offset, shape, strides]: readonly unknown[], file: string): TorchTensor {
  if (!(storage instanceof TorchStorage) || !isCount(offset) || !isShape(shape) || !isShape(strides) || shape.length !== strides.length) {
    throw damaged(file, 'a tensor of its pickle has no valid storage, shape and strides');
  }
  return new TorchTensor(storage, offset, shape, strides);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= MAX_AXES && value.every(isCount);
}

/** The tensors of a state dict, by name. Throws `checkpoint-damaged` for anything else. */
export function stateDict(value: unknown, file: string): Map<string, TorchTensor> {
  const kind = value instanceof TorchTensor ? 'a single tensor' : 'something else';
  if (!(value instanceof Map)) throw damaged(file, `it should hold named tensors and holds ${kind}`);
  const tensors = new Map<string, TorchTensor>();
  for (const [name, tensor] of value) {
    if (typeof name !== 'string' || !(tensor instanceof TorchTensor)) {
      throw damaged(file, `it should hold named tensors, and “${short(String(name))}” is none`);
    }
    tensors.set(name, tensor);
  }
  return tensors;
}

/** Where a tensor lies in `file`, whose byte `start` is the first of its storage. Throws `checkpoint-damaged` where it reaches beyond the storage. */
export function placeTensor(name: string, { storage, offset, shape, strides }: TorchTensor, start: number, file: string): TensorEntry {
  const { dtype, elements } = storage;
  const span = spanOf(shape, strides);
  if (offset + span > elements) {
    throw damaged(file, `“${short(name)}” takes elements ${offset} to ${offset + span} of a storage of ${elements}`);
  }
  if (elementCount(shape) > span) throw notRead(file, `holds “${short(name)}”, whose values are repeats of fewer stored ones`);
  const size = DTYPE_BYTES[dtype];
  const place = { name, dtype, shape, file, offset: start + offset * size, length: span * size };
  return isRowMajor(shape, strides) ? place : { ...place, strides };
}
