/** Opens a picture file for the window: hands it to a worker, which is ended where the work is given up. */
import { LabError, type LabErrorData } from '../../../models/lab-error';
import type { RgbaImage } from '../../../models/runtime/types';
import { checkImageSize } from './check-image-file';

export interface DecodeCall {
  readonly id: number;
  readonly file: Blob;
  readonly name: string;
}

export type DecodeAnswer =
  | { readonly id: number; readonly ok: true; readonly image: RgbaImage; readonly notes: readonly string[] }
  | { readonly id: number; readonly ok: false; readonly error: LabErrorData };

interface Waiting {
  readonly resolve: (value: { image: RgbaImage; notes: readonly string[] }) => void;
  readonly reject: (reason: LabError) => void;
}

let worker: Worker | null = null;
let calls = 0;
const waiting = new Map<number, Waiting>();

function endWorker(reason: LabError): void {
  worker?.terminate();
  worker = null;
  for (const { reject } of waiting.values()) reject(reason);
  waiting.clear();
}

function startWorker(): Worker {
  const started = new Worker(new URL('./decode-worker.ts', import.meta.url), { type: 'module', name: 'picture decoder' });
  started.onmessage = (event: MessageEvent<DecodeAnswer>) => {
    const answer = event.data;
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.ok) call?.resolve({ image: answer.image, notes: answer.notes });
    else call?.reject(LabError.fromData(answer.error));
  };
  started.onerror = (event) => {
    endWorker(
      new LabError('out-of-memory', 'The picture could not be decoded here.', 'Save it smaller and open it again.', {
        detail: event.message,
      }),
    );
  };
  return started;
}

/**
 * Decodes a picture file off the main thread: first frame, turned as EXIF says, sRGB, alpha kept,
 * at most 16.7 million pixels (larger ones are scaled while decoding).
 * @param file a dropped, pasted or picked file, or its bytes.
 * @param name how sentences call it.
 * @param signal gives the decoding up at once.
 * @throws LabError `cancelled`, `file-empty`, `file-too-large`, `file-unreadable`, `format-unsupported`, `image-damaged`,
 *   `image-too-large`, `out-of-memory`
 */
export function decodeImageFile(
  file: Blob | Uint8Array,
  name: string,
  signal?: AbortSignal,
): Promise<{ image: RgbaImage; notes: readonly string[] }> {
  if (signal?.aborted) return Promise.reject(LabError.cancelled());
  return new Promise((resolve, reject) => {
    // Before the worker reads the whole file into memory.
    checkImageSize(file instanceof Blob ? file.size : file.length, name);
    worker ??= startWorker();
    const id = ++calls;
    const cancel = (): void => {
      const call = waiting.get(id);
      waiting.delete(id);
      call?.reject(LabError.cancelled());
      // A decoder cannot be stopped, its worker can; where others still wait, the answer is left unread instead.
      if (waiting.size === 0) endWorker(LabError.cancelled());
    };
    const done = (): void => signal?.removeEventListener('abort', cancel);
    waiting.set(id, {
      resolve: (value) => {
        done();
        resolve(value);
      },
      reject: (reason) => {
        done();
        reject(reason);
      },
    });
    signal?.addEventListener('abort', cancel, { once: true });
    const call: DecodeCall = { id, file: file instanceof Blob ? file : new Blob([file as Uint8Array<ArrayBuffer>]), name };
    worker.postMessage(call);
  });
}
