/** The theme that is shown, set on the page; colour tables follow it. */
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { type ColourTable, colourTable, type Theme } from '../draw/colour-maps';
import { useLabState } from './lab-context';

function useMedia(query: string): boolean {
  const list = useMemo(() => window.matchMedia(query), [query]);
  const [matches, setMatches] = useState(list.matches);
  useEffect(() => {
    const listen = (): void => setMatches(list.matches);
    listen();
    list.addEventListener('change', listen);
    return () => list.removeEventListener('change', listen);
  }, [list]);
  return matches;
}

export function useTheme(): { readonly theme: Theme; readonly table: ColourTable } {
  const setting = useLabState((state) => state.settings.theme);
  const map = useLabState((state) => state.settings.colourMap);
  const motion = useLabState((state) => state.settings.motion);
  const systemDark = useMedia('(prefers-color-scheme: dark)');
  const theme: Theme = setting === 'system' ? (systemDark ? 'dark' : 'light') : setting;
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  useEffect(() => {
    document.documentElement.dataset.motion = motion;
  }, [motion]);
  const table = useMemo(() => colourTable(map, theme), [map, theme]);
  return { theme, table };
}

const onResize = (listen: () => void): (() => void) => {
  window.addEventListener('resize', listen);
  return () => window.removeEventListener('resize', listen);
};

function useWindowHeight(): number {
  return useSyncExternalStore(onResize, () => window.innerHeight);
}

export { useMedia, useWindowHeight };
