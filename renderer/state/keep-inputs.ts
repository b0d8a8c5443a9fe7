/** Inputs and their arrays: kept when something is opened, read again where memory was needed for something else. */
import { LabError } from '../../models/lab-error';
import { firstWindow } from '../../models/modality/text-windows';
import type { Decoded, LabContext } from './context';
import { mostBytes } from './most-bytes';
import type { LabInput, Sample } from './types';

/** The text of a sample as it was opened; an edit makes another id. */
const textIdOf = (sampleId: string): string => `text of ${sampleId}`;

/** Whether the text on the stage is another than its sample's. */
export function isEdited(input: LabInput): boolean {
  return input.kind === 'text' && input.textId !== textIdOf(input.sampleId);
}

/** Neither edited nor lost with what memory could not hold: reading the sample again gives the same. */
export function canBeReadAgain(sample: Sample | undefined, input: LabInput): boolean {
  return sample?.origin === 'built-in' && !isEdited(input);
}

export function keepInput(context: LabContext, sampleId: string, name: string, decoded: Decoded): LabInput {
  const { notes } = decoded;
  if (decoded.kind === 'image') {
    const pictureId = `picture of ${sampleId}`;
    context.arrays.pictures.set(pictureId, decoded.image);
    return { kind: 'image', sampleId, name, pictureId, notes };
  }
  const textId = textIdOf(sampleId);
  context.arrays.texts.set(textId, decoded.bytes);
  const part = firstWindow(decoded.bytes, mostBytes(context.store.getState()));
  return { kind: 'text', sampleId, name, textId, byteCount: decoded.bytes.length, masks: [], part, notes };
}

export function isKept({ arrays }: LabContext, input: LabInput): boolean {
  return input.kind === 'image' ? arrays.pictures.has(input.pictureId) : arrays.texts.has(input.textId);
}

/**
 * Puts the arrays of an input back under their ids: a shipped sample can be read again, a file of a person's own cannot,
 * and no more can an edited text.
 */
export async function bringBack(context: LabContext, input: LabInput, signal: AbortSignal): Promise<void> {
  const sample = context.store.getState().samples.find((entry) => entry.id === input.sampleId);
  if (!canBeReadAgain(sample, input)) throw gone(input.name);
  const bytes = await context.host.sampleRead({ sampleId: input.sampleId }, { signal });
  const decoded = await context.decode(new Blob([bytes as Uint8Array<ArrayBuffer>]), input.name, { modality: input.kind, signal });
  if (decoded.kind === 'image' && input.kind === 'image') context.arrays.pictures.set(input.pictureId, decoded.image);
  if (decoded.kind === 'text' && input.kind === 'text') context.arrays.texts.set(input.textId, decoded.bytes);
}

export function gone(name: string): LabError {
  return new LabError('file-unreadable', `${name} is no longer in memory: newer files took its place.`, 'Open the file again.');
}
