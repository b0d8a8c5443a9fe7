/**
 * DeepMind's own checkpoints: a pickle of {module: {parameter: array}}, or {"params": …, "state": …} of the same. Read into
 * Hugging Face's names and shapes: kernels are transposed (all axes, as transformers' conversion does), embeddings and
 * positions are not, batch norm loses its axes of one element.
 */

import { isRowMajor } from './arrange';
import type { ByteSource } from './byte-source';
import { damaged, short } from './checkpoint-errors';
import { huggingFaceName, isBookkeeping } from './haiku-names';
import { NumpyArray, numpyRules } from './numpy-values';
import { unpickle } from './pickle';
import type { TensorEntry } from './tensor-entry';

/** Names, types, shapes and places of all tensors; one that Hugging Face has no name for keeps its own. Rejects with `checkpoint-damaged`, `checkpoint-unsafe` or `format-unsupported`. */
export async function readHaikuFile(source: ByteSource, file: string): Promise<Map<string, TensorEntry>> {
  if (source.size < 2) throw damaged(file, `it has ${source.size} bytes, fewer than any pickle`);
  const { value } = await unpickle(source, file, numpyRules(file));
  const arrays = arraysOf(value, file);
  const multimodal = [...arrays.keys()].some((name) => name.startsWith('multimodal_decoder/'));
  const tensors = new Map<string, TensorEntry>();
  for (const [haiku, array] of arrays) {
    const name = huggingFaceName(haiku, multimodal) ?? haiku;
    if (tensors.has(name)) throw damaged(file, `two of its arrays are “${short(name)}”`);
    tensors.set(name, entryOf(name, array, file));
  }
  return tensors;
}

/** Arrays by `module/parameter`. */
function arraysOf(value: unknown, file: string): Map<string, NumpyArray> {
  const arrays = new Map<string, NumpyArray>();
  const parts = value instanceof Map && value.has('params') ? [value.get('params'), value.get('state') ?? new Map()] : [value];
  for (const part of parts) {
    for (const [module, parameters] of itemsOf(part, file)) {
      for (const [parameter, array] of itemsOf(parameters, file)) {
        const name = `${module}/${parameter}`;
        if (isBookkeeping(name)) continue;
        if (!(array instanceof NumpyArray) || !array.bytes) throw damaged(file, `“${short(name)}” is no array`);
        if (arrays.has(name)) throw damaged(file, `“${short(name)}” stands in it twice`);
        arrays.set(name, array);
      }
    }
  }
  return arrays;
}

function itemsOf(value: unknown, file: string): Map<unknown, unknown> {
  if (!(value instanceof Map)) throw damaged(file, 'it should hold {module: {parameter: array}} and holds something else');
  return value;
}

function entryOf(name: string, array: NumpyArray, file: string): TensorEntry {
  const { dtype, bytes } = array;
  const isKernel = name.endsWith('weight') && !name.includes('embeddings');
  const order = array.shape.map((_, axis) => axis);
  if (isKernel) order.reverse();
  const axes = name.includes('batchnorm') ? order.filter((axis) => array.shape[axis] !== 1) : order;
  const shape = axes.map((axis) => array.shape[axis]!);
  const strides = axes.map((axis) => array.strides[axis]!);
  const place = { name, dtype, shape, file, offset: bytes!.offset, length: bytes!.length };
  return isRowMajor(shape, strides) ? place : { ...place, strides };
}
