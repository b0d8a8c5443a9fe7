/** How wide the columns stand: Input as wide as a person likes, as long as Latents keeps room for its tiles. */

/** CSS px. Four tiles of 56 with their gaps, and the words above them. */
export const LEAST_LATENTS = 300;
export const LEAST_INPUT = 272;
const MOST_INPUT = 760;
const DEFAULT_INPUT = { image: { wide: 488, compact: 368 }, text: { wide: 594, compact: 430 } } as const;

export interface ColumnWidths {
  readonly input: number;
  readonly output: number;
  /** The furthest that the edge between Input and Latents goes. */
  readonly mostInput: number;
}

/**
 * @param room CSS px of the three columns together; 0 while it is not known.
 * @param saved what a person has dragged Input to; undefined where they have not. It may be from a larger window.
 */
export function columnWidths(room: number, modality: 'image' | 'text', compact: boolean, saved: number | undefined): ColumnWidths {
  const output = compact ? (room > 0 && room < 880 ? 260 : 280) : 316;
  const left = room > 0 ? room - output - LEAST_LATENTS : MOST_INPUT;
  const mostInput = Math.max(LEAST_INPUT, Math.min(MOST_INPUT, left));
  const wanted = saved ?? DEFAULT_INPUT[modality][compact ? 'compact' : 'wide'];
  return { input: Math.min(mostInput, Math.max(LEAST_INPUT, wanted)), output, mostInput };
}
