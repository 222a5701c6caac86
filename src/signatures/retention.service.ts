import { addMilliseconds, type Clock, DAY } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { PENDING_DAYS } from './signature.ts';

/** How long an ended row of the outbox is kept. */
const OUTBOX_DAYS = 30;

/** Deletes what its time is over for. Repeating it does no harm. */
export function createRetentionService(deps: {
  deleteExpired(now: Date, positions: readonly { petitionId: string; seq: number }[]): Promise<number>;
  healExpiry(latest: Date): Promise<number>;
  /** how far the ledger of each petition is */
  listPositions(): Promise<{ petitionId: string; seq: number }[]>;
  deleteExpiredSuppressions(now: Date): Promise<number>;
  /** what a clock that was ahead has written in the outbox */
  healMail(now: Date): Promise<number>;
  deleteEndedMail(before: Date): Promise<number>;
  deleteExpiredIncoming(now: Date): Promise<number>;
  forgetSignals(now: Date): Promise<void>;
  clock: Clock;
  logger: Logger;
}) {
  const { clock, logger } = deps;

  async function step(): Promise<boolean> {
    const now = clock.now();
    // No date of expiry is later than this, but by a clock that was ahead.
    await deps.healExpiry(addMilliseconds(now, (PENDING_DAYS + 1) * DAY));
    const healed = await deps.healMail(now);
    if (healed > 0) logger.warn({ mails: healed }, 'retention.healed');
    const signatures = await deps.deleteExpired(now, await deps.listPositions());
    const suppressions = await deps.deleteExpiredSuppressions(now);
    const mails = await deps.deleteEndedMail(addMilliseconds(now, -OUTBOX_DAYS * DAY));
    const incoming = await deps.deleteExpiredIncoming(now);
    await deps.forgetSignals(now);
    if (signatures + suppressions + mails + incoming > 0)
      logger.info({ signatures, suppressions, mails, incoming }, 'retention.deleted');
    return false;
  }

  return { step };
}
