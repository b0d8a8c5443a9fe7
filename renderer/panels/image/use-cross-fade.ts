import { type RefObject, useCallback, useRef } from 'react';
import { isStill } from '../../draw/motion';

const FADE_MS = 80;

/**
 * Cross-fades a canvas when what it shows changes: called before it is painted again, it leaves the old picture on the canvas
 * behind and lets the front one appear over it. Repaints of the same thing (opacity, colours) do not fade.
 */
export function useCrossFade(
  front: RefObject<HTMLCanvasElement | null>,
  back: RefObject<HTMLCanvasElement | null>,
  shown: unknown,
): () => void {
  const last = useRef<unknown>(null);
  return useCallback(() => {
    const [over, under] = [front.current, back.current];
    if (!over || !under || last.current === shown) return;
    last.current = shown;
    if (isStill()) return;
    under.width = over.width;
    under.height = over.height;
    under.getContext('2d')?.drawImage(over, 0, 0);
    over.animate([{ opacity: 0 }, { opacity: 1 }], { duration: FADE_MS, easing: 'ease-out' });
  }, [front, back, shown]);
}
