/** Writes ONNX graphs: names come out of calls, weights point into the checkpoint's own file, nothing is copied. */
import { onnx } from 'onnx-proto';
import { spanOf, transposed } from '../checkpoint/arrange';
import type { Dtype, TensorEntry } from '../checkpoint/tensor-entry';

const OPSET = 20;
const IR_VERSION = 9;
const FLOAT = onnx.TensorProto.DataType.FLOAT;
const INT64 = onnx.TensorProto.DataType.INT64;
const INT32 = onnx.TensorProto.DataType.INT32;
const STORED: Partial<Record<Dtype, number>> = {
  F64: onnx.TensorProto.DataType.DOUBLE,
  F32: FLOAT,
  F16: onnx.TensorProto.DataType.FLOAT16,
  BF16: onnx.TensorProto.DataType.BFLOAT16,
};

/** A value of the graph, by its name. */
export type Value = string;
/** A dimension is a number, or a name where it differs from run to run. */
export type Dimensions = readonly (number | string)[];
type Attribute = number | string | readonly number[];

/** Weights a graph may point to, each in its file. The file's name is a bare one: onnxruntime takes no path here. */
export interface WeightPlaces {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
}

export class GraphBuilder {
  /** Parameters that became inputs, in order of first use. */
  readonly parameters: string[] = [];
  readonly #weights: WeightPlaces | null;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;
  readonly #graph: onnx.IGraphProto & {
    node: onnx.INodeProto[];
    initializer: onnx.ITensorProto[];
    input: onnx.IValueInfoProto[];
    output: onnx.IValueInfoProto[];
  };
  readonly #made = new Map<string, Value>();
  #count = 0;

  private constructor(name: string, weights: WeightPlaces | null, shapes: ReadonlyMap<string, readonly number[]>) {
    this.#weights = weights;
    this.#shapes = shapes;
    this.#graph = { name, node: [], initializer: [], input: [], output: [] };
  }

  /** Parameters are initializers that point into the checkpoint's files. */
  static stored(name: string, weights: WeightPlaces): GraphBuilder {
    return new GraphBuilder(name, weights, new Map());
  }

  /** Parameters are inputs of the graph, under their own names. */
  static parameterInputs(name: string, shapes: ReadonlyMap<string, readonly number[]>): GraphBuilder {
    return new GraphBuilder(name, null, shapes);
  }

  input(name: string, dimensions: Dimensions, type: 'float' | 'int32' = 'float'): Value {
    this.#graph.input.push(valueInfo(name, dimensions, type));
    return name;
  }

  /** Gives `value` the name an output is asked for by. */
  output(name: string, value: Value, dimensions: Dimensions): void {
    this.node('Identity', [value], {}, name);
    this.#graph.output.push(valueInfo(name, dimensions, 'float'));
  }

  node(operator: string, inputs: readonly Value[], attributes: Readonly<Record<string, Attribute>> = {}, name?: string): Value {
    const output = name ?? `${operator}_${++this.#count}`;
    this.#graph.node.push({
      opType: operator,
      name: output,
      input: [...inputs],
      output: [output],
      attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
    });
    return output;
  }

  /** A parameter of the checkpoint as float32: stored halves are cast in the graph, once, when the session folds constants. */
  weight(name: string): Value {
    const made = this.#made.get(name);
    if (made) return made;
    const value = this.#weights ? this.#storedWeight(name, this.#weights) : this.#parameterInput(name);
    this.#made.set(name, value);
    return value;
  }

  #parameterInput(name: string): Value {
    const shape = this.#shapes.get(name);
    if (!shape) throw new RangeError(`no parameter ${name}`);
    this.parameters.push(name);
    return this.input(name, shape);
  }

  #storedWeight(name: string, weights: WeightPlaces): Value {
    const entry = weights.tensors.get(name);
    const type = entry && STORED[entry.dtype];
    if (!entry || type === undefined) throw new RangeError(`no floating-point tensor ${name}`);
    const stored = this.#inOrder(entry, type);
    return type === FLOAT ? stored : this.node('Cast', [stored], { to: FLOAT }, `${name}/f32`);
  }

  /**
   * Points to the bytes as they lie. What lies in another order than row-major is put in order by the graph, once, when the
   * session folds constants: transposed, or gathered where there are gaps. So no copy of a weight is made here.
   */
  #inOrder(entry: TensorEntry, type: number): Value {
    const { name, shape, strides } = entry;
    if (!strides) return this.#pointer(name, entry, shape, type);
    const stored = transposed(shape, strides);
    if (stored) {
      return this.node('Transpose', [this.#pointer(`${name}/stored`, entry, stored.shape, type)], { perm: stored.perm }, `${name}/ordered`);
    }
    const flat = this.#pointer(`${name}/stored`, entry, [spanOf(shape, strides)], type);
    return this.node('Gather', [flat, this.#places(shape, strides)], {}, `${name}/ordered`);
  }

  #pointer(name: string, { file, offset, length }: TensorEntry, dims: readonly number[], dataType: number): Value {
    const place = { location: file, offset: String(offset), length: String(length) };
    this.#graph.initializer.push({
      name,
      dims: [...dims],
      dataType,
      dataLocation: onnx.TensorProto.DataLocation.EXTERNAL,
      externalData: Object.entries(place).map(([key, value]) => ({ key, value })),
    });
    return name;
  }

  /** Where each element of a strided tensor stands among those stored, as a tensor of its shape. */
  #places(shape: readonly number[], strides: readonly number[]): Value {
    const axes = shape.map((size, axis) => {
      const steps = this.integers(Array.from({ length: size }, (_, index) => index * strides[axis]!));
      return this.node('Reshape', [steps, this.integers(shape.map((_, other) => (other === axis ? size : 1)))]);
    });
    return axes.reduce((sum, axis) => this.node('Add', [sum, axis]));
  }

  floats(data: Float32Array | readonly number[], dimensions: readonly number[]): Value {
    const name = `constant_${++this.#count}`;
    const values = Float32Array.from(data);
    this.#graph.initializer.push({ name, dims: [...dimensions], dataType: FLOAT, rawData: new Uint8Array(values.buffer) });
    return name;
  }

  integers(data: readonly number[]): Value {
    const key = `integers/${data.join(',')}`;
    const made = this.#made.get(key);
    if (made) return made;
    const values = BigInt64Array.from(data, BigInt);
    this.#graph.initializer.push({ name: key, dims: [data.length], dataType: INT64, rawData: new Uint8Array(values.buffer) });
    this.#made.set(key, key);
    return key;
  }

  toBytes(): Uint8Array {
    const model = {
      irVersion: IR_VERSION,
      producerName: 'perceiver-lab',
      opsetImport: [{ domain: '', version: OPSET }],
      graph: this.#graph,
    };
    return onnx.ModelProto.encode(model as onnx.IModelProto).finish();
  }
}

function attribute(name: string, value: Attribute): onnx.IAttributeProto {
  const types = onnx.AttributeProto.AttributeType;
  if (typeof value === 'string') return { name, type: types.STRING, s: new TextEncoder().encode(value) };
  if (typeof value === 'number')
    return Number.isInteger(value) ? { name, type: types.INT, i: value } : { name, type: types.FLOAT, f: value };
  return { name, type: types.INTS, ints: [...value] };
}

function valueInfo(name: string, dimensions: Dimensions, type: 'float' | 'int32'): onnx.IValueInfoProto {
  const dim = dimensions.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: type === 'float' ? FLOAT : INT32, shape: { dim } } } };
}
