import { updateByPipeline } from '../database/pipeline.ts';
import { addMilliseconds, DAY, SKEW_MS } from '../lib/clock.ts';
import type { Addresses } from './suppression.store.ts';

/**
 * After the first word that there is no such address, and after the second; the third, on a third day, is final (law 17).
 */
const RESTS_DAYS = [1, 7];
/** A word that old is forgotten: mailboxes come back. */
export const GONE_DAYS = 90;

/** No rest ends later than this, but one that a clock which was ahead has written: it is over. */
export const latestRest = (now: Date) => addMilliseconds(now, Math.max(...RESTS_DAYS) * DAY + SKEW_MS);
const daysFrom = (now: Date, days: number) => addMilliseconds(now, days * DAY);

/** What an address's server says of it: that there is no such one. */
export function createGone(addresses: Addresses) {
  /**
   * The first time it rests for a day, then for a week, then it is gone for good. What comes during a rest is of the same
   * day.
   */
  return async function noteGone(emailKey: string, now: Date): Promise<void> {
    const isNews = {
      $and: [
        { $ne: ['$scope', 'all'] },
        {
          $or: [
            { $lte: [{ $ifNull: ['$restsUntil', new Date(0)] }, now] },
            { $gt: ['$restsUntil', latestRest(now)] },
          ],
        },
      ],
    };
    const kept = {
      $map: {
        input: {
          $filter: {
            input: { $ifNull: ['$gone', []] },
            cond: { $gt: ['$$this', daysFrom(now, -GONE_DAYS)] },
          },
        },
        // One that a clock which was ahead has written is forgotten in time as well.
        in: { $min: ['$$this', now] },
      },
    };
    const times = { $size: '$gone' };
    const isFinal = { $gt: [times, RESTS_DAYS.length] };
    const rests = {
      $cond: [{ $eq: [times, 1] }, daysFrom(now, RESTS_DAYS[0] ?? 0), daysFrom(now, RESTS_DAYS[1] ?? 0)],
    };
    const until = { $min: [{ $max: ['$loggedUntil', daysFrom(now, GONE_DAYS)] }, daysFrom(now, GONE_DAYS)] };
    // A stage sees what the stage before it has written, so the first stage writes down that this is news.
    await updateByPipeline(
      addresses,
      { _id: emailKey },
      [
        { $set: { isNews } },
        { $set: { gone: { $cond: ['$isNews', { $concatArrays: [kept, [now]] }, '$gone'] } } },
        {
          $set: {
            restsUntil: { $cond: ['$isNews', { $cond: [isFinal, '$$REMOVE', rests] }, '$restsUntil'] },
            scope: { $cond: [{ $and: ['$isNews', isFinal] }, 'all', '$scope'] },
            reason: { $cond: [{ $and: ['$isNews', isFinal] }, 'no-such-address', '$reason'] },
            at: { $cond: [{ $and: ['$isNews', isFinal] }, now, '$at'] },
            loggedUntil: until,
          },
        },
        {
          $set: {
            expiresAt: { $cond: [{ $eq: [{ $type: '$scope' }, 'missing'] }, '$loggedUntil', '$$REMOVE'] },
          },
        },
        { $unset: ['isNews'] },
      ],
      { upsert: true, passing: ['isNews'] },
    );
  };
}
