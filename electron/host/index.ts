/**
 * The host: models, samples, settings, engines and the record of runs, for windows and for the terminal alike.
 * It knows no Electron and no window: main, server and command line hand it folders and a way to start an engine's process.
 */
import { mkdir } from 'node:fs/promises';
import type { Channel } from '../contract/channel';
import type { Client } from '../contract/define';
import type { EngineContract } from '../contract/engine';
import type { ProcessEngine } from '../contract/engine-process';
import type { ModelEntry } from '../contract/host';
import { EngineBoard } from './engine-board';
import type { StartEngineProcess } from './engine-process';
import { memoryLimitBytes } from './memory-limit';
import { ModelStore, type ReadModelInfo } from './model-store';
import { RunRecord } from './run-record';
import { SampleStore } from './samples';
import { SettingsStore } from './settings';

export interface HostOptions {
  /** One folder a model, in the Hugging Face layout, each with a `card.json`. */
  readonly zooFolder: string;
  /** Holds `samples.json` and the files it names. */
  readonly samplesFolder: string;
  /** Settings are kept here; created where missing. */
  readonly dataFolder: string;
  readonly version: string;
  readonly mode: 'electron' | 'browser';
  /** Why browser mode, in a sentence; null in Electron and on the command line. */
  readonly modeReason: string | null;
  readonly startEngineProcess: StartEngineProcess;
  readonly readModelInfo: ReadModelInfo;
  /** Threads of an engine; one a physical core unless told. */
  readonly threads?: number;
  /** Sentences for the terminal; stderr unless told. */
  readonly log?: (sentence: string) => void;
}

export interface Host {
  readonly options: HostOptions;
  readonly models: ModelStore;
  readonly samples: SampleStore;
  readonly settings: SettingsStore;
  readonly engines: EngineBoard;
  readonly runs: RunRecord;
  /** Calls of an engine in a process of its own. Rejects with why it cannot be used. */
  engine(name: ProcessEngine): Promise<Client<EngineContract>>;
  /** A checkpoint folder becomes a model that engines can open. */
  addModelFolder(path: string): Promise<ModelEntry>;
  /** Leads a window's channel to the native engine. */
  serveEngine(channel: Channel): Promise<void>;
  /** Ends every engine's process. */
  close(): Promise<void>;
}

export async function createHost(options: HostOptions): Promise<Host> {
  const log = options.log ?? ((sentence: string) => process.stderr.write(`${sentence}\n`));
  await mkdir(options.dataFolder, { recursive: true }).catch(() => log(`${options.dataFolder} cannot be written; settings are not kept.`));
  const models = new ModelStore(options.zooFolder, options.readModelInfo, log);
  const settings = await SettingsStore.open(options.dataFolder, log);
  const runs = new RunRecord();
  const engines = new EngineBoard({
    start: options.startEngineProcess,
    folders: () => models.folders(),
    runs,
    choice: () => settings.current.engineChoice,
    memoryLimitBytes: memoryLimitBytes(),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
  });
  return {
    options,
    models,
    samples: new SampleStore(options.samplesFolder),
    settings,
    engines,
    runs,
    engine: (name) => engines.client(name),
    addModelFolder: async (path) => {
      const entry = await models.addFolder(path);
      await engines.tellModels();
      return entry;
    },
    serveEngine: (channel) => engines.serveWindow(channel),
    close: () => engines.stop(),
  };
}

/** Starts the native engine while the window still loads. Where it cannot start, the first run says why. */
export function warmUp(host: Host): void {
  host.engine('native').catch(() => undefined);
}
