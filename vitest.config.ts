import { defineConfig } from 'vitest/config';
import { createClosingLine } from './test/support/reporter.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    isolate: false,
    // Much of the time is spent in waiting, for a database, a browser or a program that was killed.
    maxWorkers: 3,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    reporters: ['default', createClosingLine()],
  },
});
