import { useEffect, useState } from 'react';
import { useLabState } from './lab-context';

/** What takes less is over before anything need be drawn of it. */
const LATE_MS = 200;

/** True once something has been so for a while; false as soon as it is not. */
export function useLate(on: boolean): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!on) return;
    const timer = setTimeout(() => setLate(true), LATE_MS);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [on]);
  return on && late;
}

/** Whether a run has been going for long enough that what the last one left is shown as old. */
export function useLateRun(): boolean {
  return useLate(useLabState((state) => state.running !== null));
}
