/** From a key press to a command. Single letters act only where a map, gallery or text selection has focus, and can be turned off. */
import type { Command } from './commands';

const MAC = typeof navigator !== 'undefined' && /Mac/.test(navigator.platform);

/** `⇧⌘Z` on a Mac, `Ctrl+Shift+Z` elsewhere. */
export function shownKey(key: string, mac = MAC): string {
  const parts = key.split('+').map((part) => (part === '' ? '+' : part));
  if (!mac) return parts.map((part) => (part === 'Mod' ? 'Ctrl' : part)).join('+');
  const symbols: Readonly<Record<string, string>> = { Mod: '⌘', Shift: '⇧', Enter: '↵' };
  // Modifiers first, in the order of the system's menus; a sort is stable.
  const place = (part: string): number => ['Shift', 'Mod'].indexOf(part) >>> 0;
  return [...parts]
    .sort((a, b) => place(a) - place(b))
    .map((part) => symbols[part] ?? part)
    .join('');
}

/** Whether an element takes typed letters for itself. */
export function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'range', 'button'].includes(target.type);
}

export function commandFor(event: KeyboardEvent, commands: readonly Command[], letterKeys: boolean, mac = MAC): Command | null {
  const mod = mac ? event.metaKey : event.ctrlKey;
  if (mac ? event.ctrlKey : event.metaKey) return null;
  const typing = takesText(event.target);
  const onMap = event.target instanceof Element && event.target.closest('[data-letters]') !== null;
  return (
    commands.find((command) => {
      if (!command.key || command.key === 'Esc' || command.id === 'paste') return false;
      if (command.letter && (typing || mod || !letterKeys || (!onMap && command.id !== 'shortcuts'))) return false;
      const parts = command.key.split('+');
      const key = parts.at(-1) || '+';
      if (parts.includes('Mod') !== mod || event.altKey) return false;
      // Typing keeps its own undo, copy and find.
      if (typing && ['undo', 'redo', 'copy-table'].includes(command.id)) return false;
      if (!command.letter && parts.includes('Shift') !== event.shiftKey) return false;
      return event.key.toLowerCase() === key.toLowerCase();
    }) ?? null
  );
}
