import type { FastifyInstance } from 'fastify';
import type { Clock } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import { clientNetwork } from './client-network.ts';

export type RateRule = { perMinute: number; burst: number };

/** A shelter or a telephone network is one address: many people may sign from it in one minute. */
export const SIGN_RULE: RateRule = { perMinute: 120, burst: 300 };
/** An office answers a few times, and mends what it typed. */
export const ANSWER_RULE: RateRule = { perMinute: 6, burst: 20 };
/** Reads are never held under 50 a second. */
export const READ_RULE: RateRule = { perMinute: 6_000, burst: 600 };

type Bucket = { tokens: number; at: number };
const MAX_BUCKETS = 50_000;

/**
 * Token buckets, one per network, in this process alone: every process lets its own share through.
 * `take` answers 0, or the seconds after which to come again.
 */
export function createRateLimiter({ rule, clock }: { rule: RateRule; clock: Clock }) {
  const perMs = rule.perMinute / 60_000;
  const buckets = new Map<string, Bucket>();

  function take(network: string): number {
    const now = clock.now().getTime();
    const known = buckets.get(network);
    const tokens = known
      ? Math.min(rule.burst, known.tokens + Math.max(0, now - known.at) * perMs)
      : rule.burst;
    const isAllowed = tokens >= 1;
    if (!known && buckets.size >= MAX_BUCKETS) forgetOldest();
    // Re-inserting keeps the map in order of last use.
    buckets.delete(network);
    buckets.set(network, { tokens: isAllowed ? tokens - 1 : tokens, at: now });
    return isAllowed ? 0 : Math.max(1, Math.ceil((1 - tokens) / perMs / 1000));
  }

  function forgetOldest(): void {
    const oldest = buckets.keys().next().value;
    if (oldest !== undefined) buckets.delete(oldest);
  }

  return { take };
}
export type RateLimiter = ReturnType<typeof createRateLimiter>;

/** Pages are read at a rate that no reader comes to. */
export function registerReadLimit(app: FastifyInstance, clock: Clock): void {
  const limiter = createRateLimiter({ rule: READ_RULE, clock });
  app.addHook('onRequest', (request, _reply, done) => {
    const seconds =
      request.method === 'GET' || request.method === 'HEAD' ? limiter.take(clientNetwork(request.ip)) : 0;
    done(seconds > 0 ? new AppError('RATE_LIMITED', { retryAfterSeconds: seconds }) : undefined);
  });
}
