import type { Batch } from '../deliveries/approval.service.ts';
import type { DeliveryService, ReleaseResult } from '../deliveries/delivery.service.ts';
import { type Delivery, outboxReason } from '../deliveries/delivery.ts';
import type { Infra } from '../infra.ts';
import type { Actor } from '../lib/actor.ts';
import { SECOND } from '../lib/clock.ts';
import type { MailRoom } from '../mail/mail.room.ts';
import type { MailWorker } from '../mail/mail.worker.ts';

/** `postponed`: the server said "later", and it goes by itself when that time comes. `waiting`: nobody has sent it yet. */
export type SendResult = Exclude<ReleaseResult['result'], 'released' | 'taken'> | SendState;
type SendState = Exclude<Delivery['state'], 'released'> | 'postponed' | 'waiting';
export type SendLine = { deliveryId: string; officeId: string; result: SendResult; reply: string; at?: Date };

const PATIENCE_MS = 90 * SECOND;
const PAUSE_MS = 300;

/** For a command that waits: releases what is approved and sees it sent, by itself or by a server that runs beside it. */
export function createLetterSender(
  deps: Pick<Infra, 'clock'> &
    Pick<MailRoom, 'findRow'> &
    Pick<MailWorker, 'drainOffices'> & {
      letters: Pick<DeliveryService, 'releaseDigests' | 'listReleased' | 'getDelivery'>;
      sleep(milliseconds: number): Promise<unknown>;
    },
) {
  const { letters, drainOffices, findRow, clock, sleep } = deps;

  /** What a named organiser approved of a scope. */
  async function sendDigests(actor: Actor, batch: Batch): Promise<SendLine[]> {
    const lines = new Map<string, SendLine>();
    for (const { result, ...one } of await letters.releaseDigests(actor, batch)) {
      if (result !== 'released' && result !== 'taken')
        lines.set(one.deliveryId, { ...one, result, reply: '' });
    }
    const released = await letters.listReleased(batch);
    for (const line of await settle(released.map(({ _id }) => _id))) lines.set(line.deliveryId, line);
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
