import { randomInt } from 'node:crypto';

const SHORTEST_MS = 15;
const LONGEST_MS = 250;
/** The writes of larger groups take longer for other reasons. */
const SMALL_GROUP = 4;
/** Among more than these one new signature more or less makes no difference that could be seen. */
const NO_CROWD = 16;
const REMEMBERED = 32;
/** Some air. */
const MARGIN_MS = 5;

/** One group commit: how many posts were written together, how many of them were new, and what that took. */
type GroupWrite = { size: number; inserted: number; milliseconds: number };

/**
 * How long the writes of a group seem to take at the least. A repeated post writes nothing new and would be answered
 * sooner; so nobody is answered before the time that new signatures lately took here, and addresses cannot be told apart
 * by it (law 3). Only what wrote something new is remembered: who repeats a post a thousand times cannot talk the time
 * down.
 */
export function createAnswerTime() {
  const small: number[] = [];
  const crowds: number[] = [];

  function note({ size, inserted, milliseconds }: GroupWrite): void {
    if (inserted === 0 || (size > SMALL_GROUP && !isCrowd(size))) return;
    const lately = isCrowd(size) ? crowds : small;
    lately.push(milliseconds);
    if (lately.length > REMEMBERED) lately.shift();
  }

  /** For a group too small to be a crowd, however many in it are new. */
  function floorMs(): number {
    return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ...small.map((one) => one + MARGIN_MS)));
  }

  /**
   * Of a crowd, which is not held: that would cost a third of what can be signed. One of repeats alone, which only
   * somebody who probes can send, takes as long as one of the others did. No rule looks at whether few or fewer are new:
   * a bound between them would tell of the one who makes the difference.
   */
  function crowdMs(inserted: number): number {
    return inserted > 0 ? 0 : (crowds[randomInt(Math.max(1, crowds.length))] ?? floorMs());
  }

  return { note, floorMs, crowdMs };
}

export function isCrowd(size: number): boolean {
  return size > NO_CROWD;
}

export type AnswerTime = ReturnType<typeof createAnswerTime>;
