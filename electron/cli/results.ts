/** What the command line prints: one JSON object a line (docs/cli.md, stable), or something to read on a terminal. */
import { styleText } from 'node:util';
import type { LabErrorData } from '../../models/lab-error';
import { characterOfByte } from '../../models/modality/text';
import type { EngineName, Timings } from '../../models/runtime/types';
import type { TextAnswer } from './long-text';

/** What came out of one input, whatever its name was. */
export type ResultBody = { readonly timingsMs: Timings; readonly notes: readonly string[] } & (
  | { readonly kind: 'classes'; readonly classes: readonly { readonly label: string; readonly probability: number }[] }
  | { readonly kind: 'text'; readonly bytes: Uint8Array; readonly answer: TextAnswer }
);

export type Result = ResultBody & { readonly input: string; readonly model: string; readonly engine: EngineName };

export interface FailedResult {
  /** Absent where no input is to blame. */
  readonly input?: string;
  readonly error: LabErrorData;
}

/** Seven digits: what float32 holds. */
const precise = (probability: number): number => Number(probability.toPrecision(7));
const microseconds = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;
const asText = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

export function resultJson(result: Result): string {
  const { input, model, engine, timingsMs, notes } = result;
  const timings = Object.fromEntries(Object.entries(timingsMs).map(([name, value]) => [name, microseconds(value)]));
  const head = { input, model, engine, timings_ms: timings };
  const tail = notes.length > 0 ? { notes } : {};
  if (result.kind === 'classes') {
    const classes = result.classes.map(({ label, probability }) => ({ label, probability: precise(probability) }));
    return JSON.stringify({ ...head, classes, ...tail });
  }
  const masked = result.answer.masked.map(({ position, top }) => ({
    position,
    top: top.map(({ byte, probability }) => ({ byte, text: characterOfByte(byte), probability: precise(probability) })),
  }));
  return JSON.stringify({ ...head, masked, filled: asText(result.answer.filled), ...tail });
}

export function failureJson({ input, error }: FailedResult): string {
  const { code, message, hint } = error;
  return JSON.stringify({ ...(input === undefined ? {} : { input }), error: { code, message, hint } });
}

export interface Page {
  readonly colour: boolean;
  readonly columns: number;
}

type Style = Parameters<typeof styleText>[0];
const painted = (page: Page, style: Style, text: string): string =>
  page.colour ? styleText(style, text, { validateStream: false } as never) : text;

/** `64.2 %`; `100.0 %` only where it is exact, `< 0.1 %` where it would round to nothing. */
export function percent(probability: number): string {
  if (probability > 0 && probability < 0.001) return '< 0.1 %';
  const rounded = (probability * 100).toFixed(1);
  return `${rounded === '100.0' && probability < 1 ? '> 99.9' : rounded} %`;
}

export function resultTable(result: Result, page: Page): string {
  const { input, model, engine, timingsMs, notes } = result;
  const head = `${painted(page, 'bold', printable(input))}  ${painted(page, 'dim', `${model} · ${engine} · ${timingsMs.total.toFixed(1)} ms`)}`;
  const body = result.kind === 'classes' ? classRows(result.classes, page) : textRows(result.bytes, result.answer, page);
  return [head, ...body, ...notes.map((note) => painted(page, 'yellow', `  ${note}`)), ''].join('\n');
}

const MAX_BAR = 32;

function classRows(classes: readonly { readonly label: string; readonly probability: number }[], page: Page): string[] {
  const widest = Math.max(...classes.map(({ label }) => label.length));
  const room = Math.max(0, Math.min(MAX_BAR, page.columns - widest - 16));
  return classes.map(({ label, probability }, rank) => {
    const bar = '█'.repeat(Math.round(probability * room));
    const row = `  ${label.padEnd(widest)}  ${percent(probability).padStart(8)}  ${painted(page, 'cyan', bar)}`;
    return rank === 0 ? painted(page, 'bold', row.trimEnd()) : row.trimEnd();
  });
}

function textRows(bytes: Uint8Array, { masked, filled }: TextAnswer, page: Page): string[] {
  if (masked.length === 0) return ['  Nothing is masked; --mask START:END asks the model for the bytes from START to before END.'];
  const rows = masked.map(({ position, top }) => {
    const answers = top.map(({ byte, probability }) => `${byteName(byte)} ${percent(probability)}`);
    return `  ${String(position).padStart(6)}  ${byteName(bytes[position] ?? 0).padEnd(4)} → ${answers.join('   ')}`;
  });
  return [
    `  ${excerpt(
      masked.map(({ position }) => position),
      filled,
      page,
    )}`,
    ...rows,
  ];
}

/** A byte as a person reads it: its character, or its value where it alone is none. */
function byteName(byte: number): string {
  const character = characterOfByte(byte);
  if (character === null || byte < 0x20 || byte === 0x7f) return `0x${byte.toString(16).padStart(2, '0')}`;
  return character === ' ' ? '␠' : character;
}

/** Bytes shown around the masked ones. */
const CONTEXT = 60;

/** The filled text on one line, the filled parts marked, cut to what lies around them. */
function excerpt(positions: readonly number[], filled: Uint8Array, page: Page): string {
  const first = Math.max(0, (positions[0] ?? 0) - CONTEXT);
  const last = Math.min(filled.length, (positions.at(-1) ?? 0) + CONTEXT);
  const end = Math.min(last, first + 4 * CONTEXT);
  const masked = new Set(positions);
  const parts: string[] = [];
  for (let at = first; at < end; ) {
    const inMask = masked.has(at);
    const start = at;
    while (at < end && masked.has(at) === inMask) at += 1;
    const text = printable(asText(filled.subarray(start, at)));
    parts.push(!inMask ? text : page.colour ? painted(page, ['bold', 'cyan'], text) : `[${text}]`);
  }
  return `${first > 0 ? '… ' : ''}${parts.join('')}${end < filled.length ? ' …' : ''}`;
}

/** Control characters would move the cursor or worse. */
function printable(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\p{Cc}\u2028\u2029]/gu, '·');
}
