import { addMilliseconds, type Clock, MINUTE } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Fault } from './smtp-reply.ts';

const FIRST_PAUSE = MINUTE;
const LONGEST_PAUSE = 30 * MINUTE;
/** One full mailbox is its owner's matter; so many in a row are the relay's. */
const RECIPIENT_FAULTS = 5;

/**
 * A wrong relay password, a block list or a row of full mailboxes stops all sending for a while, longer each time,
 * and costs no message an attempt (law 17).
 */
export function createCircuitBreaker({ clock, logger }: { clock: Clock; logger: Logger }) {
  let opened = 0;
  let recipientFaults = 0;
  let closedUntil = new Date(0);

  function report(fault: Fault, reply: string): void {
    recipientFaults = fault === 'recipient' ? recipientFaults + 1 : recipientFaults;
    if (fault !== 'relay' && recipientFaults < RECIPIENT_FAULTS) return;
    if (isOpen()) return;
    opened += 1;
    recipientFaults = 0;
    closedUntil = addMilliseconds(clock.now(), Math.min(FIRST_PAUSE * 2 ** (opened - 1), LONGEST_PAUSE));
    logger.error({ reply, until: closedUntil }, 'mail.paused');
  }

  function reportSent(): void {
    opened = 0;
    recipientFaults = 0;
  }

  /** Open: nothing is sent. */
  function isOpen(): boolean {
    return clock.now() < closedUntil;
  }

  return { report, reportSent, isOpen, reopensAt: () => closedUntil };
}
export type CircuitBreaker = ReturnType<typeof createCircuitBreaker>;
