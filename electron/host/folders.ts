/** Where things lie: what we ship beside the program, what we keep in the person's own folders. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Folders {
  /** The folder of package.json. */
  readonly root: string;
  readonly zooFolder: string;
  readonly samplesFolder: string;
  readonly dataFolder: string;
  /** Bundle of an engine's process. */
  readonly engineEntry: string;
  /** Built files of the window. */
  readonly rendererFolder: string;
  readonly version: string;
}

/** Found upwards from `start` (a bundle's folder). PERCEIVER_LAB_ZOO and PERCEIVER_LAB_DATA name other folders, for tests and shared machines. */
export function findFolders(start: string): Folders {
  const root = rootAbove(start);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return {
    root,
    version,
    zooFolder: process.env.PERCEIVER_LAB_ZOO ?? unpacked(join(root, 'models', 'zoo')),
    samplesFolder: unpacked(join(root, 'assets', 'samples')),
    dataFolder: process.env.PERCEIVER_LAB_DATA ?? userFolder(),
    engineEntry: join(root, 'out', 'main', 'engine.js'),
    rendererFolder: join(root, 'out', 'renderer'),
  };
}

/** Native code cannot read inside a packaged app's archive: what it opens lies beside it (electron-builder.yml, asarUnpack). */
function unpacked(path: string): string {
  const beside = path.replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked');
  return existsSync(beside) ? beside : path;
}

function rootAbove(folder: string): string {
  for (let current = folder; ; current = dirname(current)) {
    if (existsSync(join(current, 'package.json'))) return current;
    if (current === dirname(current)) throw new Error(`No package.json above ${folder}.`);
  }
}

/** The system's place for an application's data. */
function userFolder(): string {
  const home = homedir();
  if (process.platform === 'darwin') return join(home, 'Library', 'Application Support', 'Perceiver Lab');
  if (process.platform === 'win32') return join(process.env.APPDATA ?? join(home, 'AppData', 'Roaming'), 'Perceiver Lab');
  return join(process.env.XDG_CONFIG_HOME ?? join(home, '.config'), 'perceiver-lab');
}
