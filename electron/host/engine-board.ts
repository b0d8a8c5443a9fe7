/** Every engine of this machine as the menu shows it: processes the host keeps, and what windows report of their own. */
import { LabError } from '../../models/lab-error';
import { ENGINE_NAMES, type EngineName } from '../../models/runtime/types';
import type { Channel } from '../contract/channel';
import { pipe } from '../contract/channels';
import type { Client } from '../contract/define';
import { type EngineContract, engineContract } from '../contract/engine';
import { PROCESS_ENGINES, type ProcessEngine } from '../contract/engine-process';
import type { EngineChoice, EngineState, EnginesView } from '../contract/host';
import { connect, serve } from '../contract/rpc';
import { chooseEngine } from './choose-engine';
import type { StartEngineProcess } from './engine-process';
import { EngineSupervisor, type SupervisedState } from './engine-supervisor';
import type { RunRecord } from './run-record';

export interface EngineBoardOptions {
  readonly start: StartEngineProcess;
  readonly folders: () => Promise<Readonly<Record<string, string>>>;
  readonly runs: RunRecord;
  readonly choice: () => EngineChoice;
  readonly memoryLimitBytes: number;
  readonly threads?: number;
}

type Reported = Omit<EngineState, 'medians'>;

/** A call of the host's own that was cancelled and still blocks its process after this long ends it. */
const STUCK_AFTER_MS = 5000;

const NOT_REPORTED: SupervisedState = {
  status: 'untried',
  device: '',
  reason: 'A window starts it when it is chosen.',
  software: false,
  check: null,
};

export class EngineBoard {
  readonly #options: EngineBoardOptions;
  readonly #supervisors: Readonly<Record<ProcessEngine, EngineSupervisor>>;
  readonly #reports = new Map<EngineName, { readonly window: object; readonly state: Reported }>();
  readonly #listeners = new Set<(view: EnginesView) => void>();
  readonly #clients = new Map<ProcessEngine, Promise<Client<EngineContract>>>();

  constructor(options: EngineBoardOptions) {
    this.#options = options;
    const supervise = (engine: ProcessEngine) =>
      new EngineSupervisor({
        engine,
        start: options.start,
        folders: options.folders,
        ...(options.threads === undefined ? {} : { threads: options.threads }),
        memoryLimitBytes: options.memoryLimitBytes,
        onChange: () => this.changed(),
      });
    this.#supervisors = { native: supervise('native'), wasm: supervise('wasm') };
  }

  get view(): EnginesView {
    const { runs } = this.#options;
    const choice = this.#options.choice();
    const model = runs.lastModel;
    const engines = ENGINE_NAMES.map((name): EngineState => ({ name, ...this.#state(name), medians: runs.medians(name) }));
    const candidates = engines.map((engine) => ({ ...engine, median: model === null ? null : runs.median(engine.name, model) }));
    return { engines, choice, ...chooseEngine(candidates, choice) };
  }

  /** Told the view now and at every change; returns the function that stops. */
  watch(listener: (view: EnginesView) => void): () => void {
    this.#listeners.add(listener);
    listener(this.view);
    return () => this.#listeners.delete(listener);
  }

  /** Something a choice rests on has changed: a state, a run, a setting. */
  changed(): void {
    if (this.#listeners.size === 0) return;
    const view = this.view;
    for (const listener of [...this.#listeners]) listener(view);
  }

  /** What a window's own worker is and how its check went. */
  report(window: object, state: Reported): void {
    if (state.name === 'native') throw new LabError('input-invalid', 'A window has no native engine.', 'Report wasm or webgpu.');
    this.#reports.set(state.name, { window, state });
    this.changed();
  }

  /** A window closed, and its engines with it. */
  forgetWindow(window: object): void {
    for (const [name, report] of this.#reports) if (report.window === window) this.#reports.delete(name);
    this.changed();
  }

  /** The engine's calls, from the host's own side (command line): the same client until its process is lost. */
  client(engine: ProcessEngine): Promise<Client<EngineContract>> {
    let client = this.#clients.get(engine);
    if (!client) {
      client = this.#connect(engine);
      this.#clients.set(engine, client);
      client.catch(() => this.#clients.delete(engine));
    }
    return client;
  }

  /** Leads a window's channel to the native engine; where that cannot run, its calls are answered with why. */
  async serveWindow(channel: Channel): Promise<void> {
    try {
      const lane = await this.#supervisors.native.lane();
      pipe(channel, lane);
    } catch (thrown) {
      refuse(channel, LabError.from(thrown));
    }
  }

  /**
   * The same with a port of Electron's, which goes straight to the process; `asChannel` is for answering with why not.
   * `onLost`: the process at its other end is gone.
   */
  async serveWindowPort<Port>(port: Port, asChannel: (port: Port) => Channel, onLost: () => void): Promise<void> {
    try {
      const { exited } = await this.#supervisors.native.handPort(port);
      void exited.then(onLost);
    } catch (thrown) {
      refuse(asChannel(port), LabError.from(thrown));
    }
  }

  async tellModels(): Promise<void> {
    await Promise.all(PROCESS_ENGINES.map((engine) => this.#supervisors[engine].tellModels()));
  }

  restart(engine: ProcessEngine): Promise<void> {
    return this.#supervisors[engine].restart();
  }

  async stop(): Promise<void> {
    await Promise.all(PROCESS_ENGINES.map((engine) => this.#supervisors[engine].stop()));
  }

  pid(engine: ProcessEngine): number | undefined {
    return this.#supervisors[engine].pid;
  }

  async #connect(engine: ProcessEngine): Promise<Client<EngineContract>> {
    const lane = await this.#supervisors[engine].lane();
    lane.onClose(() => this.#clients.delete(engine));
    return connect(engineContract, lane, {
      stuckAfterMs: STUCK_AFTER_MS,
      onStuck: () => void this.restart(engine).catch(() => undefined),
    });
  }

  #state(name: EngineName): SupervisedState {
    const report = this.#reports.get(name)?.state;
    if (report) return report;
    return name === 'native' ? this.#supervisors.native.state : NOT_REPORTED;
  }
}

/** Answers the first call with the reason and closes, so that the next attempt tries the engine again. */
function refuse(channel: Channel, error: LabError): void {
  const answer = () => {
    setTimeout(() => channel.close(), 0);
    throw error;
  };
  serve(engineContract, { open: answer, run: answer, ask: answer, forget: answer, check: answer }, channel);
}
