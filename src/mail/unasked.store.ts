import { createHash } from 'node:crypto';
import { updateByPipeline } from '../database/pipeline.ts';
import { addMilliseconds, DAY, MINUTE, SKEW_MS } from '../lib/clock.ts';
import type { Addresses, AddressRecord } from './suppression.store.ts';

/** Unasked mail an address may get over all petitions, whoever posts it (law 17). */
const PER_DAY = 3;
const PER_MONTH = 8;
const MONTH_DAYS = 30;
/** Within this of the last one, a mail on the same matter says nothing new (law 3). */
const ALIKE_MS = 10 * MINUTE;

/** `id`: the same for each try of one mail. `about`: the matter of which one mail in ten minutes is enough. */
export type UnaskedMail = { id: string; about: string };

/** Counts mail that nobody but a form has asked for, on the record of its address. */
export function createUnaskedLimit(addresses: Addresses) {
  /**
   * Whether this unasked mail may go to the address now, counting it if so. Of two on the same matter the one that asks
   * first goes, however many workers ask. A mail that is tried again counts once, at its latest try.
   */
  return async function allowUnasked(emailKey: string, mail: UnaskedMail, now: Date): Promise<boolean> {
    const [id, about] = [shorten(mail.id), shorten(mail.about)];
    const since = (milliseconds: number) => ({ $gt: ['$$this.at', addMilliseconds(now, -milliseconds)] });
    // One that lies ahead was written by a clock that was wrong: when it went nobody knows, and it holds nothing back.
    const isPast = { $lte: ['$$this.at', addMilliseconds(now, SKEW_MS)] };
    const those = (input: unknown, cond: unknown) => ({ $filter: { input, cond } });
    const others = those(
      { $ifNull: ['$unasked', []] },
      { $and: [{ $ne: ['$$this.id', id] }, since(MONTH_DAYS * DAY), isPast] },
    );
    const isAlike = { $and: [{ $eq: ['$$this.about', about] }, since(ALIKE_MS)] };
    const wasKnown = { $in: [id, { $map: { input: { $ifNull: ['$unasked', []] }, in: '$$this.id' } }] };
    const isAllowed = {
      $and: [
        { $eq: [{ $size: those('$others', isAlike) }, 0] },
        {
          $or: [
            '$wasKnown',
            {
              $and: [
                { $lt: [{ $size: those('$others', since(DAY)) }, PER_DAY] },
                { $lt: [{ $size: '$others' }, PER_MONTH] },
              ],
            },
          ],
        },
      ],
    };
    const loggedUntil = { $max: ['$loggedUntil', addMilliseconds(now, (MONTH_DAYS + 1) * DAY)] };
    await updateByPipeline(
      addresses,
      { _id: emailKey },
      [
        { $set: { others, wasKnown } },
        {
          $set: {
            unasked: {
              $cond: [isAllowed, { $concatArrays: ['$others', [{ at: now, id, about }]] }, '$others'],
            },
            loggedUntil,
            expiresAt: { $cond: [{ $eq: [{ $type: '$scope' }, 'missing'] }, loggedUntil, '$$REMOVE'] },
          },
        },
        { $unset: ['others', 'wasKnown'] },
      ],
      { upsert: true, passing: ['others', 'wasKnown'] },
    );
    // Read apart: under contention SecantusDB answers findOneAndUpdate with an older image.
    const found = await addresses.findOne({ _id: emailKey }, { unasked: 1 }).lean<AddressRecord>();
    return found?.unasked?.some((one) => one.id === id) === true;
  };
}

/** What names a mail on the record of an address. */
export function shorten(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 11);
}
