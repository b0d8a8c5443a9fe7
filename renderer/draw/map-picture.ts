/** A map as a picture to take away: its sentence above it, its legend below. The clipboard gets the PNG and the sentence as text. */
import { type ColourTable, cssColour, type Theme } from './colour-maps';

export interface MapPicture {
  /** What is drawn, over `width` × `height` CSS px. */
  readonly draw: (context: CanvasRenderingContext2D) => void;
  readonly width: number;
  readonly height: number;
  /** Lines above the map: its title, its sentence. */
  readonly sentences: readonly string[];
  /** Null for Spotlight, which is no colour map. */
  readonly table: ColourTable | null;
  readonly from: string;
  readonly to: string;
  readonly theme: Theme;
}

const PAD = 16;
const LINE = 18;
const LEGEND = 34;
const NARROWEST = 260;
const SCALE = 2;
/** Of the legend: they follow the 256 steps of a table to within one level. */
const STOPS = 16;
const INK: Readonly<Record<Theme, readonly [page: string, text: string]>> = {
  light: ['#ffffff', '#1b1b19'],
  dark: ['#1b1b1a', '#edede9'],
};

/** Puts the map on the clipboard; false where the browser does not let it. */
export async function copyMap(picture: MapPicture): Promise<boolean> {
  const canvas = drawMapPicture(picture);
  const png = new Promise<Blob>((done, failed) =>
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error('The picture could not be written.'))), 'image/png'),
  );
  try {
    const text = new Blob([picture.sentences.join('\n')], { type: 'text/plain' });
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': png, 'text/plain': text })]);
    return true;
  } catch {
    return false;
  }
}

function drawMapPicture(picture: MapPicture): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d')!;
  const width = Math.max(picture.width, NARROWEST);
  const font = `13px ${getComputedStyle(document.body).fontFamily}`;
  context.font = font;
  const lines = picture.sentences.flatMap((sentence) => wrapped(sentence, (text) => context.measureText(text).width <= width));
  const top = PAD + lines.length * LINE + 6;
  canvas.width = SCALE * (width + 2 * PAD);
  canvas.height = SCALE * (top + picture.height + LEGEND + PAD - 8);
  const [page, ink] = INK[picture.theme];
  context.scale(SCALE, SCALE);
  context.fillStyle = page;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.font = font;
  context.fillStyle = ink;
  for (const [index, line] of lines.entries()) context.fillText(line, PAD, PAD + 13 + index * LINE);
  context.save();
  context.translate(PAD, top);
  context.imageSmoothingEnabled = false;
  picture.draw(context);
  context.restore();
  drawLegend(context, picture, top + picture.height + 14, ink);
  return canvas;
}

function drawLegend(context: CanvasRenderingContext2D, { table, from, to }: MapPicture, top: number, ink: string): void {
  if (!table) return;
  const left = PAD + context.measureText(from).width + 8;
  const bar = context.createLinearGradient(left, 0, left + 120, 0);
  for (let stop = 0; stop <= STOPS; stop++) bar.addColorStop(stop / STOPS, cssColour(table, stop / STOPS));
  context.fillText(from, PAD, top + 10);
  context.fillStyle = bar;
  context.fillRect(left, top, 120, 10);
  context.fillStyle = ink;
  context.fillText(to, left + 128, top + 10);
}

/** A sentence in lines that fit; a word that does not fit alone has a line of its own. */
export function wrapped(sentence: string, fits: (text: string) => boolean): string[] {
  const lines: string[] = [];
  for (const word of sentence.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && fits(longer)) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
