/** The commands and options of the command line, with their help. */
import { Command, Option } from 'commander';
import { TOP_K } from '../../models/modality/modality';
import type { ByteSpan } from '../../models/runtime/types';
import type { ProcessEngine } from '../contract/engine-process';
import type { LongText } from './long-text';
import { parseCount, parseEngine, parseLong, parseMask, parseName } from './options';

export interface RunFlags {
  readonly json?: true;
  readonly debug?: true;
  readonly topK: number;
  readonly engine?: ProcessEngine;
  readonly lines?: true;
  readonly mask?: readonly ByteSpan[];
  readonly long?: LongText;
  readonly attention?: string;
}

export interface RawFlags {
  readonly debug?: true;
  readonly inputs: string;
  readonly out: string;
  readonly engine?: ProcessEngine;
  readonly attentions?: true;
  readonly hiddenStates?: true;
}

export interface EvaluateFlags {
  readonly debug?: true;
  readonly data?: string;
  readonly engine?: ProcessEngine;
  readonly limit?: number;
  readonly write?: true;
}

export interface Actions {
  run(model: string, inputs: string[], flags: RunFlags): Promise<void>;
  raw(checkpoint: string, flags: RawFlags): Promise<void>;
  evaluate(model: string, flags: EvaluateFlags): Promise<void>;
}

const RUN_EXAMPLES = `
Examples:
  npm run --silent cli -- run image-fourier cat.jpg
  npm run --silent cli -- run image-fourier photos/ --json --top-k 3
  npm run --silent cli -- run text-mlm note.txt --mask 4:9 --mask 20:26
  echo "The cat sat on the mat." | npm run --silent cli -- run text-mlm - --mask 4:7
  npm run --silent cli -- run text-mlm lines.txt --lines --mask 0:3 --json
  npm run --silent cli -- run image-fourier cat.jpg --attention maps/

A folder gives one result for each of its files, in the order of their names; folders inside it are left out.
A bad input says why on stderr (and in its place with --json); the rest go on, and the exit code is 1.
Exit codes: 0 fine, 1 the work failed, 2 wrong usage, 130 stopped with Ctrl-C. Formats: docs/formats.md. JSON: docs/cli.md.
`;

const RAW_EXAMPLES = `
Names, shapes and order of the tensors are those of Hugging Face's forward arguments and outputs (docs/cli.md).

Example:
  npm run --silent cli -- raw models/zoo/text-mlm --inputs in.safetensors --out out.safetensors --attentions
`;

const engineOption = (unlessTold = 'native where it loads'): Option =>
  new Option('--engine <name>', `native or wasm (${unlessTold}, unless told)`).argParser(parseEngine);
const debugOption = (): Option => new Option('--debug', 'technical details of errors on stderr');

export function createProgram(version: string, actions: Actions): Command {
  const program = new Command('perceiver-lab')
    .description('Perceiver IO on the command line: what came out, and who looked at whom.')
    .version(version)
    .showHelpAfterError('Add --help for all options and examples.')
    .helpCommand(false);
  program
    .command('run')
    .description('Run pictures or texts through a model.')
    .argument('<model>', 'a built-in model (image-fourier, text-mlm) or a folder with config.json and weights', parseName)
    .argument('<inputs...>', 'files, folders, or - for standard input')
    .option('--json', 'one JSON object a line instead of a table')
    .option('--top-k <K>', `answers shown per input or masked byte, 1 to ${TOP_K.highest}`, parseCount(TOP_K.highest), TOP_K.initial)
    .addOption(engineOption())
    .option('--lines', 'each line of a text file is an input; empty lines are left out')
    .option('--mask <START:END>', 'bytes to mask, counted from 0 in the UTF-8 input, END not included; may be repeated', parseMask)
    .option('--long <how>', 'text longer than the model: first (unless told) reads its first part, slide reads it in windows', parseLong)
    .option('--attention <folder>', 'write attention maps as PNG and .safetensors, a folder inside for each input', parseName)
    .addOption(debugOption())
    .addHelpText('after', RUN_EXAMPLES)
    .action(actions.run);
  program
    .command('raw')
    .description('Run tensors through a checkpoint, to check the numbers.')
    .argument('<checkpoint>', 'a folder with config.json and weights', parseName)
    .requiredOption('--inputs <file>', 'forward arguments, .safetensors', parseName)
    .requiredOption('--out <file>', 'where the results go, .safetensors', parseName)
    .addOption(engineOption('native'))
    .option('--attentions', 'write every attention map as well')
    .option('--hidden-states', 'write the latents before every layer and after every block as well')
    .addOption(debugOption())
    .addHelpText('after', RAW_EXAMPLES)
    .action(actions.raw);
  program
    .command('evaluate')
    .description('Measure a model on held-out data: CIFAR-10’s test images, or the masked windows of models/training/heldout-masks.json.')
    .argument('<model>', 'a built-in model or a folder', parseName)
    .option('--data <folder>', 'folder with cifar10/ and text/ (../shared/data unless told)', parseName)
    .addOption(engineOption())
    .option('--write', 'put the figures into the card.json of a built-in model')
    .option('--limit <N>', 'only the first N images, or N windows of each set', parseCount(1_000_000))
    .addOption(debugOption())
    .action(actions.evaluate);
  return program;
}
