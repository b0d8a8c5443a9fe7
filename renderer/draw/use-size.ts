import { type RefObject, useLayoutEffect, useState } from 'react';
import type { Size } from './area-average';

/** CSS px inside an element's borders, without scroll bars; 0 × 0 before it is in the document. */
export function useSize(element: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const measured = element.current;
    if (!measured) return;
    const read = (): void => {
      const { clientWidth: width, clientHeight: height } = measured;
      setSize((last) => (last.width === width && last.height === height ? last : { width, height }));
    };
    read();
    const observer = new ResizeObserver(read);
    observer.observe(measured);
    return () => observer.disconnect();
  }, [element]);
  return size;
}
