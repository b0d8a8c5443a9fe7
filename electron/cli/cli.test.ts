/** The built command line as a person starts it: files in, lines and exit codes out. `npm test` builds it first. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const CLI = join(ROOT, 'out', 'main', 'cli.js');
const MODELS = join(ROOT, 'models', 'perceiver', 'fixtures');
const PICTURES = join(MODELS, 'image_fourier', 'q_mask');
const TEXTS = join(MODELS, 'masked_lm', 'short_input');
const SMALL_VOCABULARY = join(MODELS, 'masked_lm', 'small_vocab');
const TEXT_CLASSES = join(MODELS, 'sequence_classification', 'one_label');
const HOSTILE = join(import.meta.dirname, 'fixtures', 'hostile');
const STARTS_SLOWLY = 120_000;

let folder = '';
beforeAll(async () => {
  if (!existsSync(CLI)) throw new Error(`${CLI} is not built: run npm run build`);
  folder = mkdtempSync(join(tmpdir(), 'perceiver-lab-cli-'));
  mkdirSync(join(folder, 'mixed'));
  const red = sharp({ create: { width: 40, height: 30, channels: 3, background: '#c03020' } });
  await red
    .clone()
    .png()
    .toFile(join(folder, 'mixed', 'b-red.png'));
  await red.clone().jpeg().toFile(join(folder, 'red.jpg'));
  writeFileSync(join(folder, 'mixed', 'a-note.txt'), 'no picture');
  writeFileSync(join(folder, 'note.txt'), 'The cat sat on the mat.');
  writeFileSync(join(folder, 'long.txt'), 'abcdefghi '.repeat(20));
  writeFileSync(join(folder, 'lines.txt'), 'one two\n\nthree four\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A line of --json, with what any of the documented objects may hold. */
interface Line {
  readonly input: string;
  readonly model?: string;
  readonly engine?: string;
  readonly timings_ms?: Record<string, number>;
  readonly classes?: { label: string; probability: number }[];
  readonly masked?: { position: number; top: { byte: number; text: string | null; probability: number }[] }[];
  readonly filled?: string;
  readonly notes?: string[];
  readonly error?: { code: string; message: string; hint: string };
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly lines: Line[];
}

function cli(args: readonly string[], { input, interruptAfter }: { input?: string; interruptAfter?: RegExp } = {}): Promise<Ended> {
  return new Promise((done) => {
    const env: NodeJS.ProcessEnv = { ...process.env, INIT_CWD: folder, PERCEIVER_LAB_DATA: join(folder, 'data'), NO_COLOR: '1' };
    const child = spawn(process.execPath, [CLI, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
      if (interruptAfter?.test(stdout)) child.kill('SIGINT');
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
    child.on('close', (code) => {
      const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
      done({ code, stdout, stderr, lines: args.includes('--json') ? lines.map((line) => JSON.parse(line)) : [] });
    });
  });
}

function tensors(path: string): Map<string, { shape: number[]; data: Float32Array }> {
  const file = new Uint8Array(readFileSync(path));
  const start = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, start))) as Record<
    string,
    { shape: number[]; data_offsets: [number, number] }
  >;
  return new Map(
    Object.entries(header)
      .filter(([name]) => name !== '__metadata__')
      .map(
        ([
          name,
          {
            shape,
            data_offsets: [begin, end],
          },
        ]) => [name, { shape, data: new Float32Array(file.slice(start + begin, start + end).buffer) }],
      ),
  );
}

describe('run with a picture model', { timeout: STARTS_SLOWLY }, () => {
  it('gives one object a line with the documented keys, a folder in the order of its names, and goes on after a bad input', async () => {
    const { code, lines, stderr } = await cli(['run', PICTURES, 'red.jpg', 'mixed', 'gone.png', '--json', '--top-k', '2']);
    expect(code).toBe(1);
    expect(lines.map(({ input }) => input)).toEqual(['red.jpg', join('mixed', 'a-note.txt'), join('mixed', 'b-red.png'), 'gone.png']);
    const [first, note, , gone] = lines;
    expect(Object.keys(first ?? {})).toEqual(['input', 'model', 'engine', 'timings_ms', 'classes']);
    expect(first).toMatchObject({ model: PICTURES, engine: 'native' });
    expect(Object.keys(first?.timings_ms ?? {})).toEqual(['preprocess', 'encode', 'process', 'decode', 'postprocess', 'total']);
    const classes = first?.classes ?? [];
    expect(classes.map((answer) => Object.keys(answer))).toEqual(Array(2).fill(['label', 'probability']));
    expect(classes[0]!.probability).toBeGreaterThanOrEqual(classes[1]!.probability);
    expect([note, note?.error].map((object) => Object.keys(object ?? {}))).toEqual([
      ['input', 'error'],
      ['code', 'message', 'hint'],
    ]);
    expect(note?.error).toMatchObject({ code: 'format-unsupported' });
    expect(gone?.error).toEqual({ code: 'file-unreadable', message: 'There is no file gone.png.', hint: 'Check the path.' });
    expect(stderr).toMatch(/a-note\.txt is no picture\. .*\n.*There is no file gone\.png\. Check the path\./s);
  });

  it('prints a table without escape sequences into a pipe', async () => {
    const { code, stdout } = await cli(['run', PICTURES, 'red.jpg', '--top-k', '3']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^red\.jpg {2}.* · native · [\d.]+ ms\n( {2}LABEL_\d +[\d.<> ]+ %.*\n){2,3}/);
    expect(stdout).not.toContain('\u001b');
  });

  it('answers every hostile file with a sentence or a result', async () => {
    const { code, lines } = await cli(['run', PICTURES, HOSTILE, '--json']);
    expect(code).toBe(1);
    expect(lines.length).toBe(readdirSync(HOSTILE).length);
    const codes = new Map(lines.map((line) => [line.input.split(/[\\/]/).at(-1), line.error?.code ?? 'result']));
    expect(Object.fromEntries(codes)).toMatchObject({
      'absurd-size.png': 'image-too-large',
      'bomb-60-megapixels.png': 'result',
      'empty.png': 'file-empty',
      'gif-absurd.gif': 'image-too-large',
      'truncated.jpg': 'image-damaged',
      'bom.txt': 'format-unsupported',
    });
    for (const { error } of lines) {
      if (error) expect(Object.values(error).join(' ')).not.toMatch(/undefined|\bat .*:\d+:\d+|Error:/);
    }
  });

  it('writes maps as PNG and as .safetensors with the reference’s names; every row of attention adds up to one', async () => {
    const { code } = await cli(['run', PICTURES, 'red.jpg', 'mixed/b-red.png', '--attention', 'maps', '--json']);
    expect(code).toBe(0);
    expect(readdirSync(join(folder, 'maps')).sort()).toEqual(['b-red', 'red']);
    expect(readdirSync(join(folder, 'maps', 'red')).sort()).toEqual(['attention.safetensors', 'composed.png', 'input.png', 'latents.png']);
    const written = tensors(join(folder, 'maps', 'red', 'attention.safetensors'));
    expect([...written.keys()]).toEqual(['cross_attentions.0', 'attentions.0', 'attentions.1', 'cross_attentions.1']);
    for (const [name, { shape, data }] of written) {
      expect(shape.length, name).toBe(4);
      const columns = shape[3]!;
      for (let row = 0; row < data.length; row += columns) {
        expect(data.subarray(row, row + columns).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 4);
      }
    }
    expect((await sharp(join(folder, 'maps', 'red', 'latents.png')).metadata()).format).toBe('png');
  });

  it('says so, and does nothing, where maps cannot be written', async () => {
    const { code, lines, stderr } = await cli(['run', PICTURES, 'red.jpg', '--attention', 'note.txt/maps', '--json']);
    expect([code, lines.length]).toEqual([1, 1]);
    expect(lines[0]?.error).toMatchObject({ code: 'output-unwritable' });
    expect(stderr).toMatch(/cannot be written/);
  });
});

describe('run with a text model', { timeout: STARTS_SLOWLY }, () => {
  it('fills masks given in bytes of the UTF-8 input, from standard input too', async () => {
    const { code, lines } = await cli(['run', TEXTS, '-', '--mask', '4:6', '8:9', '--top-k', '3', '--json'], { input: 'a naïve cat' });
    expect(code).toBe(0);
    const [line] = lines;
    expect(Object.keys(line ?? {})).toEqual(['input', 'model', 'engine', 'timings_ms', 'masked', 'filled']);
    expect(line).toMatchObject({ input: '-', model: TEXTS, engine: 'native', filled: expect.any(String) });
    expect(Object.keys(line?.timings_ms ?? {})).toEqual(['preprocess', 'encode', 'process', 'decode', 'postprocess', 'total']);
    const masked = line?.masked ?? [];
    expect(masked.map(({ position }) => position)).toEqual([4, 5, 8]);
    for (const answer of masked) {
      expect(Object.keys(answer)).toEqual(['position', 'top']);
      expect(answer.top.map((byte) => Object.keys(byte))).toEqual(Array(3).fill(['byte', 'text', 'probability']));
      for (const { byte, text } of answer.top) expect(text).toBe(byte < 128 ? String.fromCharCode(byte) : null);
    }
  });

  it('agrees between the native and the WebAssembly engine', async () => {
    const ask = async (engine: string): Promise<Line | undefined> => {
      return (await cli(['run', TEXTS, 'note.txt', '--mask=4:7', '--engine', engine, '--json'])).lines[0];
    };
    const [native, wasm] = [await ask('native'), await ask('wasm')];
    expect([native?.engine, wasm?.engine]).toEqual(['native', 'wasm']);
    expect(native?.masked?.length).toBe(3);
    for (const [at, { top }] of (native?.masked ?? []).entries()) {
      const other = wasm?.masked?.[at]?.top[0];
      expect(other?.byte).toBe(top[0]?.byte);
      expect(other?.probability).toBeCloseTo(top[0]?.probability ?? -1, 4);
    }
  });

  it('reads the first part of a long text or slides over it', async () => {
    const first = await cli(['run', TEXTS, 'long.txt', '--mask', '3:5', '--json']);
    expect(first.lines[0]?.notes).toEqual(['The first 34 bytes were read; 166 bytes were left out (--long slide reads all).']);
    const behind = await cli(['run', TEXTS, 'long.txt', '--mask', '150:152', '--json']);
    expect([behind.code, behind.lines[0]?.error?.code]).toEqual([1, 'input-invalid']);
    const slid = await cli(['run', TEXTS, 'long.txt', '--mask', '150:152', '--long', 'slide', '--json']);
    expect(slid.code).toBe(0);
    expect(slid.lines[0]?.notes).toEqual([expect.stringMatching(/in 1\d overlapping windows of 34 bytes; 1 of them was run\.$/)]);
    expect(slid.lines[0]?.masked?.map(({ position }) => position)).toEqual([150, 151]);
  });

  it('answers a text with classes where the model is a classifier, which reads the first part only', async () => {
    const { code, lines } = await cli(['run', TEXT_CLASSES, 'note.txt', '--json']);
    expect([code, lines[0]?.classes]).toEqual([0, [{ label: 'LABEL_0', probability: 1 }]]);
    expect(lines[0]?.notes).toEqual(['The first 14 bytes were read; 9 bytes were left out.']);
    const slid = await cli(['run', TEXT_CLASSES, 'note.txt', '--long', 'slide', '--json']);
    expect([slid.code, slid.lines[0]?.error?.code]).toEqual([2, 'usage']);
  });

  it('takes each line as an input with --lines', async () => {
    const { lines } = await cli(['run', TEXTS, 'lines.txt', '--lines', '--mask', '0:3', '--json']);
    expect(lines.map(({ input }) => input)).toEqual(['lines.txt:1', 'lines.txt:3']);
  });

  it('names the byte a model with a small vocabulary does not have', async () => {
    const { code, lines } = await cli(['run', SMALL_VOCABULARY, 'note.txt', '--json']);
    expect(code).toBe(1);
    expect(lines[0]?.error?.message).toMatch(/values below 84/);
  });

  it('stops on Ctrl-C with what was done on stdout', async () => {
    const many = Array.from({ length: 400 }, () => 'note.txt');
    const { code, lines, stderr } = await cli(['run', TEXTS, ...many, '--mask', '0:3', '--json'], { interruptAfter: /\}\n/ });
    expect(code).toBe(130);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThan(400);
    expect(lines.every((line) => 'filled' in line)).toBe(true);
    expect(stderr).toBe('Stopped.\n');
  });
});

describe('raw', { timeout: STARTS_SLOWLY }, () => {
  it.each(['native', 'wasm'])('gives the reference’s tensors on %s', async (engine) => {
    const given = join(TEXTS, 'inputs.safetensors');
    const args = [
      'raw',
      TEXTS,
      '--inputs',
      given,
      '--out',
      `raw-${engine}.safetensors`,
      '--engine',
      engine,
      '--attentions',
      '--hidden-states',
    ];
    expect((await cli(args)).code).toBe(0);
    const got = tensors(join(folder, `raw-${engine}.safetensors`));
    for (const [name, want] of tensors(join(TEXTS, 'outputs.safetensors'))) {
      if (/^(?:preprocessed_inputs|decoder_query|last_hidden_state)$/.test(name)) continue;
      expect(got.get(name)?.shape, name).toEqual(want.shape);
      const worst = want.data.reduce((most, value, at) => Math.max(most, Math.abs(value - got.get(name)!.data[at]!)), 0);
      expect(worst, name).toBeLessThan(2e-5 * Math.max(1, ...want.data.map(Math.abs)));
    }
  });

  it('says that it cannot write before anything is computed', async () => {
    const { code, stderr } = await cli(['raw', TEXTS, '--inputs', 'gone.safetensors', '--out', 'note.txt/x.safetensors']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/x\.safetensors cannot be written\. A file is in the way\./);
  });

  it('says what is wrong with its inputs', async () => {
    const { code, stderr } = await cli(['raw', TEXTS, '--inputs', 'note.txt', '--out', 'x.safetensors']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/note\.txt is no sound \.safetensors file\./);
    expect(existsSync(join(folder, 'x.safetensors'))).toBe(false);
  });
});

describe('wrong usage', { timeout: STARTS_SLOWLY }, () => {
  it.each([
    [[], /Usage: perceiver-lab/],
    [['run', PICTURES], /missing required argument 'inputs'/],
    [['run', PICTURES, 'red.jpg', '--top-k', '0'], /whole number from 1 to 256/],
    [['run', PICTURES, 'red.jpg', '--attention', ''], /It is empty\./],
    [['run', PICTURES, ''], /An input has an empty name\./],
    [['evaluate', TEXTS, '--write'], /is no built-in model, and has no card/],
    [['run', PICTURES, 'red.jpg', '--engine', 'webgpu'], /webgpu runs in a window only/],
    [['run', TEXTS, 'note.txt', '--mask', '5:2'], /START:END/],
    [['run', PICTURES, 'red.jpg', '--mask', '0:1'], /--mask does not go with .*, which reads image inputs/],
    [['run', PICTURES, 'red.jpg', '--frobnicate'], /unknown option '--frobnicate'/],
    [['run', 'no-such-model', 'red.jpg'], /There is no model “no-such-model”\./],
    [['raw', TEXTS], /required option '--inputs <file>'/],
  ])('%j ends with exit code 2 and says why', async (args, sentence) => {
    const { code, stdout, stderr } = await cli(args);
    expect(stderr).toMatch(sentence);
    expect([code, stdout]).toEqual([2, '']);
  });

  it.each([
    [['run', PICTURES, 'red.jpg', '--top-k', '0', '--json'], /whole number from 1 to 256/],
    [['run', PICTURES, '--json'], /^Missing required argument 'inputs'\.$/],
    [['run', PICTURES, 'red.jpg', '--jsn', '--json'], /^Unknown option '--jsn'\.$/],
    [['run', PICTURES, 'red.jpg', '--long', 'slide', '--json'], /^--long does not go with/],
    [['run', 'no-such-model', 'red.jpg', '--json'], /no-such-model/],
  ])('%j is one line of JSON and the same sentence on stderr', async (args, sentence) => {
    const { code, stdout, stderr, lines } = await cli(args);
    expect([code, stdout.split('\n').length]).toEqual([2, 2]);
    expect(Object.keys(lines[0] ?? {})).toEqual(['error']);
    const { error } = lines[0]!;
    expect(Object.keys(error!)).toEqual(['code', 'message', 'hint']);
    expect(['usage', 'model-unknown']).toContain(error!.code);
    expect(error!.message).toMatch(sentence);
    expect(stderr).toBe(`${error!.message} ${error!.hint}\n`);
  });

  it('help that is asked for goes to stdout with exit code 0', async () => {
    const { code, stdout, stderr } = await cli(['run', '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/--mask <START:END>[\s\S]*Examples:[\s\S]*Exit codes: 0 fine, 1 the work failed, 2 wrong usage/);
  });

  it('a folder without weights and a model that is none say so with exit code 1', async () => {
    const empty = await cli(['run', 'mixed', 'red.jpg', '--json']);
    expect([empty.code, empty.lines[0]?.error?.code]).toEqual([1, 'checkpoint-missing']);
    mkdirSync(join(folder, 'bert'));
    writeFileSync(join(folder, 'bert', 'config.json'), '{"model_type":"bert"}');
    writeFileSync(join(folder, 'bert', 'model.safetensors'), readFileSync(join(TEXTS, 'inputs.safetensors')));
    const bert = await cli(['run', 'bert', 'red.jpg']);
    expect(bert.code).toBe(1);
    expect(bert.stderr).toMatch(/bert/);
  });
});
