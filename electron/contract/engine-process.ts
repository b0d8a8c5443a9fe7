/**
 * What the host tells an engine's process: which engine to be, and where models lie. Over the same pipe run lanes that
 * speak the engine contract; a window never sees this one, so no window can name a folder.
 */
import { z } from 'zod';
import { defineContract } from './define';

/** Engines that run in a process of their own; `webgpu` exists only in windows. */
export const PROCESS_ENGINES = ['native', 'wasm'] as const;
export type ProcessEngine = (typeof PROCESS_ENGINES)[number];

export const CONTROL_LANE = 'control';

/** Exit code of a process that ended itself, not needed, to give memory back: neither a crash nor asked for. */
export const EXIT_RECYCLED = 86;

/** Handed to a process that is spoken to through Electron: a port on which a window asks the engine contract. */
export const WINDOW_PORT = 'window-port';

export const engineProcessContract = defineContract({
  /** Loads onnxruntime. Rejects with `engine-unavailable` and the reason where it does not load. */
  start: {
    params: z.object({
      engine: z.enum(PROCESS_ENGINES),
      /** One a physical core unless told. */
      threads: z.number().int().positive().optional(),
      /** Above this many resident bytes the process ends itself with `EXIT_RECYCLED` once it is idle. */
      memoryLimitBytes: z.number().positive(),
    }),
    result: z.object({ device: z.string() }),
  },
  /** Every model that may be opened, id to folder; replaces what was told before. */
  models: { params: z.object({ folders: z.record(z.string(), z.string()) }), result: z.void() },
});

export type EngineProcessContract = typeof engineProcessContract;
