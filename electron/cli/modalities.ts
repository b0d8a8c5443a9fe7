/** What the command line does with each kind of input: from a file's bytes to a run's input, and from there to a result. */
import { join } from 'node:path';
import type { ByteSpan, ModalityName, RunInput, RunResult } from '../../models/runtime/types';
import { writeAttention } from './attention-files';
import { classifyText } from './classify-text';
import { decodeImage, MAX_IMAGE_FILE_BYTES } from './decode-image';
import { decodeText, MAX_TEXT_FILE_BYTES } from './decode-text';
import { runText } from './long-text';
import type { ResultBody } from './results';
import { runClassifier } from './run-classifier';
import type { RunWork } from './run-work';

export interface ReadInput<Input extends RunInput = RunInput> {
  readonly input: Input;
  /** What was dropped, guessed or scaled. */
  readonly notes: readonly string[];
}

interface CliModality<Input extends RunInput> {
  /** Bytes of a file. */
  readonly limit: number;
  read(bytes: Uint8Array, shown: string, masks: readonly ByteSpan[]): Promise<ReadInput<Input>>;
  run(input: Input, work: RunWork): Promise<ResultBody>;
}

type ImageInput = Extract<RunInput, { modality: 'image' }>;
type TextInput = Extract<RunInput, { modality: 'text' }>;

const image: CliModality<ImageInput> = {
  limit: MAX_IMAGE_FILE_BYTES,
  read: async (bytes, shown) => {
    const { image: decoded, notes } = await decodeImage(bytes, shown);
    return { input: { modality: 'image', image: decoded }, notes };
  },
  run: runClassifier,
};

const text: CliModality<TextInput> = {
  limit: MAX_TEXT_FILE_BYTES,
  read: async (bytes, shown, masks) => {
    const decoded = decodeText(bytes, shown);
    return { input: { modality: 'text', bytes: decoded.bytes, masks }, notes: decoded.notes };
  },
  run: async ({ bytes, masks }, work) => {
    if (work.session.info.task === 'text-classification') return classifyText(bytes, masks, work);
    const { session, topK, long, maps, signal } = work;
    const onRun = async (result: RunResult, window: ByteSpan): Promise<void> => {
      if (maps === null) return;
      const whole = window.start === 0 && (long === 'first' || window.end === bytes.length);
      await writeAttention(session, result, whole ? maps : join(maps, `bytes-${window.start}`), signal);
    };
    const answer = await runText(session, bytes, masks, { topK, long, signal, onRun });
    return { kind: 'text', bytes, answer, timingsMs: answer.timingsMs, notes: answer.notes };
  },
};

/** By the name a model gives; a further kind of input is a further entry. */
export const CLI_MODALITIES: { readonly [Name in ModalityName]: CliModality<Extract<RunInput, { modality: Name }>> } = { image, text };

/** The entry of a name that is only known as one of them. */
export function cliModality(name: ModalityName): CliModality<RunInput> {
  return CLI_MODALITIES[name] as CliModality<RunInput>;
}
