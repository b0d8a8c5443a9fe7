/** The samples we ship: `samples.json` names each file with its licence and source; nothing outside the folder is read. */
import { readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { z } from 'zod';
import { LabError } from '../../models/lab-error';
import { type SampleEntry, sampleEntrySchema } from '../contract/host';

const listSchema = z.array(
  sampleEntrySchema.extend({ file: z.string(), author: z.string().optional(), masks: sampleEntrySchema.shape.masks.default([]) }),
);
type Listed = z.output<typeof listSchema>[number];

/** Samples are small; a larger file is a mistake in the list. */
const MAX_SAMPLE_BYTES = 16 * 1024 * 1024;

export class SampleStore {
  readonly #folder: string;
  #listed: Promise<readonly Listed[]> | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async list(): Promise<SampleEntry[]> {
    return (await this.#load()).map(({ file: _file, author, ...entry }) => ({
      ...entry,
      // Who made it stands with where it is from: several licences ask for it.
      source: author === undefined ? entry.source : `${author}, ${entry.source}`,
    }));
  }

  async read(sampleId: string): Promise<Uint8Array<ArrayBuffer>> {
    const sample = (await this.#load()).find((entry) => entry.id === sampleId);
    if (!sample) throw new LabError('file-unreadable', `There is no sample “${sampleId}”.`, 'Choose one of the samples in the sidebar.');
    const folder = await realpath(this.#folder);
    const path = await realpath(join(folder, sample.file)).catch(() => null);
    const usable = path?.startsWith(folder + sep) && (await stat(path)).size <= MAX_SAMPLE_BYTES;
    if (!path || !usable)
      throw new LabError('file-unreadable', `The sample “${sample.name}” cannot be read.`, 'Install Perceiver Lab again.');
    return new Uint8Array(await readFile(path));
  }

  #load(): Promise<readonly Listed[]> {
    this.#listed ??= readList(join(this.#folder, 'samples.json'));
    return this.#listed;
  }
}

async function readList(path: string): Promise<readonly Listed[]> {
  try {
    return listSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (thrown) {
    throw new LabError('file-unreadable', 'The list of samples cannot be read.', 'Install Perceiver Lab again.', {
      detail: thrown instanceof Error ? thrown.message : String(thrown),
      cause: thrown,
    });
  }
}
