/** Writes that leave either the old or the new file, and a lock so that two instances do not undo each other's. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { LabError } from '../../models/lab-error';

/** A lock older than this was left by an instance that was killed: the work under a lock takes milliseconds. */
const LOCK_STALE_MS = 10_000;
const LOCK_PATIENCE_MS = 12_000;
const LOCK_RETRY_MS = 20;

/** Temporary file beside the target, fsync, rename. Creates the folder. */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}-${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw unwritable(path, thrown);
  }
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
  await mkdir(dirname(lock), { recursive: true }).catch((thrown) => {
    throw unwritable(lock, thrown);
  });
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

function unwritable(path: string, thrown: unknown): LabError {
  return new LabError('output-unwritable', `${path} cannot be written.`, 'Check the folder’s permissions and free space.', {
    detail: thrown instanceof Error ? thrown.message : String(thrown),
    cause: thrown,
  });
}
