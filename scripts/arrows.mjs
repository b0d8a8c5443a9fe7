/**
 * Which room may import which, and nothing else: the rule behind ARCHITECTURE.md's picture.
 * `node scripts/arrows.mjs` prints every wrong arrow, every cycle and exits 1 when there is one.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseSync } from 'vite';

/** Rooms, the deepest name first; a file belongs to the first that its path starts with. */
export const ROOMS = [
  { name: 'models/perceiver', values: ['models/root', 'models/checkpoint'], types: [], packages: ['onnx-proto', 'zod'] },
  { name: 'models/checkpoint', values: ['models/root'], types: [], packages: ['zod'] },
  { name: 'models/modality', values: ['models/root'], types: ['models/runtime'], packages: ['zod'] },
  {
    name: 'models/runtime',
    values: ['models/root', 'models/perceiver', 'models/checkpoint', 'models/modality'],
    types: [],
    packages: ['onnxruntime-common', 'zod'],
  },
  { name: 'models/root', folder: 'models', values: [], types: [], packages: [] },
  { name: 'electron/contract', values: ['models/root', 'models/runtime'], types: [], packages: ['zod', '@msgpack/msgpack'] },
  { name: 'electron/host', values: ['electron/contract', 'electron/engine', 'models/*'], types: [], packages: ['*'] },
  { name: 'electron/engine', values: ['electron/contract', 'models/*'], types: [], packages: ['*'] },
  { name: 'electron/main', values: ['electron/host', 'electron/contract', 'models/*'], types: [], packages: ['*', 'electron'] },
  { name: 'electron/preload', values: ['electron/contract'], types: [], packages: ['electron'] },
  { name: 'electron/server', values: ['electron/host', 'electron/contract', 'models/*'], types: [], packages: ['*'] },
  { name: 'electron/cli', values: ['electron/host', 'electron/contract', 'models/*'], types: [], packages: ['*'] },
  { name: 'electron/testing', values: ['electron/contract', 'electron/host'], types: [], packages: ['*'] },
  { name: 'renderer/draw', values: ['models/root'], types: ['models/runtime'], packages: ['react'] },
  {
    name: 'renderer/latents',
    values: ['renderer/draw', 'renderer/words'],
    types: ['models/runtime'],
    packages: ['@tanstack/react-virtual', 'lucide-react', 'radix-ui', 'react', 'react-dom'],
  },
  {
    name: 'renderer/panels',
    values: ['renderer/draw', 'renderer/latents', 'renderer/words', 'models/root', 'models/modality'],
    types: ['models/runtime', 'electron/contract'],
    packages: ['@tanstack/react-virtual', 'lucide-react', 'radix-ui', 'react', 'react-dom'],
  },
  { name: 'renderer/engine', values: ['electron/contract', 'models/*'], types: [], packages: ['onnxruntime-web', 'zod'] },
  {
    name: 'renderer/state',
    values: ['renderer/engine', 'renderer/words', 'electron/contract', 'models/*'],
    types: ['renderer/panels', 'renderer/latents', 'renderer/draw'],
    packages: ['zustand'],
  },
  { name: 'renderer/words', folder: 'renderer/app/language', values: [], types: [], packages: [] },
  { name: 'renderer/words', folder: 'renderer/app/format.ts', values: ['renderer/words'], types: [], packages: [] },
  { name: 'renderer/app', folder: 'renderer', values: ['renderer/*', 'electron/contract', 'models/*'], types: [], packages: ['*'] },
];

const SOURCE = /\.(ts|tsx)$/;
const TEST = /\.test\.tsx?$|^renderer\/e2e\/|^electron\/testing\//;

/** Room of a path relative to the root, or undefined for what is in none (bench, scripts, configuration). */
export function roomOf(path) {
  return ROOMS.find((room) => {
    const folder = room.folder ?? room.name;
    return path === folder || path.startsWith(`${folder}/`) || (room.name === 'models/root' && /^models\/[^/]+$/.test(path));
  });
}

function allows(patterns, name) {
  return patterns.some((pattern) => pattern === name || (pattern.endsWith('/*') && name.startsWith(pattern.slice(0, -1))));
}

/** Sentence about one import, or null when it is allowed. `target` is a path in the tree, or a package name. */
export function wrongArrow(from, target, { inTree, typeOnly }) {
  const room = roomOf(from);
  if (!room) return null;
  if (inTree) {
    const other = roomOf(target);
    if (!other) return `${from} imports ${target}, which is in no room`;
    if (other.name === room.name || allows(room.values, other.name)) return null;
    if (typeOnly && allows(room.types, other.name)) return null;
    return `${from} imports ${target}: ${room.name} may not use ${other.name}`;
  }
  const isNode = target.startsWith('node:');
  const name = target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : target.split('/')[0];
  if (room.packages.includes(name)) return null;
  if (name !== 'electron' && room.packages.includes('*') && !(isNode && from.startsWith('renderer/'))) return null;
  return `${from} imports ${target}: ${room.name} may not use this package`;
}

/** Imports of one source text: specifier and whether only types come through it. */
export function importsOf(path, text) {
  const { module } = parseSync(path, text);
  const found = module.staticImports.map((entry) => ({
    specifier: entry.moduleRequest.value,
    typeOnly:
      /^import\s+type\b/.test(text.slice(entry.start, entry.end)) ||
      (entry.entries.length > 0 && entry.entries.every((name) => name.isType)),
  }));
  for (const statement of module.staticExports) {
    const from = statement.entries.find((entry) => entry.moduleRequest)?.moduleRequest;
    if (from) found.push({ specifier: from.value, typeOnly: statement.entries.every((entry) => entry.isType) });
  }
  for (const call of module.dynamicImports) {
    const literal = /^['"](.+)['"]$/.exec(text.slice(call.moduleRequest.start, call.moduleRequest.end).trim());
    if (literal) found.push({ specifier: literal[1], typeOnly: false });
  }
  return found;
}

function sourcesUnder(root, folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && SOURCE.test(entry.name) && !entry.parentPath.includes('node_modules'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
}

function resolveIn(files, from, specifier) {
  const clean = specifier.replace(/[?].*$/, '');
  const base = join(dirname(from), clean).replaceAll('\\', '/');
  return [base, `${base}.ts`, `${base}.tsx`, `${base}/index.ts`].find((candidate) => files.has(candidate)) ?? base;
}

/** Every wrong arrow and every cycle of the checkout at `root`, as sentences. */
export function checkArrows(root) {
  const files = new Set(['models', 'electron', 'renderer'].flatMap((folder) => sourcesUnder(root, folder)));
  const problems = [];
  const graph = new Map();
  for (const file of files) {
    const edges = [];
    for (const { specifier, typeOnly } of importsOf(file, readFileSync(join(root, file), 'utf8'))) {
      const inTree = specifier.startsWith('.');
      const target = inTree ? resolveIn(files, file, specifier) : specifier;
      if (inTree && files.has(target)) edges.push(target);
      // Tests may reach for anything: they are where two rooms are held together.
      if (TEST.test(file) || (inTree && !SOURCE.test(target))) continue;
      const sentence = wrongArrow(file, target, { inTree, typeOnly });
      if (sentence) problems.push(sentence);
    }
    graph.set(file, edges);
  }
  return [...problems, ...cyclesOf(graph).map((cycle) => `cycle: ${cycle.join(' → ')}`)];
}

/** One cycle for each edge that closes one, depth first. */
export function cyclesOf(graph) {
  const cycles = [];
  const state = new Map();
  const visit = (file, path) => {
    state.set(file, 'open');
    for (const next of graph.get(file) ?? []) {
      if (state.get(next) === 'open') cycles.push([...path.slice(path.indexOf(next)), next]);
      else if (!state.has(next)) visit(next, [...path, next]);
    }
    state.set(file, 'done');
  };
  for (const file of graph.keys()) if (!state.has(file)) visit(file, [file]);
  return cycles;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const problems = checkArrows(resolve(import.meta.dirname, '..'));
  for (const problem of problems) console.error(problem);
  console.log(problems.length === 0 ? 'arrows: every import is allowed, no cycle' : `arrows: ${problems.length} wrong`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
