/** Where results and sentences go: results on stdout, everything else on stderr. */
import type { LabErrorData } from '../../models/lab-error';
import { type FailedResult, failureJson, type Page, type Result, resultJson, resultTable } from './results';

export interface Output {
  result(result: Result): void;
  /** On stdout in the result's place with --json, as a sentence on stderr always. */
  failure(failure: FailedResult): void;
  /** A sentence for the person, on stderr. */
  say(sentence: string): void;
  /** Which input is at work; shown only where stderr is a terminal. */
  progress(number: number, name: string): void;
  progressEnd(): void;
}

export interface OutputOptions {
  readonly json: boolean;
  /** Technical details of errors on stderr. */
  readonly debug: boolean;
}

const CLEAR_LINE = '\r\x1b[2K';

export function createOutput({ json, debug }: OutputOptions): Output {
  const page: Page = {
    colour: process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb',
    // A terminal may say it has none.
    columns: process.stdout.columns || 80,
  };
  const showsProgress = process.stderr.isTTY === true;
  const clear = (): void => {
    if (showsProgress) process.stderr.write(CLEAR_LINE);
  };
  const say = (sentence: string): void => {
    clear();
    process.stderr.write(`${oneLine(sentence)}\n`);
  };
  return {
    result: (result) => {
      clear();
      process.stdout.write(`${json ? resultJson(result) : resultTable(result, page)}\n`);
    },
    failure: (failure) => {
      clear();
      if (json) process.stdout.write(`${failureJson(failure)}\n`);
      say(errorSentence(failure.error));
      if (debug && failure.error.detail) process.stderr.write(`${failure.error.detail}\n`);
    },
    say,
    progress: (number, name) => {
      if (!showsProgress) return;
      const text = `${number}  ${oneLine(name)}`;
      process.stderr.write(`${CLEAR_LINE}${text.slice(0, (process.stderr.columns || 80) - 1)}`);
    },
    progressEnd: clear,
  };
}

export function errorSentence({ message, hint }: LabErrorData): string {
  return `${message} ${hint}`;
}

/** A file name may hold what moves a terminal's cursor. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, '·');
}
