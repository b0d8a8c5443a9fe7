/**
 * The one error a person reads: what happened, and what to do about it.
 * Everything that crosses a process or reaches a screen is one of these; anything else is a bug and is wrapped as `internal`.
 */

/** Stable codes, documented in docs/errors.md. A code never changes its meaning; the sentences may. */
export const LAB_ERROR_CODES = [
  'cancelled',
  'checkpoint-damaged',
  'checkpoint-missing',
  'checkpoint-mismatch',
  'checkpoint-unsafe',
  'config-invalid',
  'engine-disagrees',
  'engine-failed',
  'engine-lost',
  'engine-unavailable',
  'file-empty',
  'file-too-large',
  'file-unreadable',
  'format-unsupported',
  'image-damaged',
  'image-too-large',
  'input-invalid',
  'input-too-long',
  'internal',
  'model-unknown',
  'model-unsupported',
  'out-of-memory',
  'output-unwritable',
  'run-forgotten',
  'text-binary',
  'usage',
] as const;

export type LabErrorCode = (typeof LAB_ERROR_CODES)[number];

/** A `LabError` as plain data, as it crosses processes and stands in JSON. */
export interface LabErrorData {
  readonly code: LabErrorCode;
  /** What happened: one or two sentences with numbers and names, no codes, no blame. */
  readonly message: string;
  /** What to do now: one sentence. */
  readonly hint: string;
  /** Technical text for "Copy details" and `--debug`; never shown unasked. */
  readonly detail?: string;
}

export class LabError extends Error implements LabErrorData {
  readonly code: LabErrorCode;
  readonly hint: string;
  readonly detail?: string;

  constructor(code: LabErrorCode, message: string, hint: string, options: { detail?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'LabError';
    this.code = code;
    this.hint = hint;
    if (options.detail !== undefined) this.detail = options.detail;
  }

  static fromData(data: LabErrorData): LabError {
    return new LabError(data.code, data.message, data.hint, data.detail === undefined ? {} : { detail: data.detail });
  }

  /** Turns anything thrown into a `LabError`; what was not one becomes `internal` with its stack as detail. */
  static from(thrown: unknown): LabError {
    if (thrown instanceof LabError) return thrown;
    if (thrown instanceof Error && thrown.name === 'AbortError') return LabError.cancelled();
    const detail = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    const text = thrown instanceof Error ? thrown.message : String(thrown);
    return new LabError('internal', `Something went wrong inside Perceiver Lab: ${text}`, 'Copy the details and report the problem.', {
      detail,
      cause: thrown,
    });
  }

  static cancelled(): LabError {
    return new LabError('cancelled', 'The run was stopped.', 'Run it again when you like.');
  }

  toData(): LabErrorData {
    return {
      code: this.code,
      message: this.message,
      hint: this.hint,
      ...(this.detail === undefined ? {} : { detail: this.detail }),
    };
  }
}

/** Throws `cancelled` when the signal was aborted: called between the calls of a long work. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw LabError.cancelled();
}
