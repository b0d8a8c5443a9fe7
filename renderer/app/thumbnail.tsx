/** A picture as a small square: its centre, smoothly scaled. */
import { useLayoutEffect, useRef } from 'react';
import type { RgbaImage } from '../../models/runtime/types';

export function Thumbnail({ picture, size }: { readonly picture: RgbaImage; readonly size: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    let gone = false;
    const side = Math.min(picture.width, picture.height);
    const pixels = Math.round(size * (window.devicePixelRatio || 1));
    const data = new ImageData(new Uint8ClampedArray(picture.data), picture.width, picture.height);
    void createImageBitmap(data, (picture.width - side) >> 1, (picture.height - side) >> 1, side, side, {
      resizeWidth: pixels,
      resizeHeight: pixels,
      resizeQuality: side < pixels ? 'pixelated' : 'medium',
    }).then((bitmap) => {
      if (!gone) {
        context.canvas.width = pixels;
        context.canvas.height = pixels;
        context.drawImage(bitmap, 0, 0);
      }
      bitmap.close();
    });
    return () => {
      gone = true;
    };
  }, [picture, size]);
  return <canvas ref={canvas} className="thumbnail" />;
}
