/** Electron's utility process as a forked one: `parent-port.ts` gives it the `process.parentPort` it expects. */
import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { type DoublePort, type FarEnd, handOver } from './ports';

/** Module that a forked process loads first. */
export const parentPortModule = { url: '' };

/** What crosses between the double and the forked process. */
export type Crossing =
  | { readonly to: 'parent'; readonly data: unknown; readonly ports: readonly number[] }
  | { readonly to: 'port'; readonly port: number; readonly data: unknown }
  | { readonly to: 'close'; readonly port: number };

class UtilityProcess extends EventEmitter {
  readonly #child: ChildProcess;
  readonly #ports = new Map<number, FarEnd>();
  #nextPort = 1;
  readonly stderr: NodeJS.ReadableStream | null;
  readonly pid: number | undefined;

  constructor(entry: string, args: readonly string[]) {
    super();
    this.#child = fork(entry, args, {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: ['--import', parentPortModule.url],
    });
    this.pid = this.#child.pid;
    this.stderr = this.#child.stderr;
    this.#child.on('message', (crossing: Crossing) => {
      if (crossing.to === 'parent') this.emit('message', crossing.data);
      else if (crossing.to === 'port') this.#ports.get(crossing.port)?.message(crossing.data);
      else this.#ports.get(crossing.port)?.close();
    });
    this.#child.on('exit', (code, signal) => {
      for (const far of this.#ports.values()) far.close();
      this.emit('exit', code ?? (signal === null ? 0 : 1));
    });
  }

  postMessage(data: unknown, transferred: readonly DoublePort[] = []): void {
    const handed = transferred.map((port) => ({ port, id: this.#nextPort++ }));
    // First the news of a port, then what comes over it.
    this.#send({ to: 'parent', data, ports: handed.map(({ id }) => id) });
    for (const { port, id } of handed) {
      const far = handOver(port, {
        message: (message) => this.#send({ to: 'port', port: id, data: message }),
        close: () => this.#send({ to: 'close', port: id }),
      });
      this.#ports.set(id, far);
    }
  }

  kill(): boolean {
    return this.#child.kill('SIGKILL');
  }

  #send(crossing: Crossing): void {
    if (this.#child.connected) this.#child.send(crossing, () => undefined);
  }
}

export const utilityProcess = { fork: (entry: string, args: readonly string[]) => new UtilityProcess(entry, args) };
