import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

/** Main's room holds the programs that share the host: the app, the engine's process, browser mode, the command line, the benchmark and the parity report. */
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      // CommonJS whose names Node does not see from a module: bundled, unlike the other packages.
      externalizeDeps: { exclude: ['onnx-proto'] },
      rollupOptions: {
        input: {
          index: resolve('electron/main/index.ts'),
          engine: resolve('electron/engine/index.ts'),
          server: resolve('electron/server/index.ts'),
          cli: resolve('electron/cli/index.ts'),
          bench: resolve('bench/index.ts'),
          parity: resolve('bench/parity/index.ts'),
        },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      rollupOptions: {
        input: { index: resolve('electron/preload/index.ts') },
        // A sandboxed preload is CommonJS and has no node_modules.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    base: './',
    plugins: [react()],
    // Replaced for every page by a nonce of its own (electron/host/page-policy.ts).
    html: { cspNonce: 'PERCEIVER_LAB_NONCE' },
    worker: { format: 'es' },
    build: {
      outDir: resolve('out/renderer'),
      emptyOutDir: true,
      target: 'chrome130',
      rollupOptions: { input: { index: resolve('renderer/index.html') } },
    },
  },
});
