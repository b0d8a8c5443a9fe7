/** Files a person asked for, written whole or not at all: beside the target first, then renamed onto it. */
import { randomUUID } from 'node:crypto';
import { access, constants, type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LabError } from '../../models/lab-error';

/**
 * Opens the file for `work`, which writes it piece by piece; its folder is made where it is missing. Throws
 * `output-unwritable`; what `work` itself throws goes through, and leaves no file.
 */
export async function writeWhole(path: string, work: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>): Promise<void> {
  const temporary = `${path}.${process.pid}-${randomUUID()}.tmp`;
  const file = await guarded(path, async () => {
    await mkdir(dirname(path), { recursive: true });
    return open(temporary, 'wx');
  });
  try {
    await work((bytes) => guarded(path, () => writeAll(file, bytes)));
    await guarded(path, () => file.sync());
    await file.close();
    await guarded(path, () => rename(temporary, path));
  } catch (thrown) {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true }).catch(() => undefined);
    throw thrown;
  }
}

/** Makes the folder where it is missing. Throws `output-unwritable` before any work is done in vain. */
export async function prepareFolder(folder: string): Promise<void> {
  await guarded(folder, async () => {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK | constants.X_OK);
  });
}

/** `write` may write less than it was given. */
async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done)).bytesWritten;
}

async function guarded<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw unwritable(path, thrown);
  }
}

const WHY: Readonly<Record<string, string>> = {
  ENOSPC: ' The disk is full.',
  ENOTDIR: ' A file is in the way.',
  EEXIST: ' A file is in the way.',
  EISDIR: ' A folder of that name is in the way.',
  EROFS: ' The disk is read-only.',
};

function unwritable(path: string, thrown: unknown): LabError {
  const why = WHY[(thrown as NodeJS.ErrnoException).code ?? ''] ?? '';
  return new LabError('output-unwritable', `${path} cannot be written.${why}`, 'Choose another place, or change its permissions.', {
    detail: thrown instanceof Error ? thrown.message : String(thrown),
    cause: thrown,
  });
}
