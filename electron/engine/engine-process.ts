/**
 * What an engine's process does: one service, asked by the host and by windows on a channel each. It holds no path that
 * the host did not tell it. Grown past its limit it ends itself once nothing was asked for ten minutes: onnxruntime does not
 * give back all it took (onnxruntime#25325), a fresh process does.
 */
import { LabError } from '../../models/lab-error';
import type { Channel } from '../contract/channel';
import type { Handlers } from '../contract/define';
import { type EngineContract, engineContract } from '../contract/engine';
import { CONTROL_LANE, EXIT_RECYCLED, engineProcessContract, type ProcessEngine } from '../contract/engine-process';
import { multiplex } from '../contract/multiplex';
import { serve } from '../contract/rpc';
import { physicalCores } from './cores';
import { type ModelFolder, openModelFolder } from './model-folder';
import type { Parent } from './parent';

export interface ServiceOptions {
  readonly engine: ProcessEngine;
  readonly threads: number;
  /** Rejects with `model-unknown` for what the host did not name. */
  readonly resolve: (modelId: string) => Promise<ModelFolder>;
}

/** What a service is made of: the engine's calls, and what it runs on in words. */
export interface Service {
  readonly handlers: Handlers<EngineContract>;
  readonly device: string;
}

/** Windows and host together; a window opens one lane at a time. */
const MAX_LANES = 64;

/** Nobody looks at its runs when nothing was asked for so long; the window runs one again when somebody does. */
const IDLE_MS = 10 * 60_000;

export function runEngineProcess(
  parent: Parent,
  createService: (options: ServiceOptions) => Promise<Service>,
  { idleMs = IDLE_MS }: { readonly idleMs?: number } = {},
): void {
  let service: Service | null = null;
  let folders: Readonly<Record<string, string>> = {};
  let memoryLimitBytes = Number.POSITIVE_INFINITY;
  let openCalls = 0;
  let idle: ReturnType<typeof setTimeout> | undefined;

  const resolve = async (modelId: string) => {
    const folder = Object.hasOwn(folders, modelId) ? folders[modelId] : undefined;
    if (folder === undefined)
      throw new LabError('model-unknown', `There is no model “${modelId}”.`, 'Choose one of the models in the menu.');
    return openModelFolder(modelId, folder);
  };

  /** Handlers that know how many calls are open: only between calls may the process end itself. */
  const counted = (handlers: Handlers<EngineContract>): Handlers<EngineContract> => {
    const calls = Object.entries(handlers).map(([name, handler]) => [
      name,
      async (params: never, call: never) => {
        openCalls += 1;
        clearTimeout(idle);
        try {
          return await (handler as (params: never, call: never) => unknown)(params, call);
        } finally {
          openCalls -= 1;
          clearTimeout(idle);
          idle = setTimeout(recycleWhenLarge, idleMs);
        }
      },
    ]);
    return Object.fromEntries(calls) as Handlers<EngineContract>;
  };

  const recycleWhenLarge = () => {
    if (openCalls === 0 && process.memoryUsage.rss() > memoryLimitBytes) process.exit(EXIT_RECYCLED);
  };

  const serveEngine = (channel: Channel) => {
    if (service) serve(engineContract, counted(service.handlers), channel);
    else channel.close();
  };

  const serveControl = (channel: Channel) =>
    serve(
      engineProcessContract,
      {
        start: async ({ engine, threads, memoryLimitBytes: limit }) => {
          memoryLimitBytes = limit;
          service ??= await createService({ engine, threads: threads ?? physicalCores(), resolve });
          return { device: service.device };
        },
        models: (told) => {
          folders = told.folders;
        },
      },
      channel,
    );

  multiplex(parent.channel, {
    maxLanes: MAX_LANES,
    onLane: (name, channel) => (name === CONTROL_LANE ? serveControl(channel) : serveEngine(channel)),
  });
  parent.onWindowPort(serveEngine);
  // Without a host nobody could ask any more.
  parent.channel.onClose(() => process.exit(0));
}
