import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Sealer } from '../lib/sealed.ts';
import type { Composer, OutboxRow, Prepared, SendOutcome } from '../mail/mail.ts';
import { emailChannel, type Office } from '../offices/office.ts';
import type { DeliveryStore } from './delivery.store.ts';
import { type Delivery, type DeliveryState, deliveryContext, outboxReason } from './delivery.ts';

const ENDS: Record<SendOutcome['result'], DeliveryState> = {
  sent: 'sent',
  refused: 'failed',
  again: 'failed',
  unknown: 'unknown',
};

/** An office's mail at the moment of sending: only checked again, never written anew (law 7). */
export function createDeliveryComposer(deps: {
  deliveries: Pick<DeliveryStore, 'findDelivery' | 'move'>;
  getOffice(id: string): Promise<Office>;
  mayWriteTo(address: string): Promise<boolean>;
  areQuotable(refs: readonly string[]): Promise<boolean>;
  sealer: Sealer;
  clock: Clock;
  logger: Logger;
}): Composer {
  const { deliveries, getOffice, mayWriteTo, areQuotable, sealer, clock, logger } = deps;

  async function prepare(row: OutboxRow): Promise<Prepared> {
    const delivery = await deliveries.findDelivery(row.subjectId);
    if (delivery?.state !== 'released' || outboxReason(delivery) !== row._id)
      return { do: 'cancel', reason: 'gone' };
    const { address, sealed, envelopeFrom } = delivery;
    if (!address || !sealed || !envelopeFrom) return back(delivery, 'it was not kept whole');
    const channel = emailChannel(await getOffice(delivery.officeId));
    if (channel?.value !== address || !(await mayWriteTo(address)))
      return back(delivery, 'the address is no more the office’s');
    if (!(await areQuotable(delivery.quotes.map(({ ref }) => ref))))
      return back(delivery, 'a quoted person withdrew');
    const raw = sealer.openBytes(sealed, deliveryContext(delivery._id));
    return { do: 'send-raw', mail: { raw, envelope: { from: envelopeFrom, to: address } } };
  }

  /** To planned: the next release renders it anew, without what may not go. */
  async function back(delivery: Delivery, reason: string): Promise<Prepared> {
    const kept = ['sealed', 'address', 'subject', 'envelopeFrom', 'releasedAt'] as const;
    await deliveries.move(delivery, 'planned', { quotes: [] }, kept);
    logger.warn({ deliveryId: delivery._id, reason }, 'delivery.taken-back');
    return { do: 'cancel', reason };
  }

  async function settle(row: OutboxRow, outcome: SendOutcome): Promise<void> {
    const delivery = await deliveries.findDelivery(row.subjectId);
    // Settled before, by a sender that stopped before its row ended.
    if (delivery?.state !== 'released' || outboxReason(delivery) !== row._id) return;
    const state = ENDS[outcome.result];
    await deliveries.move(delivery, state, {
      endedAt: clock.now(),
      reply: outcome.reply,
      ...('code' in outcome && outcome.code !== undefined && { replyCode: outcome.code }),
    });
    const log = state === 'sent' ? logger.info : logger.error;
    log({ deliveryId: delivery._id, reply: outcome.reply }, `delivery.${state}`);
  }

  return { prepare, settle };
}
