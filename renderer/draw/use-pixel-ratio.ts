import { useSyncExternalStore } from 'react';

function subscribe(changed: () => void): () => void {
  let query = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
  // A query is about one ratio: after a change the next one is asked for.
  const listen = (): void => {
    query.removeEventListener('change', listen);
    query = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    query.addEventListener('change', listen);
    changed();
  };
  query.addEventListener('change', listen);
  return () => query.removeEventListener('change', listen);
}

/** Device pixels per CSS pixel; renders again when the window is zoomed or moved to another screen. */
export const usePixelRatio = (): number => useSyncExternalStore(subscribe, () => window.devicePixelRatio || 1);
