/** The command line's entry: arguments in, exit code out. */
import { CommanderError } from 'commander';
import { LabError } from '../../models/lab-error';
import { findFolders } from '../host/folders';
import { evaluateCommand } from './evaluate-command';
import { expandMasks, usageError } from './options';
import { createOutput, type Output } from './output';
import { createProgram } from './program';
import { rawCommand } from './raw-command';
import { runCommand } from './run-command';

const FINE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;
/** 128 + SIGINT, as shells have it. */
const STOPPED = 130;

/** npm changes into the project's folder; paths are relative to where the person stands. */
const folder = process.env.INIT_CWD ?? process.cwd();

function exitCodeOf(error: LabError): number {
  if (error.code === 'cancelled') return STOPPED;
  return error.code === 'usage' || error.code === 'model-unknown' ? WRONG_USAGE : FAILED;
}

/** Time to leave things tidy after Ctrl-C; what still waits then (a pipe that says nothing) is left. */
const GRACE_MS = 1500;

/** Ctrl-C ends the work between two calls; a second one ends the process at once. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(STOPPED);
      controller.abort();
      setTimeout(() => {
        process.stderr.write('Stopped.\n');
        process.exit(STOPPED);
      }, GRACE_MS).unref();
    });
  }
  return controller.signal;
}

async function main(): Promise<number> {
  const signal = interruption();
  let exitCode = FINE;
  const guarded = async (output: Output, work: () => Promise<boolean>): Promise<void> => {
    try {
      exitCode = (await work()) ? FINE : FAILED;
    } catch (thrown) {
      const error = LabError.from(thrown);
      if (error.code === 'cancelled') output.say('Stopped.');
      else output.failure({ error: error.toData() });
      exitCode = exitCodeOf(error);
    }
  };
  const program = createProgram(findFolders(import.meta.dirname).version, {
    run: (model, inputs, { json, debug, ...flags }) => {
      const output = createOutput({ json: json === true, debug: debug === true });
      const options = {
        engine: flags.engine ?? null,
        topK: flags.topK,
        masks: flags.mask ?? [],
        lines: flags.lines === true,
        long: flags.long ?? null,
        attention: flags.attention ?? null,
        folder,
      };
      return guarded(output, () => runCommand(model, inputs, options, output, signal));
    },
    raw: (checkpoint, { debug, ...flags }) => {
      const output = createOutput({ json: false, debug: debug === true });
      const options = {
        engine: flags.engine ?? 'native',
        inputs: flags.inputs,
        out: flags.out,
        attentions: flags.attentions === true,
        hiddenStates: flags.hiddenStates === true,
        folder,
      };
      return guarded(output, () => rawCommand(checkpoint, options, signal, output.say));
    },
    evaluate: (model, { debug, ...flags }) => {
      const output = createOutput({ json: false, debug: debug === true });
      const options = {
        engine: flags.engine ?? null,
        data: flags.data ?? null,
        limit: flags.limit ?? null,
        write: flags.write === true,
        folder,
      };
      return guarded(output, () => evaluateCommand(model, options, output, signal));
    },
  });
  program.exitOverride();
  // commander's own sentences; with --json the error is told as any other is.
  const json = process.argv.includes('--json');
  if (json) program.configureOutput({ writeErr: () => undefined });
  for (const command of program.commands) command.exitOverride().copyInheritedSettings(program);
  try {
    await program.parseAsync(expandMasks(process.argv.slice(2)), { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    // Help that was asked for is an answer; help in place of a command is not.
    if (thrown.exitCode === 0) return FINE;
    if (json) createOutput({ json, debug: false }).failure({ error: usageError(thrown).toData() });
    return WRONG_USAGE;
  }
  return exitCode;
}

// A reader that has seen enough (head) closes the pipe: no reason to complain.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(FINE);
  throw error;
});

process.exitCode = await main();
