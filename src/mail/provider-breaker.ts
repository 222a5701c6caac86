import { addMilliseconds, type Clock, HOUR, MINUTE } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';

/** So many addresses of one provider said not to exist, with none taken between: its directory is away, and not they. */
const IN_A_ROW = 5;
/** What was said longer ago belongs to no burst. */
const BURST_MS = HOUR;
const FIRST_PAUSE = MINUTE;
const LONGEST_PAUSE = 30 * MINUTE;
const MOST_PROVIDERS = 1_000;

type Provider = { refused: Set<string>; lastAt: Date; opened: number; until: Date };

/**
 * A burst of "no such address" from one provider pauses mail to that provider alone, longer each time, and costs no
 * message an attempt and no address its good name (law 17).
 */
export function createProviderBreaker({ clock, logger }: { clock: Clock; logger: Logger }) {
  const providers = new Map<string, Provider>();

  /** Whether the provider is to be doubted rather than this address. */
  function reportGone(domain: string, emailKey: string): boolean {
    const now = clock.now();
    const known = providers.get(domain);
    const isOver = !known || addMilliseconds(known.lastAt, BURST_MS) < now || known.lastAt > now;
    const provider = isOver
      ? { refused: new Set<string>(), lastAt: now, opened: 0, until: new Date(0) }
      : known;
    provider.lastAt = now;
    if (provider.refused.size < IN_A_ROW) provider.refused.add(emailKey);
    providers.delete(domain);
    providers.set(domain, provider);
    for (const oldest of providers.keys()) if (providers.size > MOST_PROVIDERS) providers.delete(oldest);
    if (provider.refused.size < IN_A_ROW) return false;
    if (provider.until <= now) open(provider, now);
    return true;
  }

  function open(provider: Provider, now: Date): void {
    const pause = Math.min(FIRST_PAUSE * 2 ** provider.opened, LONGEST_PAUSE);
    provider.opened += 1;
    provider.until = addMilliseconds(now, pause);
    // Without its name: a domain may be one person's.
    logger.error({ addresses: provider.refused.size, until: provider.until }, 'mail.provider-paused');
  }

  /** One that was taken proves that the provider knows its addresses. */
  function reportTaken(domain: string): void {
    providers.delete(domain);
  }

  /** Until when nothing goes to it. */
  function pausedUntil(domain: string): Date | undefined {
    const until = providers.get(domain)?.until;
    const left = until ? until.getTime() - clock.now().getTime() : 0;
    // More than any pause where the clock has gone back since.
    return left > 0 && left <= LONGEST_PAUSE ? until : undefined;
  }

  return { reportGone, reportTaken, pausedUntil };
}
export type ProviderBreaker = ReturnType<typeof createProviderBreaker>;

export function providerOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}
