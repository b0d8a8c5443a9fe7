/** `run`: inputs one after the other through one model; a bad one says so in its place and the rest go on. */
import { join, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LabError } from '../../models/lab-error';
import type { ByteSpan, RunResult } from '../../models/runtime/types';
import type { ProcessEngine } from '../contract/engine-process';
import { folderNamer, prepareFolder, writeAttention } from './attention-files';
import { type Input, listInputs } from './inputs';
import { type LongText, runText } from './long-text';
import type { Output } from './output';
import type { Result } from './results';
import { openSession, type Session } from './session';

export interface RunOptions {
  readonly engine: ProcessEngine | null;
  readonly topK: number;
  readonly masks: readonly ByteSpan[];
  readonly lines: boolean;
  readonly long: LongText;
  /** Folder for maps; null writes none. */
  readonly attention: string | null;
  /** Paths are relative to this folder. */
  readonly folder: string;
}

/** Resolves to whether every input had a result. Throws what concerns no single input. */
export async function runCommand(
  model: string,
  names: readonly string[],
  options: RunOptions,
  output: Output,
  signal: AbortSignal,
): Promise<boolean> {
  const attention = options.attention === null ? null : resolve(options.folder, options.attention);
  if (attention !== null) await prepareFolder(attention);
  const session = await openSession(model, { engine: options.engine, folder: options.folder, say: output.say });
  try {
    checkOptions(session, options);
    const nameFolder = folderNamer();
    let allWell = true;
    let number = 0;
    for await (const input of listInputs(names, { ...options, modality: session.info.modality })) {
      if (signal.aborted) throw LabError.cancelled();
      number += 1;
      output.progress(number, input.name);
      const maps = attention === null ? null : join(attention, nameFolder(input.name));
      try {
        output.result(await runInput(session, input, options, maps, signal));
      } catch (thrown) {
        const error = LabError.from(thrown);
        // Ctrl-C reaches the engine's process as well, and its end may be heard of first.
        await nextTurn();
        if (signal.aborted || error.code === 'cancelled') throw LabError.cancelled();
        output.failure({ input: input.name, error: error.toData() });
        allWell = false;
        if (error.code === 'engine-unavailable') throw error;
      }
    }
    return allWell;
  } finally {
    output.progressEnd();
    await session.close();
  }
}

function checkOptions({ info, model }: Session, { masks, lines }: RunOptions): void {
  if (info.modality === 'text' || (masks.length === 0 && !lines)) return;
  const option = masks.length > 0 ? '--mask' : '--lines';
  throw new LabError('usage', `${option} is for text; ${model} reads pictures.`, `Leave ${option} out, or choose a text model.`);
}

async function runInput(session: Session, input: Input, options: RunOptions, maps: string | null, signal: AbortSignal): Promise<Result> {
  const { input: run, notes } = await input.read();
  const common = { input: input.name, model: session.model, engine: session.engine };
  if (run.modality === 'text') {
    const onRun =
      maps === null
        ? undefined
        : async (result: RunResult, window: ByteSpan) => {
            const whole = window.start === 0 && (options.long === 'first' || window.end === run.bytes.length);
            await writeAttention(session, result, whole ? maps : join(maps, `bytes-${window.start}`), signal);
          };
    const answer = await runText(session, run.bytes, run.masks, {
      topK: options.topK,
      long: options.long,
      signal,
      ...(onRun ? { onRun } : {}),
    });
    return { ...common, kind: 'text', bytes: run.bytes, answer, timingsMs: answer.timingsMs, notes: [...notes, ...answer.notes] };
  }
  const result = await session.run(run, options.topK, signal);
  try {
    if (maps !== null) await writeAttention(session, result, maps, signal);
  } finally {
    await session.forget(result.runId);
  }
  if (result.output.kind !== 'classes') throw new RangeError(`a classifier answered with ${result.output.kind}`);
  return { ...common, kind: 'classes', classes: result.output.classes.slice(0, options.topK), timingsMs: result.timingsMs, notes };
}
