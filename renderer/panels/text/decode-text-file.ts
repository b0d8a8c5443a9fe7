/** A dropped, opened or pasted file as text, by the same rules as on the command line. */
import { decodeTextFile as decode, type TextFile } from '../../../models/modality/text-file';

/** A window shows a text as a whole; longer ones are for the command line. */
export const MAX_TEXT_BYTES = 4_000_000;

/** Throws `file-empty`, `file-too-large` and `text-binary`, each with a sentence. */
export function decodeTextFile(bytes: Uint8Array, name: string): TextFile {
  return decode(bytes, name, { maxBytes: MAX_TEXT_BYTES });
}
