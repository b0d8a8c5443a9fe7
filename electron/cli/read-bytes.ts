/** Bytes of a file or of standard input, never more than a limit: a file may grow, and a pipe has no size. */
import { open, stat } from 'node:fs/promises';
import { LabError } from '../../models/lab-error';

const MEGABYTE = 1_000_000;

/** Looked at before it is opened: opening a pipe that nobody writes to waits for ever. A pipe itself is read to its end. */
export async function readFileBytes(path: string, shown: string, limit: number): Promise<Uint8Array> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new LabError('file-unreadable', `${shown} is a folder.`, 'Name a file in it.');
    if (!found.isFile() && !found.isFIFO()) throw notAFile(shown);
    if (found.size > limit) throw tooLarge(shown, found.size, limit);
    const file = await open(path, 'r');
    try {
      return await collect(file.createReadStream({ autoClose: false }), shown, limit);
    } finally {
      await file.close();
    }
  } catch (thrown) {
    throw thrown instanceof LabError ? thrown : unreadable(shown, thrown);
  }
}

export function notAFile(shown: string): LabError {
  return new LabError('file-unreadable', `${shown} is a device, a pipe or a socket, not a file.`, 'Name a file, or - for standard input.');
}

export function readStdin(limit: number): Promise<Uint8Array> {
  return collect(process.stdin, 'standard input', limit);
}

async function collect(stream: AsyncIterable<Uint8Array>, shown: string, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > limit) throw tooLarge(shown, size, limit);
    chunks.push(chunk);
  }
  if (size === 0) throw new LabError('file-empty', `${sentenceStart(shown)} is empty.`, 'Choose a file with something in it.');
  return new Uint8Array(Buffer.concat(chunks));
}

function sentenceStart(shown: string): string {
  return shown === 'standard input' ? 'Standard input' : shown;
}

function tooLarge(shown: string, size: number, limit: number): LabError {
  const inMegabytes = (bytes: number): string => `${Math.floor(bytes / MEGABYTE).toLocaleString('en')} MB`;
  return new LabError(
    'file-too-large',
    `${sentenceStart(shown)} has at least ${inMegabytes(size)}; files up to ${inMegabytes(limit)} are read.`,
    'Choose a smaller file, or split it.',
  );
}

const WHY: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  ENOENT: ['There is no file', 'Check the path.'],
  ENOTDIR: ['There is no file', 'Check the path.'],
  ENAMETOOLONG: ['There is no file', 'Check the path.'],
  EACCES: ['You may not read', 'Change the file’s permissions, or choose another.'],
  EPERM: ['You may not read', 'Change the file’s permissions, or choose another.'],
};

export function unreadable(shown: string, thrown: unknown): LabError {
  const code = (thrown as NodeJS.ErrnoException).code ?? '';
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  // A shell's <(command): npm closes every pipe but the three standard ones.
  if (/^\/(?:dev|proc\/self)\/fd\//.test(shown)) {
    return new LabError('file-unreadable', `The pipe ${shown} did not get here.`, 'Lead it into standard input, and name - instead.', {
      detail,
    });
  }
  const why = WHY[code];
  if (why) return new LabError('file-unreadable', `${why[0]} ${shown}.`, why[1], { detail, cause: thrown });
  return new LabError('file-unreadable', `${shown} cannot be read.`, 'Check the disk and try again.', { detail, cause: thrown });
}
