/**
 * The models there are: the zoo we ship, and folders named on the command line. Knows where they lie; tells windows ids,
 * sizes and byte ranges, never a path. A model that cannot be read is left out of the list and asked for by name says why.
 */
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { isWeightsFile } from '../../models/checkpoint/checkpoint';
import { LabError } from '../../models/lab-error';
import type { ModelInfo } from '../../models/runtime/types';
import { MODEL_READ_LIMIT, MODEL_TEXTS, type ModelEntry } from '../contract/host';
import { type ModelFolder, openModelFolder, readRange } from '../engine/model-folder';

/** What a model's card says about it beside its configuration; a card may say more. */
const cardSchema = z.object({ title: z.string(), summary: z.string(), license: z.string() });

export type ReadModelInfo = (source: ModelFolder) => Promise<ModelInfo>;

interface Known {
  readonly id: string;
  readonly folder: string;
  readonly origin: ModelEntry['origin'];
}

export class ModelStore {
  readonly #zoo: string;
  readonly #readInfo: ReadModelInfo;
  readonly #log: (sentence: string) => void;
  readonly #entries = new Map<string, Promise<ModelEntry>>();
  readonly #folders = new Map<string, Known>();

  constructor(zoo: string, readInfo: ReadModelInfo, log: (sentence: string) => void) {
    this.#zoo = zoo;
    this.#readInfo = readInfo;
    this.#log = log;
  }

  /** Every model that can be opened, the zoo's first. */
  async list(): Promise<ModelEntry[]> {
    const entries = await Promise.all(
      (await this.#known()).map((known) =>
        this.#entry(known).catch((thrown) => {
          this.#log(LabError.from(thrown).message);
          return null;
        }),
      ),
    );
    return entries.filter((entry) => entry !== null);
  }

  /** Rejects with `model-unknown`, or with what is wrong with the model. */
  async get(modelId: string): Promise<ModelEntry> {
    return this.#entry(await this.#find(modelId));
  }

  /** A checkpoint folder on this machine, as the command line names it. Its id is its resolved path. */
  async addFolder(path: string): Promise<ModelEntry> {
    const folder = resolve(path);
    const id = `folder:${await realpath(folder).catch(() => folder)}`;
    const known: Known = { id, folder, origin: 'folder' };
    const entry = await this.#entry(known);
    this.#folders.set(id, known);
    return entry;
  }

  /** Folder of every model by id: what an engine's process is told. */
  async folders(): Promise<Record<string, string>> {
    return Object.fromEntries((await this.#known()).map(({ id, folder }) => [id, folder]));
  }

  /** Sizes of the files that a window may read, by bare name. */
  async files(modelId: string): Promise<Record<string, number>> {
    const { folder } = await this.#find(modelId);
    const names = (await readdir(folder).catch(() => [])).filter(isModelFile);
    const sizes = new Map<string, number>();
    for (const name of names) {
      const found = await stat(join(folder, name)).catch(() => null);
      if (found?.isFile()) sizes.set(name, found.size);
    }
    return Object.fromEntries(sizes);
  }

  /** Bytes of a text or of weights of the model; no other file of the folder can be named, and no path. */
  async read(modelId: string, file: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const { folder } = await this.#find(modelId);
    if (!isModelFile(file) || length > MODEL_READ_LIMIT) {
      throw new LabError(
        'input-invalid',
        'This part of the model cannot be read.',
        'Read at most 16 MiB of a file of the model at a time.',
      );
    }
    return readRange(join(folder, file), offset, length);
  }

  async #find(modelId: string): Promise<Known> {
    const known = (await this.#known()).find((candidate) => candidate.id === modelId);
    if (known) return known;
    const names = (await this.#known()).map(({ id }) => id).join(', ');
    throw new LabError(
      'model-unknown',
      `There is no model “${modelId}”.`,
      names === '' ? 'Install Perceiver Lab again.' : `The models are ${names}.`,
    );
  }

  async #known(): Promise<Known[]> {
    const inZoo = await readdir(this.#zoo, { withFileTypes: true }).catch(() => []);
    const zoo = inZoo
      .filter((entry) => entry.isDirectory())
      .map((entry): Known => ({ id: entry.name, folder: join(this.#zoo, entry.name), origin: 'built-in' }))
      .sort((a, b) => a.id.localeCompare(b.id));
    return [...zoo, ...this.#folders.values()];
  }

  #entry(known: Known): Promise<ModelEntry> {
    let entry = this.#entries.get(known.id);
    if (!entry) {
      entry = this.#readEntry(known);
      this.#entries.set(known.id, entry);
      // A folder can be mended: what failed is read again the next time.
      entry.catch(() => this.#entries.delete(known.id));
    }
    return entry;
  }

  async #readEntry({ id, folder, origin }: Known): Promise<ModelEntry> {
    const info = await this.#readInfo(await openModelFolder(id, folder));
    const card = cardSchema.safeParse(await readCard(folder));
    const written = card.success
      ? card.data
      : { title: basename(folder), summary: summaryOf(info, basename(folder)), license: 'not stated' };
    return { id, ...written, origin, info: info as ModelEntry['info'] };
  }
}

/** What is said of a folder without a card: the head, and what is to be known of its weights. */
function summaryOf({ architecture, notes }: ModelInfo, folder: string): string {
  const summary = `${architecture} from ${folder}`;
  return notes.length === 0 ? summary : `${summary}. ${notes.join(' ')}`;
}

/** Files of a model's folder that a window may read. */
function isModelFile(name: string): boolean {
  return MODEL_TEXTS.includes(name) || isWeightsFile(name);
}

async function readCard(folder: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(join(folder, 'card.json'), 'utf8'));
  } catch {
    // A folder of one's own needs no card.
    return null;
  }
}
