/** Bundles one TypeScript entry for Node, so that a test can start it as a process of its own. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';

/** Path of the bundle, in a new temporary folder. */
export async function bundleForNode(entry: string): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'perceiver-lab-bundle-'));
  await build({
    configFile: false,
    logLevel: 'silent',
    build: { ssr: entry, outDir, emptyOutDir: true, rollupOptions: { output: { entryFileNames: 'entry.mjs' } } },
    ssr: { noExternal: true },
  });
  return join(outDir, 'entry.mjs');
}
