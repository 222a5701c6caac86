import { afterEach, expect, test } from 'vitest';
import { createLoop, type Loop } from '../../src/lib/loop.ts';

let loop: Loop;
const warned: Record<string, unknown>[] = [];
const logger = {
  debug: () => undefined,
  info: () => undefined,
  error: () => undefined,
  warn: (fields: Record<string, unknown>) => void warned.push(fields),
};

afterEach(async () => {
  await loop.stop();
  warned.length = 0;
});

test('a turn that never ends is given up at its deadline, said, and followed by the next', async () => {
  let turns = 0;
  const step = () => {
    turns += 1;
    return turns === 1 ? new Promise<boolean>(() => undefined) : Promise.resolve(false);
  };
  loop = createLoop({ name: 'mail', idleMs: 5, turnMs: 30, step, logger });
  loop.start();
  await expect.poll(() => turns).toBeGreaterThan(2);
  expect(warned).toHaveLength(1);
  expect(warned[0]).toMatchObject({ loop: 'mail', failures: 1 });
  expect(String(warned[0]?.err)).toContain('did not end within 0.03 seconds');
});

test('a turn that fails is said and tried again', async () => {
  let turns = 0;
  const step = async () => {
    turns += 1;
    if (turns === 1) throw new Error('away');
    return false;
  };
  loop = createLoop({ name: 'mail', idleMs: 5, step, logger });
  loop.start();
  await expect.poll(() => turns).toBeGreaterThan(2);
  expect(warned).toMatchObject([{ loop: 'mail', failures: 1 }]);
});

test('stopping waits for the turn under way, and no longer than its deadline', async () => {
  let hasBegun = false;
  loop = createLoop({
    name: 'mail',
    idleMs: 5,
    turnMs: 40,
    step: () => {
      hasBegun = true;
      return new Promise<boolean>(() => undefined);
    },
    logger,
  });
  loop.start();
  await expect.poll(() => hasBegun).toBe(true);
  const begun = performance.now();
  await loop.stop();
  expect(performance.now() - begun).toBeLessThan(1_000);
});
