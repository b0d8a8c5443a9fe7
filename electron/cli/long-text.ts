/** Text of any length through a model with a fixed number of positions: its first part, or windows slid over the whole. */
import { LabError } from '../../models/lab-error';
import { SPECIAL_POSITIONS } from '../../models/modality/text';
import { firstWindow, spansInside, textWindows } from '../../models/modality/text-windows';
import { type ByteSpan, type RunResult, STAGE_NAMES, type Timings } from '../../models/runtime/types';
import type { Session } from './session';

export type LongText = 'first' | 'slide';

export interface MaskedByte {
  /** Byte offset in the text. */
  readonly position: number;
  readonly top: readonly { readonly byte: number; readonly probability: number }[];
}

export interface TextAnswer {
  readonly masked: readonly MaskedByte[];
  /** The text with every masked byte replaced by the most probable one. */
  readonly filled: Uint8Array;
  /** Of all windows together. */
  readonly timingsMs: Timings;
  readonly notes: readonly string[];
}

export interface TextRunOptions {
  readonly topK: number;
  readonly long: LongText;
  readonly signal: AbortSignal;
  /** Told of every run before it is forgotten, with the bytes it read: the place for questions. */
  readonly onRun?: (run: RunResult, window: ByteSpan) => Promise<void>;
}

/** Throws `input-invalid` for a mask outside the text or outside the part that is read. */
export async function runText(
  session: Session,
  bytes: Uint8Array,
  masks: readonly ByteSpan[],
  options: TextRunOptions,
): Promise<TextAnswer> {
  const limit = session.info.inputRows - SPECIAL_POSITIONS;
  return bytes.length > limit && options.long === 'slide'
    ? slide(session, bytes, masks, limit, options)
    : readFirst(session, bytes, masks, limit, options);
}

async function readFirst(
  session: Session,
  bytes: Uint8Array,
  masks: readonly ByteSpan[],
  limit: number,
  options: TextRunOptions,
): Promise<TextAnswer> {
  const window = firstWindow(bytes, limit);
  checkMasks(bytes, masks, window, 'Add --long slide to slide over the whole text.');
  const run = await runWindow(session, bytes, masks, window, options);
  const left = bytes.length - window.end;
  const filled = bytes.slice();
  filled.set(outputOf(run).filled, 0);
  return {
    masked: maskedBytes(run, window, { start: 0, end: bytes.length }),
    filled,
    timingsMs: run.timingsMs,
    notes: left === 0 ? [] : [leftOut(window.end, left, ' (--long slide reads all)')],
  };
}

function checkInside(bytes: Uint8Array, masks: readonly ByteSpan[]): void {
  const outside = masks.find(({ end }) => end > bytes.length);
  if (!outside) return;
  throw new LabError(
    'input-invalid',
    `The mask ${outside.start}:${outside.end} does not lie in a text of ${bytes.length.toLocaleString('en')} bytes.`,
    'A mask is START:END in bytes from 0, END not included.',
  );
}

/** Throws `input-invalid` for a mask outside the text or outside the first part of it that is read. */
export function checkMasks(bytes: Uint8Array, masks: readonly ByteSpan[], { end: read }: ByteSpan, hint = 'Mask what is read.'): void {
  checkInside(bytes, masks);
  const beyond = masks.find(({ end }) => end > read);
  if (!beyond) return;
  throw new LabError(
    'input-invalid',
    `The mask ${beyond.start}:${beyond.end} lies behind the first ${read.toLocaleString('en')} bytes, which is what the model reads of this text.`,
    hint,
  );
}

export function leftOut(read: number, left: number, more = ''): string {
  return `The first ${read.toLocaleString('en')} bytes were read; ${left.toLocaleString('en')} bytes were left out${more}.`;
}

/** Only windows that answer for a masked byte are run; without a mask the first alone, for its timings and maps. */
async function slide(
  session: Session,
  bytes: Uint8Array,
  masks: readonly ByteSpan[],
  limit: number,
  options: TextRunOptions,
): Promise<TextAnswer> {
  checkInside(bytes, masks);
  const all = textWindows(bytes.length, limit);
  const asked = all.filter(({ answers }) => spansInside(masks, answers).length > 0);
  const windows = asked.length > 0 ? asked : all.slice(0, 1);
  const filled = bytes.slice();
  const masked: MaskedByte[] = [];
  let timingsMs: Timings | null = null;
  for (const window of windows) {
    const run = await runWindow(session, bytes, masks, window, options);
    const answered = maskedBytes(run, window, window.answers);
    for (const { position, top } of answered) filled[position] = top[0]?.byte ?? filled[position]!;
    masked.push(...answered);
    timingsMs = timingsMs ? addTimings(timingsMs, run.timingsMs) : run.timingsMs;
  }
  if (!timingsMs) throw new RangeError('a text has at least one window');
  const note = `The text was read in ${all.length} overlapping windows of ${limit.toLocaleString('en')} bytes; ${windows.length} of them ${windows.length === 1 ? 'was' : 'were'} run.`;
  return { masked, filled, timingsMs, notes: [note] };
}

async function runWindow(
  session: Session,
  bytes: Uint8Array,
  masks: readonly ByteSpan[],
  window: ByteSpan,
  { topK, signal, onRun }: TextRunOptions,
): Promise<RunResult> {
  const input = { modality: 'text', bytes: bytes.slice(window.start, window.end), masks: spansInside(masks, window) } as const;
  const run = await session.run(input, topK, signal);
  try {
    await onRun?.(run, window);
  } finally {
    await session.forget(run.runId);
  }
  return run;
}

function outputOf(run: RunResult): Extract<RunResult['output'], { kind: 'bytes' }> {
  if (run.output.kind !== 'bytes') throw new RangeError(`a text model answered with ${run.output.kind}`);
  return run.output;
}

function maskedBytes(run: RunResult, window: ByteSpan, answers: ByteSpan): MaskedByte[] {
  const { masked, topK, topBytes, topProbabilities } = outputOf(run);
  return masked
    .filter((at) => at + window.start >= answers.start && at + window.start < answers.end)
    .map((at) => ({
      position: at + window.start,
      top: Array.from({ length: topK }, (_, rank) => ({
        byte: topBytes[at * topK + rank]!,
        probability: topProbabilities[at * topK + rank]!,
      })),
    }));
}

function addTimings(a: Timings, b: Timings): Timings {
  const names = [...STAGE_NAMES, 'total'] as const;
  return Object.fromEntries(names.map((name) => [name, a[name] + b[name]])) as Timings;
}
