/** Bundles one TypeScript entry for Node, so that a test can start it as a process of its own. */
import { mkdir, mkdtemp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'vite';

/** Path of the bundle, in a new folder below node_modules: packages are found from there and not bundled. */
export async function bundleForNode(entry: string): Promise<string> {
  const cache = resolve('node_modules', '.cache', 'perceiver-lab');
  await mkdir(cache, { recursive: true });
  const outDir = await mkdtemp(join(cache, 'bundle-'));
  await build({
    configFile: false,
    logLevel: 'silent',
    build: { ssr: entry, outDir, emptyOutDir: true, rollupOptions: { output: { entryFileNames: 'entry.mjs' } } },
    // As in electron.vite.config.ts.
    ssr: { noExternal: ['onnx-proto', /protobufjs/, 'long'] },
  });
  return join(outDir, 'entry.mjs');
}
