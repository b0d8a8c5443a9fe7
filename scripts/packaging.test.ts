import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const require = createRequire(import.meta.url);

interface Builder {
  getConfig(root: string, path: null, options: null): Promise<Record<string, unknown>>;
  validateConfiguration(config: object, logger: object): Promise<void>;
}

describe('electron-builder.yml', () => {
  it('is what electron-builder takes, with every fuse that opens a back door shut', async () => {
    const builder = require('app-builder-lib/out/util/config/config.js') as Builder;
    const { DebugLogger } = require('builder-util') as { DebugLogger: new (on: boolean) => object };
    const config = await builder.getConfig(ROOT, null, null);
    await builder.validateConfiguration(config, new DebugLogger(false));
    expect(config.electronFuses).toMatchObject({
      runAsNode: false,
      enableNodeCliInspectArguments: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
    });
    expect(config.npmRebuild).toBe(false);
    await expect(builder.validateConfiguration({ ...config, electronFuses: { unknown: true } }, new DebugLogger(false))).rejects.toThrow();
  });
});
