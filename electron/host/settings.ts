/** Settings as a file: written atomically and under a lock, damaged ones kept aside and said so. */
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_SETTINGS, type Settings, settingsSchema } from '../contract/host';
import { withLock, writeAtomically } from './atomic-write';

const FILE = 'settings.json';

export class SettingsStore {
  readonly #path: string;
  readonly #log: (sentence: string) => void;
  readonly #listeners = new Set<(settings: Settings) => void>();
  #current: Settings = DEFAULT_SETTINGS;

  private constructor(path: string, log: (sentence: string) => void) {
    this.#path = path;
    this.#log = log;
  }

  static async open(folder: string, log: (sentence: string) => void): Promise<SettingsStore> {
    const store = new SettingsStore(join(folder, FILE), log);
    store.#current = await store.#read();
    return store;
  }

  get current(): Settings {
    return this.#current;
  }

  /** Told the settings now and at every change made here. */
  watch(listener: (settings: Settings) => void): void {
    this.#listeners.add(listener);
    listener(this.#current);
  }

  /** Changes what is given and nothing else; what another instance changed meanwhile is kept. */
  write(change: Partial<Settings>): Promise<Settings> {
    return withLock(this.#path, async () => {
      const next = settingsSchema.parse({ ...(await this.#read()), ...change });
      await writeAtomically(this.#path, `${JSON.stringify(next, null, 2)}\n`);
      this.#current = next;
      for (const listener of this.#listeners) listener(next);
      return next;
    });
  }

  async #read(): Promise<Settings> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') this.#log(`${this.#path} cannot be read; the default settings are used.`);
      return this.#current;
    }
    const settings = settingsIn(text);
    if (settings) return settings;
    const aside = this.#path.replace(/\.json$/, `.damaged-${Date.now()}.json`);
    await rename(this.#path, aside).catch(() => undefined);
    this.#log(`The settings were damaged and are as new. What was there is kept as ${aside}.`);
    return DEFAULT_SETTINGS;
  }
}

/** Fields that an older version did not write take their defaults. */
function settingsIn(text: string): Settings | null {
  try {
    const parsed = settingsSchema.safeParse({ ...DEFAULT_SETTINGS, ...(JSON.parse(text) as object) });
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
