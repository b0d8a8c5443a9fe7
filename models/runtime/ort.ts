/** What the runtime needs of onnxruntime: the same few calls of onnxruntime-node and onnxruntime-web. */
import type { InferenceSession, Tensor } from 'onnxruntime-common';
import type { EngineName } from './types';

export interface Ort {
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (type: 'float32' | 'int32', data: Float32Array | Int32Array, dims: readonly number[]) => Tensor;
}

export const PROVIDERS: Readonly<Record<EngineName, string>> = { native: 'cpu', wasm: 'wasm', webgpu: 'webgpu' };
