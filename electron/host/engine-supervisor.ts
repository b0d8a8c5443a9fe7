/**
 * Keeps one engine's process: starts it when it is first needed, checks it against the shipped vector, sees whether it
 * exited or crashed, and starts it again with the next call, but not for ever. Crashes lose runs, never the window.
 */
import { LabError } from '../../models/lab-error';
import type { Channel } from '../contract/channel';
import type { Client } from '../contract/define';
import { engineContract } from '../contract/engine';
import {
  CONTROL_LANE,
  type EngineProcessContract,
  EXIT_RECYCLED,
  engineProcessContract,
  type ProcessEngine,
} from '../contract/engine-process';
import type { EngineState } from '../contract/host';
import { type Multiplex, multiplex } from '../contract/multiplex';
import { connect } from '../contract/rpc';
import type { EngineExit, EngineProcess, StartEngineProcess } from './engine-process';
import { ENGINE_TITLES } from './engine-titles';

export interface SupervisorOptions {
  readonly engine: ProcessEngine;
  readonly start: StartEngineProcess;
  /** Model folders by id, told to a process when it starts and whenever `tellModels` is called. */
  readonly folders: () => Promise<Readonly<Record<string, string>>>;
  /** Threads of the engine; one a physical core unless told. */
  readonly threads?: number;
  readonly memoryLimitBytes: number;
  readonly onChange: () => void;
  readonly startTimeoutMs?: number;
  /** This many crashes within a minute, three unless told, and the engine is left alone until it is restarted by hand. */
  readonly maxCrashes?: number;
}

export type SupervisedState = Omit<EngineState, 'medians' | 'name'>;

interface Running {
  readonly process: EngineProcess;
  readonly lanes: Multiplex;
  readonly control: Client<EngineProcessContract>;
  laneCount: number;
  /** Set where the host itself ends the process: then its exit is no crash. */
  ending: boolean;
  /** The pipe closes before the exit is told: in between, the process is of no use and its reason not known yet. */
  closed: boolean;
  /** How it ended, once it has. */
  end: Ending | null;
  readonly exited: Promise<void>;
}

interface Ending {
  readonly reason: string;
  /** What the process wrote last on stderr: for the details of an error. */
  readonly stderr: string;
}

const CRASH_WINDOW_MS = 60_000;
const START_TIMEOUT_MS = 30_000;

export class EngineSupervisor {
  readonly #options: SupervisorOptions;
  #running: Promise<Running> | null = null;
  #process: Running | null = null;
  #crashes: number[] = [];
  /** The last crash of too many: no process is started any more. */
  #givenUp: Ending | null = null;
  #state: SupervisedState = { status: 'untried', device: '', reason: 'It starts with the first run.', software: false, check: null };

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  get state(): SupervisedState {
    return this.#state;
  }

  get pid(): number | undefined {
    return this.#process?.process.pid;
  }

  /** A lane that speaks the engine contract. Rejects with why the engine cannot be used. */
  async lane(): Promise<Channel> {
    const running = await this.#ready();
    return running.lanes.lane(`engine/${++running.laneCount}`);
  }

  /** Leads a port of Electron's straight to the process. `exited`: its end, which a page may not hear of by itself. */
  async handPort(port: unknown): Promise<{ readonly exited: Promise<void> }> {
    const { process, exited } = await this.#ready();
    if (!process.handPort) throw new Error('This process takes no ports.');
    process.handPort(port);
    return { exited };
  }

  /** Says which models there are to a process that runs already. */
  async tellModels(): Promise<void> {
    if (this.#process) await this.#process.control.models({ folders: { ...(await this.#options.folders()) } });
  }

  /** Ends the process, forgets past crashes, starts afresh. */
  async restart(): Promise<void> {
    await this.stop();
    this.#crashes = [];
    this.#givenUp = null;
    await this.#ready();
  }

  async stop(): Promise<void> {
    const running = this.#process;
    if (!running) return;
    running.ending = true;
    running.process.kill();
    await running.exited;
  }

  async #ready(): Promise<Running> {
    if (this.#process?.closed) await this.#process.exited;
    if (!this.#running && this.#givenUp) throw this.#unavailable(this.#givenUp);
    this.#running ??= this.#attempt();
    return this.#running;
  }

  /** A start that fails is forgotten, unless a newer one stands in its place: a restart may come while it still fails. */
  #attempt(): Promise<Running> {
    const attempt = this.#begin();
    attempt.catch(() => {
      if (this.#running === attempt) this.#running = null;
    });
    return attempt;
  }

  async #begin(): Promise<Running> {
    const { engine } = this.#options;
    this.#set({ status: 'starting', reason: 'Its process is starting.' });
    const process = this.#startProcess(engine);
    const lanes = multiplex(process.channel, { maxLanes: 0 });
    const running: Running = {
      process,
      lanes,
      control: connect(engineProcessContract, lanes.lane(CONTROL_LANE)),
      laneCount: 0,
      ending: false,
      closed: false,
      end: null,
      exited: new Promise((done) =>
        process.onExit((exit) => {
          this.#ended(running, exit);
          done();
        }),
      ),
    };
    this.#process = running;
    process.channel.onClose(() => {
      running.closed = true;
      process.kill();
    });
    const timeout = AbortSignal.timeout(this.#options.startTimeoutMs ?? START_TIMEOUT_MS);
    try {
      await this.#startUp(running, timeout);
      return running;
    } catch (thrown) {
      const error = LabError.from(thrown);
      if (running.closed) await running.exited;
      // A process that ended is told of by its exit; any other that failed to start is of no use.
      if (this.#process === running) {
        // A busy computer is no reason to give the engine up: the next call starts it afresh.
        if (timeout.aborted) this.#set({ status: 'lost', reason: `${error.message} It is tried again with the next run.` });
        else this.#set({ status: 'unavailable', reason: error.message });
        running.ending = true;
        process.kill();
        this.#process = null;
      }
      throw running.end && (error.code === 'engine-lost' || error.code === 'cancelled') ? this.#unavailable(running.end) : error;
    }
  }

  #startProcess(engine: ProcessEngine): EngineProcess {
    try {
      return this.#options.start(engine);
    } catch (thrown) {
      const error = LabError.from(thrown);
      this.#set({ status: 'unavailable', reason: error.message });
      throw error;
    }
  }

  async #startUp(running: Running, timeout: AbortSignal): Promise<void> {
    const { engine, threads, memoryLimitBytes, folders } = this.#options;
    const within = async <T>(call: Promise<T>): Promise<T> => {
      try {
        return await call;
      } catch (thrown) {
        if (!timeout.aborted) throw thrown;
        throw new LabError('engine-unavailable', `${ENGINE_TITLES[engine]} did not start in time.`, 'Try again, or choose another engine.');
      }
    };
    const { device } = await within(
      running.control.start({ engine, memoryLimitBytes, ...(threads === undefined ? {} : { threads }) }, { signal: timeout }),
    );
    await within(running.control.models({ folders: { ...(await folders()) } }, { signal: timeout }));
    const lane = running.lanes.lane(`engine/${++running.laneCount}`);
    const check = await within(connect(engineContract, lane).check({}, { signal: timeout }));
    lane.close();
    this.#state = { ...this.#state, device, check };
    if (!check.agrees) throw disagrees(engine, check);
    this.#set({ status: 'ready', reason: 'It agrees with the shipped result.' });
  }

  #ended(running: Running, exit: EngineExit): void {
    const { reason, status } = this.#ending(running, exit);
    running.end = { reason, stderr: exit.stderr.trim() };
    if (this.#process !== running) return;
    this.#process = null;
    this.#running = null;
    if (status === 'unavailable') this.#givenUp = running.end;
    this.#set({ status, reason });
  }

  #ending(running: Running, exit: EngineExit): Pick<SupervisedState, 'reason' | 'status'> {
    if (running.ending) return { status: 'untried', reason: 'Its process was ended; it starts again with the next run.' };
    if (exit.code === EXIT_RECYCLED) {
      return { status: 'untried', reason: 'Its process ended itself to give memory back; it starts again with the next run.' };
    }
    const since = Date.now() - CRASH_WINDOW_MS;
    this.#crashes = [...this.#crashes.filter((time) => time > since), Date.now()];
    const what = `Its process ended by itself (${wordsOf(exit)}).`;
    if (this.#crashes.length < (this.#options.maxCrashes ?? 3))
      return { status: 'lost', reason: `${what} It starts again with the next run.` };
    return { status: 'unavailable', reason: `${what} It ended several times within a minute and is left alone until you restart it.` };
  }

  #unavailable({ reason, stderr }: Ending): LabError {
    return new LabError(
      'engine-unavailable',
      `${ENGINE_TITLES[this.#options.engine]} cannot be used now. ${reason}`,
      'Restart the engine, or choose another one.',
      stderr === '' ? {} : { detail: stderr },
    );
  }

  #set(change: Partial<SupervisedState>): void {
    this.#state = { ...this.#state, ...change };
    this.#options.onChange();
  }
}

function wordsOf({ code, signal }: EngineExit): string {
  if (signal) return `signal ${signal}`;
  return code === null ? 'it could not be started' : `exit code ${code}`;
}

function disagrees(engine: ProcessEngine, check: NonNullable<EngineState['check']>): LabError {
  const [difference, limit] = [check.maxDifference, check.limit].map((value) => value.toExponential(1));
  return new LabError(
    'engine-disagrees',
    `${ENGINE_TITLES[engine]} is not accurate here: it differs from the shipped result by ${difference}, and the limit is ${limit}.`,
    'Choose another engine, and report the problem with your processor’s name.',
  );
}
