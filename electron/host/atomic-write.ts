/** Writes that leave either the old or the new file, whole, and a lock so that two instances do not undo each other's. */
import { randomUUID } from 'node:crypto';
import { access, constants, type FileHandle, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { LabError } from '../../models/lab-error';

/** A lock older than this was left by an instance that was killed: the work under a lock takes milliseconds. */
const LOCK_STALE_MS = 10_000;
const LOCK_PATIENCE_MS = 12_000;
const LOCK_RETRY_MS = 20;

/** As `writeWhole`, for what only its owner may read. */
export function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  return writeWhole(path, (write) => write(typeof content === 'string' ? new TextEncoder().encode(content) : content), 0o600);
}

/**
 * Opens a temporary file beside the target for `work`, which writes it piece by piece; then fsync, rename. Creates the folder.
 * Throws `output-unwritable`; what `work` itself throws goes through, and leaves no file.
 */
export async function writeWhole(
  path: string,
  work: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
  mode = 0o666,
): Promise<void> {
  const target = await prepareFile(path);
  const temporary = `${target}.${process.pid}-${randomUUID()}.tmp`;
  const file = await guarded(path, () => open(temporary, 'wx', mode));
  try {
    await work((bytes) => guarded(path, () => writeAll(file, bytes)));
    await guarded(path, () => file.sync());
    await file.close();
    await guarded(path, () => rename(temporary, target));
  } catch (thrown) {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true }).catch(() => undefined);
    throw thrown;
  }
}

/** Makes the folder where it is missing. Throws `output-unwritable`, naming `shown`, before any work is done in vain. */
export async function prepareFolder(folder: string, shown = folder): Promise<void> {
  await guarded(shown, async () => {
    await makeFolder(folder);
    await access(folder, constants.W_OK | constants.X_OK);
  });
}

/**
 * One folder after another: Node's `mkdir` with `recursive` never ends where a parent is there and takes no folder, as /proc.
 */
async function makeFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory()) return;
  if (found) throw Object.assign(new Error('a file is in the way'), { code: 'ENOTDIR' });
  const parent = dirname(folder);
  if (parent !== folder) await makeFolder(parent);
  await mkdir(folder).catch(async (thrown) => {
    // Another process may have been faster.
    if (!(await stat(folder).catch(() => null))?.isDirectory()) throw thrown;
  });
}

/**
 * Makes the file's folder, and gives the path behind links. Throws `output-unwritable`, also where a folder or a device
 * stands there: renaming would put a file in its place.
 */
export async function prepareFile(path: string): Promise<string> {
  const target = await realpath(path).catch(() => path);
  await prepareFolder(dirname(target), path);
  const found = await stat(target).catch(() => null);
  if (found && !found.isFile()) throw unwritable(path, Object.assign(new Error('no regular file'), { code: 'EISDIR' }));
  return target;
}

/** `write` may write less than it was given. */
async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done)).bytesWritten;
}

/** Does `work` while no other instance does any under the same path. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  await takeLock(lock);
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function takeLock(lock: string): Promise<void> {
  const deadline = Date.now() + LOCK_PATIENCE_MS;
  await guarded(lock, () => makeFolder(dirname(lock)));
  for (;;) {
    try {
      await (await open(lock, 'wx', 0o600)).close();
      return;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw unwritable(lock, thrown);
      const held = await stat(lock).catch(() => null);
      if (held && Date.now() - held.mtimeMs > LOCK_STALE_MS) await rm(lock, { force: true });
      else if (Date.now() > deadline) throw unwritable(lock, thrown);
      else await wait(LOCK_RETRY_MS);
    }
  }
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
  EISDIR: ' A folder or a device of that name is in the way.',
  EROFS: ' The disk is read-only.',
};

function unwritable(path: string, thrown: unknown): LabError {
  const why = WHY[(thrown as NodeJS.ErrnoException).code ?? ''] ?? '';
  return new LabError('output-unwritable', `${path} cannot be written.${why}`, 'Check its permissions, or choose another place.', {
    detail: thrown instanceof Error ? thrown.message : String(thrown),
    cause: thrown,
  });
}
