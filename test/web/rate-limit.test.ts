import { describe, expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../src/lib/clock.ts';
import { clientNetwork } from '../../src/web/client-network.ts';
import { createRateLimiter, READ_RULE, SIGN_RULE } from '../../src/web/rate-limit.ts';
import { createTestClock } from '../support/clock.ts';

function countAllowed(limiter: { take(network: string): number }, tries: number, network = 'a'): number {
  let allowed = 0;
  for (let i = 0; i < tries; i += 1) if (limiter.take(network) === 0) allowed += 1;
  return allowed;
}

describe('limits on signing', () => {
  test('a shelter may send 300 at once, then 120 a minute', () => {
    const clock = createTestClock();
    const limiter = createRateLimiter({ rule: SIGN_RULE, clock });
    expect(countAllowed(limiter, 400)).toBe(300);
    clock.advance(MINUTE);
    expect(countAllowed(limiter, 400)).toBe(120);
  });

  test('who is refused learns after how many seconds to come again, and that is true', () => {
    const clock = createTestClock();
    const limiter = createRateLimiter({ rule: SIGN_RULE, clock });
    countAllowed(limiter, 300);
    const seconds = limiter.take('a');
    expect(seconds).toBeGreaterThan(0);
    clock.advance(seconds * SECOND);
    expect(limiter.take('a')).toBe(0);
  });

  test('one network does not use up the share of another', () => {
    const limiter = createRateLimiter({ rule: SIGN_RULE, clock: createTestClock() });
    countAllowed(limiter, 400, 'a');
    expect(limiter.take('b')).toBe(0);
  });

  test('reading 50 pages a second for ten minutes is never refused', () => {
    const clock = createTestClock();
    const limiter = createRateLimiter({ rule: READ_RULE, clock });
    for (let second = 0; second < 600; second += 1) {
      expect(countAllowed(limiter, 50)).toBe(50);
      clock.advance(SECOND);
    }
  });

  test('sixty thousand networks do not fill the memory', () => {
    const limiter = createRateLimiter({ rule: SIGN_RULE, clock: createTestClock() });
    for (let i = 0; i < 60_000; i += 1) limiter.take(`n${i}`);
    expect(limiter.take('n59999')).toBe(0);
  });
});

describe('the network of a client', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff::1', '2001:db8:1:2::/64'],
    ['nonsense', 'unknown'],
  ])('%s belongs to %s', (ip, network) => {
    expect(clientNetwork(ip)).toBe(network);
  });
});
