/**
 * Attention of a run as files: pictures to look at, and every map of the encoder, the layers and the decoder under the
 * names Hugging Face's outputs have (cross_attentions.0, attentions.0 …, cross_attentions.1).
 */
import { basename, extname, join } from 'node:path';
import { LabError } from '../../models/lab-error';
import type { AttentionAnswer, AttentionQuestion, AttentionStep, RunResult } from '../../models/runtime/types';
import { prepareFolder, writeWhole } from '../host/atomic-write';
import { encodeInput, encodePng, galleryPicture, mapPicture, type Picture } from './map-pictures';
import { type PlannedTensor, writeSafetensors } from './safetensors-file';
import type { Session } from './session';

/** A gallery's thumbnails have at most this many cells a side, as in the window. */
const THUMBNAIL_CELLS = 32;
/** Pixels of a picture for itself. */
const SIDE = 768;

/** Names of folders inside the attention folder: an input's file name without its ending (and its line), numbered where two are alike. */
export function folderNamer(): (input: string) => string {
  const taken = new Set<string>();
  return (input) => {
    const [, named, line] = /^(.*?)(?::(\d+))?$/s.exec(basename(input))!;
    const file = named === '-' ? 'stdin' : named!;
    const wanted = `${file.slice(0, file.length - extname(file).length) || file}${line === undefined ? '' : `-line-${line}`}`;
    let name = wanted;
    for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${wanted}-${number}`;
    taken.add(name.toLowerCase());
    return name;
  };
}

/** Writes into `folder`: attention.safetensors, latents.png, composed.png and, for a picture, input.png. */
export async function writeAttention(session: Session, run: RunResult, folder: string, signal: AbortSignal): Promise<void> {
  await prepareFolder(folder);
  const ask = (step: AttentionStep, rest: Partial<AttentionQuestion> = {}): Promise<AttentionAnswer> =>
    session.ask({ runId: run.runId, step, head: 'mean', rows: 'all', ...rest }, signal);
  await writeSafetensors(join(folder, 'attention.safetensors'), tensorsOf(session, run, ask));
  const write = async (file: string, encoded: Promise<Uint8Array>): Promise<void> => {
    const png = await encoded;
    await writeWhole(join(folder, file), (piece) => piece(png));
  };
  await write('latents.png', encodePng(await latentsPicture(run, ask)));
  await write('composed.png', encodePng(await composedPicture(run, ask)));
  if (run.shown.kind === 'image') await write('input.png', encodeInput(run.shown.image, SIDE));
}

type Ask = (step: AttentionStep, rest?: Partial<AttentionQuestion>) => Promise<AttentionAnswer>;

function tensorsOf({ info }: Session, run: RunResult, ask: Ask): PlannedTensor[] {
  const planned = (name: string, step: AttentionStep, shape: readonly [number, number, number]): PlannedTensor => ({
    name,
    shape: [1, ...shape],
    values: async () => (await ask(step, { head: 'each' })).weights,
  });
  const layers = Array.from({ length: info.blocks * info.layersPerBlock }, (_, index) => {
    const step = { kind: 'layer', block: Math.floor(index / info.layersPerBlock), layer: index % info.layersPerBlock } as const;
    return planned(`attentions.${index}`, step, [info.layerHeads, info.latents, info.latents]);
  });
  return [
    planned('cross_attentions.0', { kind: 'encoder' }, [info.encoderHeads, info.latents, run.inputRows]),
    ...layers,
    planned('cross_attentions.1', { kind: 'decoder' }, [info.decoderHeads, run.queries, info.latents]),
  ];
}

/** Where each latent looks, heads averaged: a thumbnail each for a picture, a row each for a text. */
async function latentsPicture({ layout, inputRows }: RunResult, ask: Ask): Promise<Picture> {
  if (layout.kind === 'sequence') {
    const { weights, rows } = await ask({ kind: 'encoder' });
    return mapPicture(rowsToOwnScale(weights, inputRows), rows.length, inputRows, SIDE);
  }
  const grid = { height: Math.min(layout.height, THUMBNAIL_CELLS), width: Math.min(layout.width, THUMBNAIL_CELLS) };
  const { weights, rows } = await ask({ kind: 'encoder' }, { grid });
  return galleryPicture(weights, rows.length, grid.height, grid.width);
}

/** What reaches the outputs through the latents (attention rollout, half of each layer kept as the residual). */
async function composedPicture({ layout, inputRows }: RunResult, ask: Ask): Promise<Picture> {
  const { weights, rows } = await ask({ kind: 'composed', countResidual: true });
  if (layout.kind === 'sequence') return mapPicture(rowsToOwnScale(weights, inputRows), rows.length, inputRows, SIDE);
  if (weights.length !== layout.height * layout.width)
    throw new LabError('internal', 'The composed map does not fit the picture.', 'Report the problem.');
  return mapPicture(weights, layout.height, layout.width, SIDE);
}

/** Each row from 0 to 1 of its own highest: rows of a text are read one by one. */
function rowsToOwnScale(weights: Float32Array, columns: number): Float32Array {
  const scaled = Float32Array.from(weights);
  for (let start = 0; start < scaled.length; start += columns) {
    const row = scaled.subarray(start, start + columns);
    const highest = row.reduce((most, value) => Math.max(most, value), 0);
    for (let at = 0; at < row.length && highest > 0; at++) row[at] = row[at]! / highest;
  }
  return scaled;
}
