import { updateByPipeline } from '../database/pipeline.ts';
import { addMilliseconds, DAY, SKEW_MS } from '../lib/clock.ts';
import type { Addresses, AddressRecord } from './suppression.store.ts';
import { shorten } from './unasked.store.ts';

const WEEK_MS = 7 * DAY;

/** Counts updates on the record of their address: one a week, over all petitions. */
export function createNewsLimit(addresses: Addresses) {
  /**
   * Notes that this update goes to the address now, unless another went in the last seven days: then answers when the week
   * is over. Of two at once the one that asks first goes. A mail that is tried again is the same one.
   */
  return async function allowNews(emailKey: string, mailId: string, now: Date): Promise<Date | undefined> {
    const id = shorten(mailId);
    const isFree = {
      $or: [
        { $eq: [{ $type: '$newsAt' }, 'missing'] },
        { $lte: ['$newsAt', addMilliseconds(now, -WEEK_MS)] },
        // By a clock that was wrong: when it went nobody knows.
        { $gt: ['$newsAt', addMilliseconds(now, SKEW_MS)] },
        { $eq: ['$newsId', id] },
      ],
    };
    const loggedUntil = { $max: ['$loggedUntil', addMilliseconds(now, WEEK_MS + DAY)] };
    await updateByPipeline(
      addresses,
      { _id: emailKey },
      [
        {
          $set: {
            newsAt: { $cond: [isFree, now, '$newsAt'] },
            newsId: { $cond: [isFree, id, '$newsId'] },
            loggedUntil,
            expiresAt: { $cond: [{ $eq: [{ $type: '$scope' }, 'missing'] }, loggedUntil, '$$REMOVE'] },
          },
        },
      ],
      { upsert: true },
    );
    // Read apart: under contention SecantusDB answers findOneAndUpdate with an older image.
    const found = await addresses.findOne({ _id: emailKey }, { newsAt: 1, newsId: 1 }).lean<AddressRecord>();
    return found?.newsId === id || !found?.newsAt ? undefined : addMilliseconds(found.newsAt, WEEK_MS);
  };
}
