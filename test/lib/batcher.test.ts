import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createBatcher } from '../../src/lib/batcher.ts';

/** A batcher whose writes are kept, and end when the test says so, or at once. */
function openBatcher({ windowMs = 50, maxSize = 100, isHeld = false } = {}) {
  const runs: number[][] = [];
  const ends: (() => void)[] = [];
  const batcher = createBatcher<number>({
    windowMs,
    maxSize,
    async run(items) {
      runs.push([...items]);
      if (isHeld) await new Promise<void>((resolve) => ends.push(resolve));
      return items.map(() => undefined);
    },
  });
  return { runs, add: batcher.add, endNext: () => ends.shift()?.() };
}

describe('group commit', () => {
  test('items that arrive together are written together', async () => {
    const { runs, add } = openBatcher();
    await Promise.all([1, 2, 3].map(add));
    expect(runs).toEqual([[1, 2, 3]]);
  });

  test('so are those that arrive turn after turn', async () => {
    const { runs, add } = openBatcher({ windowMs: 10_000 });
    const all: Promise<void>[] = [];
    for (let item = 1; item <= 20; item += 1) {
      all.push(add(item));
      await new Promise(setImmediate);
    }
    await Promise.all(all);
    expect(runs).toEqual([Array.from({ length: 20 }, (_, index) => index + 1)]);
  });

  test('but not for longer than the window', async () => {
    const { runs, add } = openBatcher({ windowMs: 20 });
    const all: Promise<void>[] = [];
    for (const end = Date.now() + 100; Date.now() < end; ) {
      all.push(add(1));
      await new Promise(setImmediate);
    }
    await Promise.all(all);
    expect(runs.length).toBeGreaterThan(1);
  });

  test('one alone does not wait for others', async () => {
    const { runs, add } = openBatcher({ windowMs: 60_000 });
    await add(1);
    expect(runs).toEqual([[1]]);
  });

  test('what arrives while two writes are under way waits for one to end, and goes in one', async () => {
    const { runs, add, endNext } = openBatcher({ isHeld: true });
    const all: Promise<void>[] = [];
    for (const item of [1, 2, 3, 4, 5]) {
      all.push(add(item));
      await pause(5);
    }
    expect(runs).toEqual([[1], [2]]);
    endNext();
    await pause(5);
    expect(runs).toEqual([[1], [2], [3, 4, 5]]);
    endNext();
    endNext();
    await Promise.all(all);
  });

  test('a full batch waits for nothing', async () => {
    const { runs, add } = openBatcher({ windowMs: 60_000, maxSize: 2 });
    await Promise.all([1, 2, 3].map(add));
    expect(runs).toEqual([[1, 2], [3]]);
  });

  test('each caller is answered for its own item', async () => {
    const batcher = createBatcher<number>({
      windowMs: 1,
      maxSize: 100,
      run: async (items) => items.map((item) => (item === 2 ? new Error('two') : undefined)),
    });
    const results = await Promise.allSettled([1, 2, 3].map((item) => batcher.add(item)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  test('when the write fails as a whole, nobody is told that theirs is stored, and the next is written', async () => {
    let isAway = true;
    const batcher = createBatcher<number>({
      windowMs: 1,
      maxSize: 100,
      run: async (items) => {
        if (isAway) throw new Error('away');
        return items.map(() => undefined);
      },
    });
    const results = await Promise.allSettled([1, 2].map((item) => batcher.add(item)));
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    isAway = false;
    await batcher.add(3);
  });
});

test('with a deadline nobody waits longer, and whoever is still in the queue then is not written', async () => {
  const written: number[] = [];
  const gate = Promise.withResolvers<void>();
  const batcher = createBatcher<number>({
    windowMs: 1,
    maxSize: 10,
    run: async (items) => {
      written.push(...items);
      await gate.promise;
      return items.map(() => undefined);
    },
    deadline: { afterMs: 300, late: () => new Error('late') },
  });
  const add = (item: number) => batcher.add(item).catch((error: Error) => error.message);
  const ends = [add(1)];
  await expect.poll(() => written, { interval: 5 }).toEqual([1]);
  ends.push(add(2));
  await expect.poll(() => written, { interval: 5 }).toEqual([1, 2]);
  // Two groups are under way: this one waits for its turn.
  ends.push(add(3));
  expect(await Promise.all(ends)).toEqual(['late', 'late', 'late']);
  gate.resolve();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(written).toEqual([1, 2]);
});
