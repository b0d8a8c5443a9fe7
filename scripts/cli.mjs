/** The command line from a checkout: installs and builds what is missing, then runs the built program with the same arguments. */
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ensureInstalled } from './ensure.mjs';

await ensureInstalled();
await ensureBuilt();
await import(pathToFileURL(join(resolve(import.meta.dirname, '..'), 'out', 'main', 'cli.js')).href);
