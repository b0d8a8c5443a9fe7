/** Numbers as the window writes them (ARCHITECTURE.md, "Numbers"): true minus, a no-break space before a unit. */

/**
 * The space before a unit. Inter draws a no-break space as narrow as others draw a thin one (3.5 px at 13 px); its narrow
 * no-break space is half of that, and `98.0 ms` looks like one word.
 */
export const THIN = '\u00a0';
const COUNT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `50,176`. */
export function formatCount(value: number): string {
  return COUNT.format(Math.round(value)).replace('-', '−');
}

/** Counts in small places: `4,555` up to 9,999, then `26k`, `1.2M`. */
export function formatShort(value: number): string {
  if (value < 9999.5) return value < 9.95 ? value.toFixed(1) : formatCount(value);
  return value < 999_500 ? `${Math.round(value / 1000)}k` : `${(value / 1e6).toFixed(1)}M`;
}

/**
 * A share 0..1 as a percentage: one digit, three below 1 % where `fine`, `< 0.1 %` for what is less, and never `100.0 %` unless exact.
 */
export function formatPercent(share: number, fine = true): string {
  const percent = share * 100;
  if (percent === 0) return `0${THIN}%`;
  if (percent < 0) return `−${formatPercent(-share, fine)}`;
  if (percent < 1 && fine) return percent < 0.0005 ? `<${THIN}0.001${THIN}%` : `${percent.toFixed(3)}${THIN}%`;
  if (percent < 0.05) return `<${THIN}0.1${THIN}%`;
  if (percent >= 99.95 && share < 1) return `99.9${THIN}%`;
  return `${percent.toFixed(1)}${THIN}%`;
}

/** A probability: one digit always. */
export function formatProbability(probability: number): string {
  return formatPercent(probability, false);
}

/** A multiple of uniform: `53.3×`. */
export function formatTimes(times: number): string {
  return times >= 999.95 ? `${formatCount(times)}×` : `${times.toFixed(1)}×`;
}

/** `0.6 ms`, `139.8 ms`, `1.62 s`, `2 min 5 s`. */
export function formatMs(milliseconds: number): string {
  if (milliseconds < 999.95) return `${milliseconds.toFixed(1)}${THIN}ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 59.995) return `${seconds.toFixed(2)}${THIN}s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}${THIN}min ${whole % 60}${THIN}s`;
}

/** Decimal units with two or three digits: `6.6 MB`, `804 MB`, `1.9 GB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)}${THIN}${units[unit]}`;
}

/** A small difference: `1.5e-3`. */
export function formatError(value: number): string {
  return value === 0 ? '0' : value.toExponential(1).replace('e+', 'e');
}

/** Clock, 24 hours: `14:36`. */
export function formatClock(time: number): string {
  const date = new Date(time);
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
}
