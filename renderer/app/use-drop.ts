/** Files and selected text dropped anywhere in the window. What was dragged from the window itself is none of its business. */
import { type DragEvent, useRef, useState } from 'react';
import type { Lab } from '../state/lab';
import { takesText } from './keys';
import { en } from './language/en';

export type Dropped = 'files' | 'text' | null;

/** What a drag brings: files before words, because a picture dragged from a page comes with its address. */
export function whatIsDragged(types: readonly string[]): Dropped {
  if (types.includes('Files')) return 'files';
  return types.includes('text/plain') ? 'text' : null;
}

export function useDrop(lab: Lab) {
  const [count, setCount] = useState(0);
  const depth = useRef(0);
  const own = useRef(false);
  /** A field takes words for itself. */
  const dragged = (event: DragEvent): Dropped => {
    const what = own.current ? null : whatIsDragged([...event.dataTransfer.types]);
    return what === 'text' && takesText(event.target) ? null : what;
  };
  const leave = (): void => {
    depth.current = 0;
    setCount(0);
  };
  return {
    count,
    handlers: {
      onDragStart: () => {
        own.current = true;
      },
      onDragEnd: () => {
        own.current = false;
      },
      onDragEnter: (event: DragEvent) => {
        const what = dragged(event);
        if (!what) return;
        depth.current += 1;
        setCount(what === 'files' ? Math.max(1, event.dataTransfer.items.length) : 1);
      },
      onDragLeave: (event: DragEvent) => {
        if (!dragged(event)) return;
        depth.current -= 1;
        if (depth.current <= 0) leave();
      },
      onDragOver: (event: DragEvent) => {
        if (dragged(event)) event.preventDefault();
      },
      onDrop: (event: DragEvent) => {
        leave();
        const what = dragged(event);
        if (!what) return;
        event.preventDefault();
        const text = event.dataTransfer.getData('text/plain');
        if (what === 'files') void lab.inputs.openFiles([...event.dataTransfer.files]);
        else if (text) void lab.inputs.openText(text, en.pasted.dropped);
      },
    },
  };
}
