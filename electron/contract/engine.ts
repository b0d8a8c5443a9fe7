/** What an engine answers, wherever it runs: the native process, or a window's worker. Arrays travel only here. */
import { z } from 'zod';
import { defineContract } from './define';
import {
  attentionAnswerSchema,
  attentionQuestionSchema,
  modelInfoSchema,
  runInputSchema,
  runOptionsSchema,
  runProgressSchema,
  runResultSchema,
} from './run-schemas';

export const engineContract = defineContract({
  /** Reads config, checks weights, builds graphs. A model already open answers at once. */
  open: { params: z.object({ modelId: z.string() }), result: modelInfoSchema },
  /** Opens the model when needed. A newer run of the same window cancels the older through its signal. */
  run: {
    params: z.object({ runId: z.string(), modelId: z.string(), input: runInputSchema, options: runOptionsSchema }),
    result: runResultSchema,
    progress: runProgressSchema,
  },
  /** Rejects with `run-forgotten` when the run is no longer kept. */
  ask: { params: attentionQuestionSchema, result: attentionAnswerSchema },
  forget: { params: z.object({ runId: z.string() }), result: z.void() },
  /** Runs the shipped vector and says how far this engine is from the CPU's float32 result. */
  check: {
    params: z.object({}),
    result: z.object({ maxDifference: z.number(), limit: z.number(), agrees: z.boolean() }),
  },
});

export type EngineContract = typeof engineContract;
