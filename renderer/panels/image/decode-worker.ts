/** The worker in which pictures are decoded, so that a large one never holds up the window. */
import { LabError } from '../../../models/lab-error';
import type { DecodeAnswer, DecodeCall } from './decode-image-file';
import { decodeInWorker } from './decode-pixels';

const scope = self as unknown as DedicatedWorkerGlobalScope;

scope.onmessage = async (event: MessageEvent<DecodeCall>) => {
  const { id, file, name } = event.data;
  try {
    const decoded = await decodeInWorker(new Uint8Array(await file.arrayBuffer()), name);
    const answer: DecodeAnswer = { id, ok: true, ...decoded };
    scope.postMessage(answer, [decoded.image.data.buffer as ArrayBuffer]);
  } catch (thrown) {
    const answer: DecodeAnswer = { id, ok: false, error: toError(thrown, name).toData() };
    scope.postMessage(answer);
  }
};

function toError(thrown: unknown, name: string): LabError {
  if (thrown instanceof LabError) return thrown;
  if (thrown instanceof RangeError) {
    return new LabError(
      'out-of-memory',
      `There is not enough memory to open ${name}.`,
      'Close programs that use memory, or save the picture smaller.',
      {
        detail: thrown.message,
      },
    );
  }
  if (thrown instanceof DOMException && thrown.name === 'NotReadableError') {
    return new LabError('file-unreadable', `${name} cannot be read.`, 'Check that the file is still there and that you may read it.', {
      detail: thrown.message,
    });
  }
  return LabError.from(thrown);
}
