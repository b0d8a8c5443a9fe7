import { useLayoutEffect, useRef } from 'react';
import type { RgbaImage } from '../../../models/runtime/types';
import { formatCount } from '../../app/format';
import { fitWhole } from '../../draw/fit';
import { usePixelRatio } from '../../draw/use-pixel-ratio';
import './image.css';
import type { PixelRect } from './region';
import { IMAGE_WORDS as WORDS } from './words';

export interface OriginalViewProps {
  readonly original: RgbaImage;
  /** The part that was read, in pixels of the original. */
  readonly crop: PixelRect;
  /** CSS px it may take, both ways. */
  readonly space: number;
}

/** The picture as it was opened, with the part that the model read outlined and the rest faded. */
export function OriginalView({ original, crop, space }: OriginalViewProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const ratio = usePixelRatio();
  const fit = fitWhole(original, { width: space, height: space }, ratio);
  // Room that whole multiples would leave empty is used here: this picture carries no map that must lie on its pixels.
  const scale = Math.max(fit.scale, Math.min(space / original.width, space / original.height, 1));
  const width = Math.max(1, Math.round(original.width * scale));
  const height = Math.max(1, Math.round(original.height * scale));

  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    element.width = Math.round(width * ratio);
    element.height = Math.round(height * ratio);
    const whole = new OffscreenCanvas(original.width, original.height);
    whole.getContext('2d')?.putImageData(new ImageData(Uint8ClampedArray.from(original.data), original.width, original.height), 0, 0);
    context.imageSmoothingEnabled = scale * ratio < 2;
    context.imageSmoothingQuality = 'high';
    context.drawImage(whole, 0, 0, element.width, element.height);
  }, [original, width, height, ratio, scale]);

  const around = `M0 0H${original.width}V${original.height}H0Z M${crop.x} ${crop.y}V${crop.y + crop.height}H${crop.x + crop.width}V${crop.y}Z`;
  return (
    <div
      className="image-stage original"
      style={{ width, height }}
      role="img"
      aria-label={WORDS.originalLabel(formatCount(original.width), formatCount(original.height))}
    >
      <canvas ref={canvas} style={{ width, height }} />
      <svg className="image-stage-lines" viewBox={`0 0 ${original.width} ${original.height}`} preserveAspectRatio="none" aria-hidden="true">
        <path className="crop-around" d={around} />
        <rect className="region-under" x={crop.x} y={crop.y} width={crop.width} height={crop.height} />
        <rect className="region-line" x={crop.x} y={crop.y} width={crop.width} height={crop.height} />
      </svg>
    </div>
  );
}
