/** How a window's engine gets a model: the worker asks the page, the page asks the host. Weights come in parts and are held once. */
import { z } from 'zod';
import type { Client } from '../../electron/contract/define';
import { defineContract } from '../../electron/contract/define';
import { type HostContract, MODEL_READ_LIMIT, MODEL_TEXTS } from '../../electron/contract/host';
import { LabError } from '../../models/lab-error';
import type { ModelSource } from '../../models/runtime/model-source';

export const modelFilesContract = defineContract({
  sizes: { params: z.object({ modelId: z.string() }), result: z.record(z.string(), z.number()) },
  read: {
    params: z.object({ modelId: z.string(), file: z.string(), offset: z.number().int(), length: z.number().int().max(MODEL_READ_LIMIT) }),
    result: z.instanceof(Uint8Array),
  },
});

type FilesClient = Client<typeof modelFilesContract>;

/** What the page answers its worker. */
export function modelFilesFrom(host: Client<HostContract>) {
  return {
    sizes: (params: { modelId: string }) => host.modelFiles(params),
    read: (params: { modelId: string; file: string; offset: number; length: number }) => host.modelRead(params),
  };
}

/** A source over the page's answers. */
export async function remoteModelSource(files: FilesClient, modelId: string): Promise<ModelSource> {
  const sizes = await files.sizes({ modelId });
  const read = async (name: string, offset: number, length: number): Promise<Uint8Array> => {
    const out = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const part = await files.read({ modelId, file: name, offset: offset + done, length: Math.min(MODEL_READ_LIMIT, length - done) });
      if (part.length === 0) throw new LabError('checkpoint-damaged', `${name} ended before its last byte.`, 'Get the model again.');
      out.set(part, done);
      done += part.length;
    }
    return out;
  };
  const weights = Object.entries(sizes)
    .filter(([name]) => !MODEL_TEXTS.includes(name))
    .map(([name, size]) => [name, { size, read: (offset: number, length: number) => read(name, offset, length) }] as const);
  return {
    id: modelId,
    async readText(name) {
      const length = MODEL_TEXTS.includes(name) ? sizes[name] : undefined;
      return length ? new TextDecoder().decode(await read(name, 0, length)) : null;
    },
    weights: new Map(weights),
  };
}
