import { expect, test } from 'vitest';
import { createCached } from '../../src/lib/cached.ts';
import { SECOND } from '../../src/lib/clock.ts';
import { createTestClock } from '../support/clock.ts';

/** A source that answers when it is told to, one load at a time. */
function build() {
  const clock = createTestClock();
  const loads: PromiseWithResolvers<string>[] = [];
  const cached = createCached({
    load: () => {
      const next = Promise.withResolvers<string>();
      loads.push(next);
      return next.promise;
    },
    freshMs: SECOND,
    clock,
    patienceMs: 5,
  });
  async function answer(value: string): Promise<void> {
    loads.at(-1)?.resolve(value);
    await loads.at(-1)?.promise;
  }
  return { clock, loads, cached, answer };
}

async function buildKnown() {
  const built = build();
  const first = built.cached.get();
  await built.answer('first');
  await first;
  return built;
}

test('many who ask at once cause one load, and the next one comes when the value is old', async () => {
  const { cached, loads, answer, clock } = build();
  const asked = [cached.get(), cached.get(), cached.get()];
  await answer('first');
  expect(await Promise.all(asked)).toEqual(['first', 'first', 'first']);
  expect(await cached.get()).toBe('first');
  expect(loads).toHaveLength(1);
  clock.advance(SECOND);
  const again = cached.get();
  await answer('second');
  expect(await again).toBe('second');
  expect(loads).toHaveLength(2);
});

test('a load that fails leaves the last known value, and is not repeated for every request', async () => {
  const { cached, loads, clock } = await buildKnown();
  clock.advance(SECOND);
  const asked = cached.get();
  loads.at(-1)?.reject(new Error('away'));
  expect(await asked).toBe('first');
  expect(await cached.get()).toBe('first');
  expect(loads).toHaveLength(2);
});

test('a load that hangs keeps nobody waiting, and is seen when it comes', async () => {
  const { cached, loads, clock, answer } = await buildKnown();
  clock.advance(SECOND);
  expect(await cached.get()).toBe('first');
  expect(cached.get()).toBe('first');
  expect(loads).toHaveLength(2);
  await answer('second');
  expect(await cached.get()).toBe('second');
  expect(loads).toHaveLength(2);
});

test('before anything is known, a failure is told and the next one may try', async () => {
  const { cached, loads, answer } = build();
  const asked = cached.get();
  loads.at(-1)?.reject(new Error('away'));
  await expect(asked).rejects.toThrow('away');
  const again = cached.get();
  await answer('first');
  expect(await again).toBe('first');
});

test('after a change here, neither the old value nor one that was read before it is given', async () => {
  const { cached, loads, clock } = await buildKnown();
  clock.advance(SECOND);
  cached.get();
  const early = loads.at(-1);
  cached.forget();
  const asked = cached.get();
  expect(loads).toHaveLength(3);
  await new Promise((resolve) => setTimeout(resolve, 20));
  loads.at(-1)?.resolve('changed');
  expect(await asked).toBe('changed');
  early?.resolve('read before the change');
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(await cached.get()).toBe('changed');
});
