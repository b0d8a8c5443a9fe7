import { useEffect, useState } from 'react';
import { useLabState } from './lab-context';

/** A run that takes less is over before anything need be dimmed. */
const DIM_AFTER_MS = 200;

/** Whether a run has been going for long enough that what the last one left is shown as old. */
export function useLateRun(): boolean {
  const running = useLabState((state) => state.running !== null);
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!running) return;
    const timer = setTimeout(() => setLate(true), DIM_AFTER_MS);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [running]);
  return running && late;
}
