/** A value that changes with every move of a pointer, handed on at most every so many milliseconds; the last one always arrives. */
import { useEffect, useRef, useState } from 'react';

export function useThrottled<T>(value: T, everyMs: number): T {
  const [passed, setPassed] = useState(value);
  const at = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const pass = (): void => {
      at.current = performance.now();
      setPassed(() => value);
    };
    const wait = at.current + everyMs - performance.now();
    if (wait <= 0) pass();
    const timer = wait <= 0 ? undefined : setTimeout(pass, wait);
    return () => clearTimeout(timer);
  }, [value, everyMs]);
  return passed;
}
