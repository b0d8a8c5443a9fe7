/** What a window or a terminal may ask of the host. No path crosses here: models and samples are named by id. */
import { z } from 'zod';
import { defineContract } from './define';
import { engineNameSchema, labErrorSchema, modelInfoSchema, timingsSchema } from './run-schemas';

export const modelEntrySchema = z.object({
  id: z.string(),
  title: z.string(),
  /** One line: what it is and who trained it ("CIFAR-10, ten classes, trained by us"). */
  summary: z.string(),
  license: z.string(),
  origin: z.enum(['built-in', 'folder']),
  info: modelInfoSchema,
});
export type ModelEntry = z.output<typeof modelEntrySchema>;

/** What a window's own engine reads of a model beside its weights; everything else stays with the host. */
export const MODEL_TEXTS: readonly string[] = ['config.json', 'preprocessor_config.json'];
/** Bytes one `modelRead` answers at most. */
export const MODEL_READ_LIMIT = 16 * 1024 * 1024;

export const sampleEntrySchema = z.object({
  id: z.string(),
  name: z.string(),
  modality: z.enum(['image', 'text']),
  licence: z.string(),
  source: z.string(),
  /** Masks a text sample starts with, as byte spans. */
  masks: z.array(z.tuple([z.number().int(), z.number().int()])),
});
export type SampleEntry = z.output<typeof sampleEntrySchema>;

/** One engine as the menu shows it. */
export const engineStateSchema = z.object({
  name: engineNameSchema,
  status: z.enum(['untried', 'starting', 'ready', 'unavailable', 'lost']),
  /** What it runs on, e.g. "AMD EPYC, 2 threads" or "google / swiftshader". */
  device: z.string(),
  /** One sentence: why it can or cannot be used. */
  reason: z.string(),
  software: z.boolean(),
  /** Result of the shipped vector on this machine, once run. */
  check: z.object({ maxDifference: z.number(), limit: z.number(), agrees: z.boolean() }).nullable(),
  /** Median of the last five totals per model on this machine, milliseconds. */
  medians: z.record(z.string(), z.number()),
});
export type EngineState = z.output<typeof engineStateSchema>;

export const engineChoiceSchema = z.union([z.literal('automatic'), engineNameSchema]);
export type EngineChoice = z.output<typeof engineChoiceSchema>;

export const enginesViewSchema = z.object({
  engines: z.array(engineStateSchema),
  choice: engineChoiceSchema,
  /** The engine that runs now, and one sentence why this one. */
  chosen: engineNameSchema,
  why: z.string(),
});
export type EnginesView = z.output<typeof enginesViewSchema>;

export const settingsSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  colourMap: z.enum(['ember', 'viridis', 'cividis', 'magma', 'grey']),
  motion: z.enum(['system', 'reduced']),
  autoRun: z.boolean(),
  /** WCAG 2.1.4: single-letter shortcuts can be turned off. */
  letterKeys: z.boolean(),
  engineChoice: engineChoiceSchema,
  sidebar: z.boolean(),
  /** Widths of columns by modality, CSS px. */
  columns: z.record(z.string(), z.number()),
  /** Moves of the first start that have been made once. */
  movesMade: z.array(z.string()),
});
export type Settings = z.output<typeof settingsSchema>;

export const DEFAULT_SETTINGS: Settings = {
  theme: 'system',
  colourMap: 'ember',
  motion: 'system',
  autoRun: true,
  letterKeys: true,
  engineChoice: 'automatic',
  sidebar: true,
  columns: {},
  movesMade: [],
};

/** What the host pushes into a window: a menu item was chosen, or the system handed over a file to open. */
export const appEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('command'), command: z.string() }),
  /** One of the files that were opened together; with `more`, others of them follow. One a message: a message has a largest size. */
  z.object({ kind: z.literal('file'), name: z.string(), bytes: z.instanceof(Uint8Array), more: z.boolean() }),
  /** One of them that could not be read. */
  z.object({ kind: z.literal('file-error'), error: labErrorSchema, more: z.boolean() }),
  /** Something happened outside the window that a person should read (it crashed and is back). */
  z.object({ kind: z.literal('notice'), error: labErrorSchema }),
]);
export type AppEvent = z.output<typeof appEventSchema>;

const nothing = z.object({});

export const hostContract = defineContract({
  hello: {
    params: nothing,
    result: z.object({
      version: z.string(),
      mode: z.enum(['electron', 'browser']),
      /** Why browser mode, in a sentence; null in Electron. */
      modeReason: z.string().nullable(),
      platform: z.string(),
      settings: settingsSchema,
    }),
  },
  models: { params: nothing, result: z.array(modelEntrySchema) },
  /** Sizes of the files a window's engine may read, by bare name. */
  modelFiles: { params: z.object({ modelId: z.string() }), result: z.record(z.string(), z.number()) },
  modelRead: {
    params: z.object({
      modelId: z.string(),
      /** One that `modelFiles` names. */
      file: z.string(),
      offset: z.number().int().nonnegative(),
      length: z.number().int().positive().max(MODEL_READ_LIMIT),
    }),
    result: z.instanceof(Uint8Array),
  },
  samples: { params: nothing, result: z.array(sampleEntrySchema) },
  sampleRead: { params: z.object({ sampleId: z.string() }), result: z.instanceof(Uint8Array) },
  settingsWrite: { params: settingsSchema.partial(), result: settingsSchema },
  /** Stays open for the life of the window and reports the engines, now and at every change. */
  enginesWatch: { params: nothing, result: z.void(), progress: enginesViewSchema },
  /** A window's worker says what its engine is and how its check went. */
  engineReport: { params: engineStateSchema.omit({ medians: true }), result: z.void() },
  engineChoose: { params: z.object({ choice: engineChoiceSchema }), result: enginesViewSchema },
  /** Ends the engine's process and starts a fresh one: the last resort of a cancel. */
  engineRestart: { params: z.object({ engine: z.literal('native') }), result: z.void() },
  /** Every run is recorded with the host, whichever engine made it. */
  runRecord: {
    params: z.object({
      runId: z.string(),
      modelId: z.string(),
      engine: engineNameSchema,
      timingsMs: timingsSchema.nullable(),
      error: labErrorSchema.nullable(),
    }),
    result: z.void(),
  },
  /** Work of more than ten seconds, for dock and taskbar: 0 to 1, null when there is none; `failed` shows it in the error colour. */
  workProgress: { params: z.object({ fraction: z.number().min(0).max(1).nullable(), failed: z.boolean() }), result: z.void() },
  /** Stays open; menu commands and files from the system. */
  appEvents: { params: nothing, result: z.void(), progress: appEventSchema },
});

export type HostContract = typeof hostContract;
