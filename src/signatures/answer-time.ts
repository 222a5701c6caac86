const SHORTEST_MS = 15;
const LONGEST_MS = 250;
/** Larger groups hide one person among many, and take longer for other reasons. */
const SMALL_GROUP = 4;
const REMEMBERED = 32;
/** The wait for the group, and some air. */
const MARGIN_MS = 5;

/**
 * How long an answer takes at the least. A repeated post writes nothing new and would be answered sooner; so nobody is
 * answered before the time that new signatures lately took here, and addresses cannot be told apart by it (law 3).
 * Only what wrote something new is remembered: who repeats a post a thousand times cannot talk the time down.
 */
export function createAnswerTime() {
  const lately: number[] = [];

  /** What the two writes of one group took. */
  function note(group: { size: number; inserted: number; milliseconds: number }): void {
    if (group.inserted === 0 || group.size > SMALL_GROUP) return;
    lately.push(group.milliseconds);
    if (lately.length > REMEMBERED) lately.shift();
  }

  function floorMs(): number {
    return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ...lately.map((one) => one + MARGIN_MS)));
  }

  return { note, floorMs };
}
export type AnswerTime = ReturnType<typeof createAnswerTime>;
