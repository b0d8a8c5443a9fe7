/** A picture that has not run yet, as large as the column allows. */
import { useLayoutEffect, useRef } from 'react';
import type { RgbaImage } from '../../models/runtime/types';

export function PicturePreview({ picture }: { readonly picture: RgbaImage }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const element = canvas.current;
    if (!element) return;
    element.width = picture.width;
    element.height = picture.height;
    element.getContext('2d')?.putImageData(new ImageData(new Uint8ClampedArray(picture.data), picture.width, picture.height), 0, 0);
  }, [picture]);
  return <canvas ref={canvas} className="picture-preview" />;
}
