/** Size, place and zoom of the window, remembered; a place on a screen that is gone is given up. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../host/atomic-write';

const stateSchema = z.object({
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  x: z.number().int().optional(),
  y: z.number().int().optional(),
  maximized: z.boolean(),
  zoom: z.number().min(0.5).max(3),
});
export type WindowState = z.output<typeof stateSchema>;

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Smallest window that the interface is drawn for, CSS px. */
export const MIN_WIDTH = 800;
export const MIN_HEIGHT = 560;
const DEFAULT_STATE: WindowState = { width: 1440, height: 900, maximized: false, zoom: 1 };
/** So much of a title bar must be on a screen that a window can be taken hold of. */
const VISIBLE_PX = 80;

const fileIn = (folder: string) => join(folder, 'window.json');

export async function readWindowState(folder: string, screens: readonly Rectangle[]): Promise<WindowState> {
  try {
    const parsed = stateSchema.safeParse(JSON.parse(await readFile(fileIn(folder), 'utf8')));
    return fitted(parsed.success ? parsed.data : DEFAULT_STATE, screens);
  } catch {
    // The first start, or a damaged file: nothing of worth is lost.
    return fitted(DEFAULT_STATE, screens);
  }
}

export async function writeWindowState(folder: string, state: WindowState): Promise<void> {
  await writeAtomically(fileIn(folder), `${JSON.stringify(state)}\n`);
}

/** Not larger than the screen it is on, not smaller than the interface; without a place where that is off every screen. */
export function fitted({ x, y, ...state }: WindowState, screens: readonly Rectangle[]): WindowState {
  const on = screens.find(
    (screen) =>
      x !== undefined &&
      y !== undefined &&
      x + state.width > screen.x + VISIBLE_PX &&
      x < screen.x + screen.width - VISIBLE_PX &&
      y >= screen.y &&
      y < screen.y + screen.height - VISIBLE_PX,
  );
  const screen = on ?? screens[0];
  const width = Math.max(MIN_WIDTH, Math.min(state.width, screen?.width ?? state.width));
  const height = Math.max(MIN_HEIGHT, Math.min(state.height, screen?.height ?? state.height));
  return { ...state, width, height, ...(on && x !== undefined && y !== undefined ? { x, y } : {}) };
}
