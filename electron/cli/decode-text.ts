/** Text files to UTF-8 bytes: the rules are the window's too (models/modality/text-file); what else a file may be, the signatures say. */
import { MAX_TEXT_FILE_BYTES } from '../../models/file-limits';
import { decodeTextFile, type TextFile } from '../../models/modality/text-file';
import { SVG, sniff, withArticle } from './sniff';

export { MAX_TEXT_FILE_BYTES };

export function decodeText(bytes: Uint8Array, shown: string): TextFile {
  const kindOf = (content: Uint8Array): string | null => {
    const kind = sniff(content);
    // An SVG drawing is text as well.
    return kind === null || kind === SVG ? null : withArticle(kind);
  };
  return decodeTextFile(bytes, shown, { maxBytes: MAX_TEXT_FILE_BYTES, kindOf });
}
