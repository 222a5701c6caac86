import { parentPort } from 'node:worker_threads';
import type { Asked } from '../../../src/mail/incoming/reader-thread.ts';

/** In the place of the reader's thread: it does what the message says. */
const deeds: Record<string, () => unknown> = {
  loop() {
    for (;;);
  },
  grow() {
    const all: string[][] = [];
    for (;;) all.push(Array.from({ length: 100_000 }, (_, index) => `${index}`));
  },
  throw: () => 'failed',
  exit: () => process.exit(1),
  answer: () => null,
};

parentPort?.on('message', ({ bytes }: Asked) => {
  const deed = deeds[Buffer.from(bytes).toString()];
  parentPort?.postMessage(deed?.());
});
parentPort?.postMessage('ready');
