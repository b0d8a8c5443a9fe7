/** One reference case on one engine, in whichever process this runs. */
import { openModel } from '../../models/runtime/open-model';
import type { Ort } from '../../models/runtime/ort';
import { runRaw } from '../../models/runtime/raw';
import { type Comparison, compare, type ReadFile, readReferenceCase } from '../../models/runtime/testing/reference-case';
import type { EngineName } from '../../models/runtime/types';

export type CaseResult = Comparison;

/** `location`: where the native engine may open the weights by itself. */
export async function runCase(
  ort: Ort,
  engine: EngineName,
  name: string,
  read: ReadFile,
  location?: { readonly folder: string; readonly file: string },
): Promise<CaseResult> {
  const { source, inputs, expected } = await readReferenceCase(name, read, location);
  const model = await openModel(ort, source, { engine, threads: 1 });
  try {
    return compare(expected, await runRaw(model, inputs, { attentions: true, hiddenStates: true }));
  } finally {
    await model.dispose();
  }
}
