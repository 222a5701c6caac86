import { addMilliseconds, type Clock, MINUTE } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { forLog } from '../lib/text/foreign-words.ts';
import type { Fault } from './smtp-reply.ts';

const FIRST_PAUSE = MINUTE;
const LONGEST_PAUSE = 30 * MINUTE;
/** One refused address is its owner's matter; so many in a row, with none taken between, are the relay's. */
const IN_A_ROW = 5;

/**
 * A wrong relay password, a block list or a row of refusals stops all sending for a while, longer each time, and
 * costs no message an attempt (law 17).
 */
export function createCircuitBreaker({ clock, logger }: { clock: Clock; logger: Logger }) {
  let opened = 0;
  let inARow = 0;
  let isRelays = false;
  let closedUntil = new Date(0);

  /** Whether the relay is to blame, or may be: then the mail waits and loses nothing. */
  function report(fault: Fault, reply: string): boolean {
    inARow += 1;
    const isGeneral = fault === 'relay' || inARow >= IN_A_ROW || isProbing();
    if (isGeneral && !isOpen()) open(fault, reply);
    return isGeneral;
  }

  function open(fault: Fault, reply: string): void {
    opened += 1;
    isRelays = fault === 'relay';
    closedUntil = addMilliseconds(clock.now(), Math.min(FIRST_PAUSE * 2 ** (opened - 1), LONGEST_PAUSE));
    logger.error({ reply: forLog(reply), until: closedUntil }, 'mail.paused');
  }

  /** One that was taken proves a mere suspicion wrong; what the relay itself said holds for its while. */
  function reportSent(): void {
    opened = 0;
    inARow = 0;
    if (!isRelays) closedUntil = new Date(0);
  }

  /** Open: nothing is sent. */
  function isOpen(): boolean {
    const left = closedUntil.getTime() - clock.now().getTime();
    // More than any pause where the clock has gone back since.
    return left > 0 && left <= LONGEST_PAUSE;
  }

  /** After a pause, until the first mail is taken: only few are tried. */
  function isProbing(): boolean {
    return opened > 0;
  }

  return { report, reportSent, isOpen, isProbing, reopensAt: () => closedUntil };
}
export type CircuitBreaker = ReturnType<typeof createCircuitBreaker>;
