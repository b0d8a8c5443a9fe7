/** The clipboard where a page may use it, and a sentence where it may not. */
import type { LabErrorData } from '../../models/lab-error';
import type { Lab } from '../state/lab';
import { en } from './language/en';

/** Rejects where there is no clipboard or no permission. */
export async function writeClipboard(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}

/** Copies and says so; where that is not allowed, says that instead. */
export async function copyText(lab: Lab, text: string): Promise<void> {
  try {
    await writeClipboard(text);
    lab.store.setState({ said: en.copied });
  } catch {
    const inputError: LabErrorData = { code: 'file-unreadable', ...en.errors.clipboardWrite };
    lab.store.setState({ inputError, said: inputError.message });
  }
}

/** The palette's Paste: reads the clipboard itself, where the browser lets it. */
export async function pasteClipboard(lab: Lab): Promise<void> {
  try {
    for (const item of await navigator.clipboard.read()) {
      const type =
        item.types.find((candidate) => candidate.startsWith('image/')) ?? item.types.find((candidate) => candidate === 'text/plain');
      if (!type) continue;
      const blob = await item.getType(type);
      if (type === 'text/plain') await lab.inputs.openText(await blob.text(), en.pasted.text);
      else await lab.inputs.openFiles([new File([blob], `${en.pasted.picture}.${type.slice(6)}`, { type })]);
      return;
    }
  } catch {
    lab.store.setState({ inputError: { code: 'file-unreadable', ...en.errors.clipboardRead } });
  }
}
