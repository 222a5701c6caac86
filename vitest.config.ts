import { defineConfig } from 'vitest/config';
import { createClosingLine } from './test/support/reporter.ts';
import { SlowFirst } from './test/support/sequencer.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    isolate: false,
    // More would make noise in what is measured: answer times that must not differ.
    maxWorkers: 2,
    sequence: { sequencer: SlowFirst },
    testTimeout: 20_000,
    hookTimeout: 60_000,
    reporters: ['default', createClosingLine()],
  },
});
