import { addMilliseconds, type Clock, DAY } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';

/** How long an ended row of the outbox is kept. */
const OUTBOX_DAYS = 30;

/** Deletes what its time is over for. Repeating it does no harm. */
export function createRetentionService(deps: {
  deleteExpiredSignatures(now: Date): Promise<number>;
  deleteExpiredSuppressions(now: Date): Promise<number>;
  deleteEndedMail(before: Date): Promise<number>;
  deleteExpiredIncoming(now: Date): Promise<number>;
  clock: Clock;
  logger: Logger;
}) {
  const { clock, logger } = deps;

  async function step(): Promise<boolean> {
    const now = clock.now();
    const signatures = await deps.deleteExpiredSignatures(now);
    const suppressions = await deps.deleteExpiredSuppressions(now);
    const mails = await deps.deleteEndedMail(addMilliseconds(now, -OUTBOX_DAYS * DAY));
    const incoming = await deps.deleteExpiredIncoming(now);
    if (signatures + suppressions + mails + incoming > 0)
      logger.info({ signatures, suppressions, mails, incoming }, 'retention.deleted');
    return false;
  }

  return { step };
}
