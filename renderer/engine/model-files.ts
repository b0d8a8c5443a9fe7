/** How a window's engine gets a model: the worker asks the page, the page asks the host. Weights come in parts and are held once. */
import { z } from 'zod';
import type { Client } from '../../electron/contract/define';
import { defineContract } from '../../electron/contract/define';
import { type HostContract, MODEL_FILES, MODEL_READ_LIMIT } from '../../electron/contract/host';
import { LabError } from '../../models/lab-error';
import type { ModelSource } from '../../models/runtime/model-source';

const file = z.enum(MODEL_FILES);

export const modelFilesContract = defineContract({
  sizes: { params: z.object({ modelId: z.string() }), result: z.record(file, z.number().nullable()) },
  read: {
    params: z.object({ modelId: z.string(), file, offset: z.number().int(), length: z.number().int().max(MODEL_READ_LIMIT) }),
    result: z.instanceof(Uint8Array),
  },
});

type FilesClient = Client<typeof modelFilesContract>;

/** What the page answers its worker. */
export function modelFilesFrom(host: Client<HostContract>) {
  return {
    sizes: (params: { modelId: string }) => host.modelFiles(params),
    read: (params: { modelId: string; file: (typeof MODEL_FILES)[number]; offset: number; length: number }) => host.modelRead(params),
  };
}

/** A source over the page's answers. Rejects with `checkpoint-missing` for a model without weights. */
export async function remoteModelSource(files: FilesClient, modelId: string): Promise<ModelSource> {
  const sizes = await files.sizes({ modelId });
  const size = sizes['model.safetensors'];
  if (size === null || size === undefined) {
    throw new LabError('checkpoint-missing', `“${modelId}” has no model.safetensors.`, 'Choose another model.');
  }
  const read = async (name: (typeof MODEL_FILES)[number], offset: number, length: number): Promise<Uint8Array> => {
    const out = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const part = await files.read({ modelId, file: name, offset: offset + done, length: Math.min(MODEL_READ_LIMIT, length - done) });
      if (part.length === 0) throw new LabError('checkpoint-damaged', `${name} ended before its last byte.`, 'Get the model again.');
      out.set(part, done);
      done += part.length;
    }
    return out;
  };
  return {
    id: modelId,
    async readText(name) {
      const known = MODEL_FILES.find((entry) => entry === name);
      const length = known && sizes[known];
      return known && length ? new TextDecoder().decode(await read(known, 0, length)) : null;
    },
    weights: { size, read: (offset, length) => read('model.safetensors', offset, length) },
  };
}
