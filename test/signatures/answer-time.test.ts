import { describe, expect, test } from 'vitest';
import { createAnswerTime } from '../../src/signatures/answer-time.ts';

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

  test('a crowd does not count: there one person is hidden among many', () => {
    const time = createAnswerTime();
    time.note({ size: 50, inserted: 50, milliseconds: 100 });
    expect(time.floorMs()).toBe(15);
  });
});
