/**
 * Pillow's resize, bit for bit: two passes (columns, then rows), antialiased, with 8-bit results and 22-bit fixed-point
 * weights (Pillow, src/libImaging/Resample.c: `precompute_coeffs`, `normalize_coeffs_8bpc`, `ImagingResampleHorizontal_8bpc`).
 * PerceiverImageProcessor's PIL backend resizes with exactly this, so a model sees the pixels it was trained on.
 */

/** Three bytes a pixel, row-major: data.length = width × height × 3. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export const FILTER_NAMES = ['lanczos', 'bilinear', 'bicubic'] as const;
export type FilterName = (typeof FILTER_NAMES)[number];

interface Filter {
  /** Half width of the kernel, in output pixels when shrinking, in input pixels when enlarging. */
  readonly support: number;
  readonly weight: (x: number) => number;
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** Keys' cubic with a = −0.5, as Pillow has it (OpenCV and torch's plain bicubic use −0.75). */
function cubic(x: number): number {
  const a = -0.5;
  const t = Math.abs(x);
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  if (t < 2) return (((t - 5) * t + 8) * t - 4) * a;
  return 0;
}

const FILTERS: Readonly<Record<FilterName, Filter>> = {
  lanczos: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, weight: cubic },
};

const PRECISION_BITS = 22;
const HALF = 1 << (PRECISION_BITS - 1);

interface Weights {
  /** First input pixel and number of input pixels of each output pixel. */
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** [outputs, window] fixed-point weights. */
  readonly window: number;
  readonly values: Int32Array;
}

function weightsFor(filter: Filter, inputs: number, outputs: number): Weights {
  const scale = inputs / outputs;
  const filterScale = Math.max(1, scale);
  const support = filter.support * filterScale;
  const window = Math.ceil(support) * 2 + 1;
  const weights: Weights = {
    first: new Int32Array(outputs),
    count: new Int32Array(outputs),
    window,
    values: new Int32Array(outputs * window),
  };
  const row = new Float64Array(window);
  for (let output = 0; output < outputs; output++) {
    const centre = (output + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const count = Math.min(inputs, Math.trunc(centre + support + 0.5)) - first;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const weight = filter.weight((i + first - centre + 0.5) * (1 / filterScale));
      row[i] = weight;
      sum += weight;
    }
    weights.first[output] = first;
    weights.count[output] = count;
    for (let i = 0; i < count; i++) {
      const weight = sum === 0 ? row[i]! : row[i]! / sum;
      weights.values[output * window + i] = Math.trunc(weight * (1 << PRECISION_BITS) + (weight < 0 ? -0.5 : 0.5));
    }
  }
  return weights;
}

const clip = (sum: number): number => Math.min(255, Math.max(0, sum >> PRECISION_BITS));

function resizeColumns(image: RgbImage, width: number, filter: Filter): RgbImage {
  const { first, count, window, values } = weightsFor(filter, image.width, width);
  const data = new Uint8Array(width * image.height * 3);
  const source = image.data;
  let to = 0;
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < width; x++) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let from = (y * image.width + first[x]!) * 3;
      const base = x * window;
      for (let i = 0; i < count[x]!; i++) {
        const weight = values[base + i]!;
        red = (Math.imul(source[from]!, weight) + red) | 0;
        green = (Math.imul(source[from + 1]!, weight) + green) | 0;
        blue = (Math.imul(source[from + 2]!, weight) + blue) | 0;
        from += 3;
      }
      data[to++] = clip(red);
      data[to++] = clip(green);
      data[to++] = clip(blue);
    }
  }
  return { width, height: image.height, data };
}

function resizeRows(image: RgbImage, height: number, filter: Filter): RgbImage {
  const { first, count, window, values } = weightsFor(filter, image.height, height);
  const stride = image.width * 3;
  const source = image.data;
  const data = new Uint8Array(stride * height);
  const sums = new Int32Array(stride);
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    for (let i = 0; i < count[y]!; i++) {
      const weight = values[y * window + i]!;
      const from = (first[y]! + i) * stride;
      for (let x = 0; x < stride; x++) sums[x] = sums[x]! + Math.imul(source[from + x]!, weight);
    }
    for (let x = 0; x < stride; x++) data[y * stride + x] = clip(sums[x]!);
  }
  return { width: image.width, height, data };
}

/**
 * `PIL.Image.resize((width, height), filter)` of an RGB image. A pass whose size does not change is left out, and a picture
 * more than a hundred times as high as wide is shrunk in height first, as there (PIL/Image.py): the 8-bit result between
 * the passes makes that visible.
 */
export function resize(image: RgbImage, width: number, height: number, filter: FilterName): RgbImage {
  const columns = (from: RgbImage): RgbImage => (from.width === width ? from : resizeColumns(from, width, FILTERS[filter]));
  const rows = (from: RgbImage): RgbImage => (from.height === height ? from : resizeRows(from, height, FILTERS[filter]));
  const rowsFirst = image.height > image.width * 100 && height < image.height;
  return rowsFirst ? columns(rows(image)) : rows(columns(image));
}
