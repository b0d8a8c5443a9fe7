import { defineConfig } from '@playwright/test';

/** One suite, three ways in: the projects differ only in how the window is opened, see renderer/e2e/lab.ts. */
export default defineConfig({
  testDir: 'renderer/e2e',
  outputDir: 'test-results',
  // Two cores: a window, a host and an engine already fill them.
  workers: 1,
  fullyParallel: false,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
  use: { trace: 'retain-on-failure' },
  projects: [{ name: 'browser' }, { name: 'electron' }],
});
