/** The sentences of every reader of weights: which file, what is wrong with it, what to do. */
import { LabError } from '../lab-error';

/** `checkpoint-damaged`: the file contradicts itself or ends early. `what` completes “<file> is damaged: …”. */
export function damaged(file: string, what: string): LabError {
  return new LabError('checkpoint-damaged', `${file} is damaged: ${what}.`, 'Get the file again, or choose another checkpoint.');
}

/** `checkpoint-unsafe`: the pickle names something other than tensors and their containers. It was not executed. */
export function unsafe(file: string, what: string): LabError {
  return new LabError(
    'checkpoint-unsafe',
    `${file} ${what}; nothing of it was executed.`,
    'Choose weights from a source you trust, best as model.safetensors.',
  );
}

/** `format-unsupported`: sound as far as one can see, in a form that is not read here. */
export function notRead(file: string, what: string): LabError {
  return new LabError('format-unsupported', `${file} ${what}.`, 'Save the weights as model.safetensors, or in the zip form of torch.save.');
}

/** A name out of a file, short enough for a sentence. */
export function short(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
