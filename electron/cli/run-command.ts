/** `run`: inputs one after the other through one model; a bad one says so in its place and the rest go on. */
import { join, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LabError } from '../../models/lab-error';
import { MODALITIES } from '../../models/modality/modality';
import type { ByteSpan } from '../../models/runtime/types';
import type { ProcessEngine } from '../contract/engine-process';
import { prepareFolder } from '../host/atomic-write';
import { folderNamer } from './attention-files';
import { checkNames, type Input, listInputs } from './inputs';
import type { LongText } from './long-text';
import { cliModality } from './modalities';
import type { Output } from './output';
import type { Result } from './results';
import { openSession, type Session } from './session';

export interface RunOptions {
  readonly engine: ProcessEngine | null;
  readonly topK: number;
  readonly masks: readonly ByteSpan[];
  readonly lines: boolean;
  /** null: not told, which is `first`. */
  readonly long: LongText | null;
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
  checkNames(names);
  const attention = options.attention === null ? null : resolve(options.folder, options.attention);
  if (attention !== null) await prepareFolder(attention);
  const session = await openSession(model, { engine: options.engine, folder: options.folder, say: output.say });
  try {
    checkOptions(session, options);
    const nameFolder = folderNamer();
    let allWell = true;
    let number = 0;
    /** Why no engine is left. It is told of each input that remains, so that there is a line for every one. */
    let noEngine: LabError | null = null;
    for await (const input of listInputs(names, { ...options, modality: session.info.modality })) {
      if (signal.aborted) throw LabError.cancelled();
      number += 1;
      output.progress(number, input.name);
      const maps = attention === null ? null : join(attention, nameFolder(input.name));
      try {
        if (noEngine) throw noEngine;
        output.result(await runInput(session, input, options, maps, signal));
      } catch (thrown) {
        const error = LabError.from(thrown);
        // Ctrl-C reaches the engine's process as well, and its end may be heard of first.
        await nextTurn();
        if (signal.aborted || error.code === 'cancelled') throw LabError.cancelled();
        output.failure({ input: input.name, error: error.toData() });
        allWell = false;
        if (error.code === 'engine-unavailable') noEngine = error;
      }
    }
    return allWell;
  } finally {
    output.progressEnd();
    await session.close();
  }
}

/** An option that the model's kind of input does not have would do nothing. */
function checkOptions({ info, model }: Session, { masks, lines, long }: RunOptions): void {
  const { options } = MODALITIES[info.modality];
  const given = {
    ...(masks.length > 0 ? { masks: '--mask' } : {}),
    ...(lines ? { lines: '--lines' } : {}),
    ...(long ? { long: '--long' } : {}),
  };
  for (const [name, flag] of Object.entries(given)) {
    if (Object.hasOwn(options, name)) continue;
    throw new LabError(
      'usage',
      `${flag} does not go with ${model}, which reads ${info.modality} inputs.`,
      `Leave ${flag} out, or choose a text model.`,
    );
  }
  // What answers of several windows would have to do with the whole text nobody said.
  if (info.task === 'text-classification' && long === 'slide')
    throw new LabError('usage', `${model} gives one answer for a text, so windows cannot be slid over it.`, 'Leave --long slide out.');
}

async function runInput(
  session: Session,
  input: Input,
  { topK, long }: RunOptions,
  maps: string | null,
  signal: AbortSignal,
): Promise<Result> {
  const { input: read, notes } = await input.read();
  const body = await cliModality(session.info.modality).run(read, { session, topK, long: long ?? 'first', maps, signal });
  return { input: input.name, model: session.model, engine: session.engine, ...body, notes: [...notes, ...body.notes] };
}
