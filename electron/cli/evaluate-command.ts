/** `evaluate`: the figures of a model's card as TypeScript computes them, over the same held-out files and in the same words as the training side. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { z } from 'zod';
import { LabError } from '../../models/lab-error';
import type { RgbaImage } from '../../models/runtime/types';
import type { ProcessEngine } from '../contract/engine-process';
import { writeWhole } from '../host/atomic-write';
import { findFolders } from '../host/folders';
import type { Output } from './output';
import { unreadable } from './read-bytes';
import { openSession, type Session } from './session';

export interface EvaluateOptions {
  readonly engine: ProcessEngine | null;
  /** Folder with cifar10/ and text/; null: ../shared/data beside the project. */
  readonly data: string | null;
  readonly limit: number | null;
  /** Puts the figures into the model's card.json. */
  readonly write: boolean;
  readonly folder: string;
}

export async function evaluateCommand(model: string, options: EvaluateOptions, output: Output, signal: AbortSignal): Promise<boolean> {
  const { root } = findFolders(import.meta.dirname);
  const data = options.data === null ? join(root, '..', 'shared', 'data') : resolve(options.folder, options.data);
  const card = join(root, 'models', 'zoo', model, 'card.json');
  if (options.write && !existsSync(card)) {
    throw new LabError(
      'usage',
      `${model} is no built-in model, and has no card that --write could put the figures into.`,
      'Leave --write out.',
    );
  }
  const session = await openSession(model, { engine: options.engine, folder: options.folder, say: output.say });
  try {
    const start = performance.now();
    const work = { session, data, root, limit: options.limit ?? Number.POSITIVE_INFINITY, output, signal };
    if (session.info.task === 'text-classification')
      throw new LabError(
        'model-unsupported',
        `${model} is a text classifier, for which no held-out data is named here.`,
        'Choose another model.',
      );
    const figures = session.info.task === 'image-classification' ? await evaluateImages(work) : await evaluateText(work);
    const seconds = Math.round((performance.now() - start) / 100) / 10;
    process.stdout.write(`${JSON.stringify({ model, engine: session.engine, heldOut: figures, seconds }, null, 2)}\n`);
    if (options.write) await writeToCard(card, figures);
    return true;
  } finally {
    output.progressEnd();
    await session.close();
  }
}

async function writeToCard(path: string, figures: object): Promise<void> {
  const card = cardSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  const text = `${JSON.stringify({ ...card, heldOut: { ...card.heldOut, typescript: figures } }, null, 2)}\n`;
  await writeWhole(path, (write) => write(new TextEncoder().encode(text)));
}

interface Work {
  readonly session: Session;
  readonly data: string;
  readonly root: string;
  readonly limit: number;
  readonly output: Output;
  readonly signal: AbortSignal;
}

async function readHeldOut(path: string): Promise<Uint8Array> {
  return readFile(path).catch((thrown) => {
    throw (thrown as NodeJS.ErrnoException).code === 'ENOENT'
      ? new LabError('file-unreadable', `There is no file ${path}.`, 'Name the folder that holds cifar10/ and text/ with --data.')
      : unreadable(path, thrown);
  });
}

/** CIFAR-10's test images lie in one lossless sheet of 100 × 100 tiles of 32 × 32 pixels, row by row. */
const TILE = 32;
const TILES_ACROSS = 100;

async function readSheet(path: string): Promise<Uint8Array> {
  const bytes = await readHeldOut(path);
  const damaged = (thrown: unknown): LabError =>
    new LabError('image-damaged', `${path} is not the sheet of test images.`, 'Get the data set again.', { detail: String(thrown) });
  const side = TILE * TILES_ACROSS;
  const { data, info } = await sharp(bytes, { limitInputPixels: false })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((thrown) => Promise.reject(damaged(thrown)));
  if (info.width !== side || info.height !== side) throw damaged(`${info.width} × ${info.height} pixels`);
  return data;
}

async function evaluateImages({ session, data, limit, output, signal }: Work): Promise<object> {
  const folder = join(data, 'cifar10');
  const names = new TextDecoder()
    .decode(await readHeldOut(join(folder, 'labels.txt')))
    .trim()
    .split(/\s+/);
  const labels = await readHeldOut(join(folder, 'test_labels.u8'));
  const sheet = await readSheet(join(folder, 'test.png'));
  const count = Math.min(limit, labels.length);
  const correct = names.map(() => 0);
  const total = names.map(() => 0);
  for (let index = 0; index < count; index++) {
    if (index % 20 === 0) output.progress(index, `of ${count} images`);
    const { output: answer, runId } = await session.run({ modality: 'image', image: tileOf(sheet, index) }, 1, signal);
    await session.forget(runId);
    const label = labels[index]!;
    total[label]! += 1;
    if (answer.kind === 'classes' && answer.classes[0]?.label === names[label]) correct[label]! += 1;
  }
  const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
  const perClass = names.map((name, label) => [name, total[label]! === 0 ? null : percent(correct[label]! / total[label]!)]);
  return { top1: percent(sum(correct) / count), correct: sum(correct), images: count, perClass: Object.fromEntries(perClass) };
}

/** A share in percent with two digits, as the cards have it. */
const percent = (share: number): number => Math.round(10_000 * share) / 100;

function tileOf(sheet: Uint8Array, index: number): RgbaImage {
  const data = new Uint8Array(TILE * TILE * 4);
  const stride = TILES_ACROSS * TILE * 4;
  const corner = Math.floor(index / TILES_ACROSS) * TILE * stride + (index % TILES_ACROSS) * TILE * 4;
  for (let row = 0; row < TILE; row++) data.set(sheet.subarray(corner + row * stride, corner + row * stride + TILE * 4), row * TILE * 4);
  return { width: TILE, height: TILE, data };
}

const count = z.number().int().nonnegative();
const masksSchema = z.object({
  format: z.literal(1),
  source: z.string(),
  sha256: z.string(),
  sets: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['random', 'word']),
      /** Offset and length in the text, and the masked positions counted from the offset. */
      windows: z.array(z.tuple([count, count.min(1), z.array(count).min(1)])),
    }),
  ),
});
const cardSchema = z.looseObject({ heldOut: z.looseObject({}) });
type MaskSet = z.output<typeof masksSchema>['sets'][number];

const TOP = 5;

async function evaluateText({ root, data, limit, ...work }: Work): Promise<object> {
  const masks = masksSchema.parse(JSON.parse(await readFile(join(root, 'models', 'training', 'heldout-masks.json'), 'utf8')));
  const text = await readHeldOut(join(data, masks.source));
  if (createHash('sha256').update(text).digest('hex') !== masks.sha256) {
    throw new LabError(
      'input-invalid',
      `${masks.source} is not the text the masks were made for.`,
      'Use the same held-out file on both sides.',
    );
  }
  const figures: Record<string, object> = {};
  for (const set of masks.sets) figures[set.name] = await evaluateSet({ ...set, windows: set.windows.slice(0, limit) }, text, work);
  return figures;
}

async function evaluateSet(
  { name, kind, windows }: MaskSet,
  text: Uint8Array,
  { session, output, signal }: Pick<Work, 'session' | 'output' | 'signal'>,
): Promise<object> {
  let [masked, top1, top5, exact, within] = [0, 0, 0, 0, 0];
  for (const [index, [offset, length, positions]] of windows.entries()) {
    if (index % 10 === 0) output.progress(index, `of ${windows.length} windows, ${name}`);
    const bytes = text.slice(offset, offset + length);
    const input = { modality: 'text', bytes, masks: positions.map((start) => ({ start, end: start + 1 })) } as const;
    const { output: answer, runId } = await session.run(input, TOP, signal);
    await session.forget(runId);
    if (answer.kind !== 'bytes') throw new RangeError(`a text model answered with ${answer.kind}`);
    const ranks = positions.map((at) => answer.topBytes.subarray(at * answer.topK, (at + 1) * answer.topK).indexOf(bytes[at]!));
    masked += ranks.length;
    top1 += ranks.filter((rank) => rank === 0).length;
    top5 += ranks.filter((rank) => rank >= 0).length;
    if (ranks.every((rank) => rank === 0)) exact += 1;
    if (ranks.every((rank) => rank >= 0)) within += 1;
  }
  const words = kind === 'word' ? { exact: percent(exact / windows.length), within5: percent(within / windows.length) } : {};
  return { ...words, top1: percent(top1 / masked), top5: percent(top5 / masked), masks: masked, windows: windows.length };
}
