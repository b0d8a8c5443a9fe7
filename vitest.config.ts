import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{models,electron,renderer,scripts,bench}/**/*.test.{ts,tsx}'],
    exclude: ['renderer/e2e/**', '**/node_modules/**'],
    testTimeout: 30_000,
    // Two cores: engine processes bring threads of their own.
    maxWorkers: 2,
  },
});
