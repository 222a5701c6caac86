import { describe, expect, test } from 'vitest';
import { createBatcher } from '../../src/lib/batcher.ts';

describe('group commit', () => {
  test('items that arrive together are written together', async () => {
    const runs: number[][] = [];
    const batcher = createBatcher<number>({
      windowMs: 5,
      maxSize: 100,
      run: async (items) => {
        runs.push([...items]);
        return items.map(() => undefined);
      },
    });
    await Promise.all([1, 2, 3].map((item) => batcher.add(item)));
    expect(runs).toEqual([[1, 2, 3]]);
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

  test('when the write fails as a whole, nobody is told that theirs is stored', async () => {
    const batcher = createBatcher<number>({
      windowMs: 1,
      maxSize: 100,
      run: async () => {
        throw new Error('away');
      },
    });
    const results = await Promise.allSettled([1, 2].map((item) => batcher.add(item)));
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
  });

  test('a full batch does not wait for the window', async () => {
    const runs: number[] = [];
    const batcher = createBatcher<number>({
      windowMs: 60_000,
      maxSize: 2,
      run: async (items) => {
        runs.push(items.length);
        return items.map(() => undefined);
      },
    });
    await Promise.all([batcher.add(1), batcher.add(2)]);
    expect(runs).toEqual([2]);
  });
});
