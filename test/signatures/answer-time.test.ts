import { describe, expect, test } from 'vitest';
import { createAnswerTime, isCrowd } from '../../src/signatures/answer-time.ts';

const one = (milliseconds: number, inserted = 1) => ({ size: 1, inserted, milliseconds });

describe('the least time of an answer', () => {
  test('follows the slowest of the new signatures lately', () => {
    const time = createAnswerTime();
    expect(time.floorMs()).toBe(15);
    for (const ms of [10, 40, 20]) time.note(one(ms));
    expect(time.floorMs()).toBe(45);
  });

  test('is not talked down by repeats, however many', () => {
    const time = createAnswerTime();
    time.note(one(60));
    for (let i = 0; i < 1_000; i += 1) time.note(one(2, 0));
    expect(time.floorMs()).toBe(65);
  });

  test('forgets a slow moment after some new signatures, and never makes anybody wait long', () => {
    const time = createAnswerTime();
    time.note(one(9_000));
    expect(time.floorMs()).toBe(250);
    for (let i = 0; i < 32; i += 1) time.note(one(5));
    expect(time.floorMs()).toBe(15);
  });
});

describe('a crowd', () => {
  test('is more than sixteen', () => {
    expect([1, 16, 17, 50].map(isCrowd)).toEqual([false, false, true, true]);
  });

  test('is not held, and makes nobody else wait', () => {
    const time = createAnswerTime();
    time.note({ size: 50, inserted: 50, milliseconds: 100 });
    for (let inserted = 1; inserted <= 50; inserted += 1) expect(time.crowdMs(inserted)).toBe(0);
    expect(time.floorMs()).toBe(15);
  });

  test('of repeats alone takes as long as one of the others did', () => {
    const time = createAnswerTime();
    expect(time.crowdMs(0)).toBe(15);
    for (const milliseconds of [20, 30, 40]) time.note({ size: 50, inserted: 1, milliseconds });
    time.note({ size: 50, inserted: 0, milliseconds: 1 });
    const drawn = new Set(Array.from({ length: 200 }, () => time.crowdMs(0)));
    expect([...drawn].sort()).toEqual([20, 30, 40]);
  });
});
