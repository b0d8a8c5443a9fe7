/** Sentences about the JSON files that come with a model: what a field should hold, and what stands there instead. */

/** Pixels. A model input with a longer side is a mistake in its files, not a picture. */
export const MAX_SIDE = 8192;

/** What a field for a whole number from 1 to `most` should be. */
export function wholeNumber(most: number): string {
  return `should be a whole number from 1 to ${most.toLocaleString('en')}`;
}

interface Problem {
  readonly path: readonly PropertyKey[];
  /** What the schema says the field should be: “should be …”. */
  readonly message: string;
}

/** The first of a schema's problems with `json`: “num_latents” should be … and is 0. */
export function sentenceOf({ issues }: { readonly issues: readonly Problem[] }, json: unknown): string {
  const { path, message } = issues[0]!;
  const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], json);
  const name = path.length === 0 ? 'the file' : `“${path.join('.').slice(0, 60)}”`;
  return `${name} ${message} and is ${value === undefined ? 'missing' : shown(value)}`;
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return typeof value === 'string' ? `“${short}”` : short;
}
