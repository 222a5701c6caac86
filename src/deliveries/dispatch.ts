import { createHash } from 'node:crypto';
import { addMilliseconds, HOUR } from '../lib/clock.ts';
import type { Office } from '../offices/office.ts';

/** A part of an hour in which one delivery may go to an office: from `at`, a moment inside it, to `end`. */
export type Slot = { id: string; at: Date; end: Date };

/** So that a slot's moment does not fall on its very end. */
const JITTER = 0.9;
const DAY_HOURS = 24;

/**
 * The hour is cut into as many parts as letters may go in it, and each part takes one or none: so no hour, wherever it
 * begins, holds more than `perHour`, and what was missed in a pause is not made up for in a burst. The moment inside a
 * part looks random and is the same in each hour of a day, else two neighbouring hours could hold one more between them.
 */
export function slotAt(officeId: string, perHour: number, now: Date): Slot {
  const width = HOUR / perHour;
  const hour = Math.floor(now.getTime() / HOUR);
  const part = Math.min(perHour - 1, Math.floor((now.getTime() - hour * HOUR) / width));
  const begin = hour * HOUR + part * width;
  const jitter = fraction(`${officeId}:${Math.floor(hour / DAY_HOURS)}:${part}`) * JITTER;
  return {
    id: `${officeId}:${hour}:${part}/${perHour}`,
    at: new Date(Math.round(begin + jitter * width)),
    end: new Date(Math.ceil(begin + width)),
  };
}

/** When the next delivery to the office can go, from `now` on: its slot's moment, or now when that is past. */
export function nextMoment(office: Pick<Office, '_id' | 'pace'>, now: Date, isTaken: boolean): Date {
  const slot = slotOf(office, now);
  if (!isTaken) return slot.at > now ? slot.at : now;
  return slotOf(office, addMilliseconds(slot.end, 1)).at;
}

/**
 * When the next deliveries to an office can go, by its hours and its slots: one in each. What happens until then may
 * change it.
 */
export function momentsAhead(
  office: Office,
  calendar: { nextOpening(office: Office, at: Date): Date },
  from: Date,
  count: number,
): Date[] {
  const moments: Date[] = [];
  let at = from;
  while (moments.length < count) {
    const opening = calendar.nextOpening(office, at);
    const slot = slotOf(office, opening);
    const moment = new Date(Math.max(slot.at.getTime(), opening.getTime()));
    if (calendar.nextOpening(office, moment).getTime() === moment.getTime()) moments.push(moment);
    at = addMilliseconds(slot.end, 1);
  }
  return moments;
}

/** The slot of an office by its pace; one that takes no letters still takes digests. */
export function slotOf({ _id, pace }: Pick<Office, '_id' | 'pace'>, now: Date): Slot {
  return slotAt(_id, Math.max(1, pace.lettersPerHour), now);
}

/** 0 ≤ x < 1, evenly spread over names. */
function fraction(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32BE(0) / 2 ** 32;
}
