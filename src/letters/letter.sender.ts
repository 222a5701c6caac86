import { type Clock, SECOND } from '../lib/clock.ts';
import type { OutboxRow } from '../mail/mail.ts';
import { type Delivery, outboxReason } from './delivery.ts';
import type { LetterService, ReleaseResult } from './letter.service.ts';

/** `postponed`: the server said "later", and it goes by itself when that time comes. `waiting`: nobody has sent it yet. */
export type SendResult = Exclude<ReleaseResult['result'], 'released' | 'taken'> | SendState;
type SendState = Exclude<Delivery['state'], 'released'> | 'postponed' | 'waiting';
export type SendLine = { deliveryId: string; officeId: string; result: SendResult; reply: string; at?: Date };

const PATIENCE_MS = 90 * SECOND;
const PAUSE_MS = 300;
/** One that is taken back, since somebody who is quoted withdrew, is rendered anew at once. */
const ROUNDS = 3;

/** For a command that waits: releases what is planned and sees it sent, by itself or by a server that runs beside it. */
export function createLetterSender(deps: {
  letters: Pick<LetterService, 'releaseDigests' | 'listReleased' | 'getDelivery'>;
  drainOffices(): Promise<void>;
  findRow(id: string): Promise<OutboxRow | null>;
  clock: Clock;
  sleep(milliseconds: number): Promise<unknown>;
}) {
  const { letters, drainOffices, findRow, clock, sleep } = deps;

  /** `but`: offices to which nothing goes that is not approved. */
  async function sendDigests(but?: ReadonlySet<string>): Promise<SendLine[]> {
    const lines = new Map<string, SendLine>();
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const { deliveryId, officeId, result } of await letters.releaseDigests(but)) {
        if (result !== 'released' && result !== 'taken')
          lines.set(deliveryId, { deliveryId, officeId, result, reply: '' });
      }
      const released = await letters.listReleased();
      for (const line of await settle(released.map(({ _id }) => _id))) lines.set(line.deliveryId, line);
      if (![...lines.values()].some(({ result }) => result === 'planned')) break;
    }
    return [...lines.values()];
  }

  async function settle(ids: readonly string[]): Promise<SendLine[]> {
    const end = clock.now().getTime() + PATIENCE_MS;
    for (;;) {
      await drainOffices();
      const lines = await Promise.all(ids.map(look));
      const isOver = lines.every(({ result }) => result !== 'waiting') || clock.now().getTime() >= end;
      if (isOver) return lines;
      await sleep(PAUSE_MS);
    }
  }

  async function look(id: string): Promise<SendLine> {
    const delivery = await letters.getDelivery(id);
    const { officeId, state, reply = '' } = delivery;
    if (state !== 'released') return { deliveryId: id, officeId, result: state, reply };
    const row = await findRow(outboxReason(delivery));
    const { dueAt, outcome = '' } = row ?? {};
    const isLater = row?.state === 'due' && dueAt !== undefined && dueAt > clock.now();
    return isLater
      ? { deliveryId: id, officeId, result: 'postponed', reply: outcome, at: dueAt }
      : { deliveryId: id, officeId, result: 'waiting', reply: outcome };
  }

  return { sendDigests };
}
export type LetterSender = ReturnType<typeof createLetterSender>;
