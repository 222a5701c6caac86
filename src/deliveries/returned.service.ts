import type { Infra } from '../infra.ts';
import { isAppError } from '../lib/errors.ts';
import { replaceAddresses } from '../lib/text/addresses-in-text.ts';
import { cutText } from '../lib/text/cut-text.ts';
import type { OfficeBounce, OfficeMail, OfficeReply } from '../mail/incoming/office.ts';
import type { OfficesRoom } from '../offices/offices.room.ts';
import type { DeliveryStore } from './delivery.store.ts';
import type { Delivery, IncomingNote } from './delivery.ts';
import type { ReportService } from './report.service.ts';
import { verdictOf } from './reports.ts';

/** What an office wrote back to one delivery, as its mail brought it. */
export type Reply = {
  deliveryId: string;
  petitionId: string;
  officeId: string;
  from: string;
  subject: string;
  text: string;
  /** what of it could not be read, a sentence each */
  unread: string[];
  at: Date;
  messageId: string;
  attachments: string[];
  /** the whole message as it came, with its files */
  raw: Buffer;
};

const TEXT_LENGTH = 300;

/** What comes back about deliveries: each has a note of it, and the office's channel or answers change. */
export function createOfficeIncoming(
  deps: Pick<Infra, 'logger'> &
    Pick<OfficesRoom, 'failChannel' | 'blockEmailChannel'> &
    Pick<ReportService, 'weigh'> & {
      deliveries: Pick<DeliveryStore, 'findByToken' | 'findDelivery' | 'addNote'>;
      /** one answer for each messageId */
      recordReply(reply: Reply): Promise<unknown>;
    },
): OfficeMail {
  const { deliveries, failChannel, weigh, blockEmailChannel, recordReply, logger } = deps;

  /** One that was never released was never sent: nothing can come back about it. */
  async function findSent(token: string) {
    const delivery = await deliveries.findByToken(token);
    if (!delivery || delivery.releases === 0) return null;
    const { _id, address } = delivery;
    return { deliveryId: _id, ...(address && { address }) };
  }

  async function getDelivery(id: string): Promise<Delivery> {
    const delivery = await deliveries.findDelivery(id);
    if (!delivery) throw new Error(`the delivery ${id} has gone`);
    return delivery;
  }

  async function onBounce({
    id,
    deliveryId,
    at,
    severity,
    code,
    text,
    isOther,
  }: OfficeBounce): Promise<void> {
    await note(deliveryId, {
      id,
      at,
      kind: severity === 'delayed' ? 'delayed' : 'bounce',
      ...(code && { code }),
      ...(isOther && { isOther }),
      text: isOther ? `of another address: ${text}` : text,
    });
    const delivery = await getDelivery(deliveryId);
    const { officeId, address, releasedAt: sentAt } = delivery;
    // Who has left an office, and still stands behind its address, does not make it one that takes no mail.
    if (severity !== 'delayed' && !isOther && address && verdictOf(delivery) === 'came-back') {
      const said = `mail came back: ${[code, text].filter(Boolean).join(' ')}`;
      const reason = cutText(said, TEXT_LENGTH);
      const hard = severity === 'hard';
      await failChannel(officeId, { reason, at, hard, deliveryId, address, ...(sentAt && { sentAt }) });
    }
  }

  /** An office that calls it junk gets no more mail, until an organiser has spoken with it. */
  async function onComplaint({ id, deliveryId, at, text }: Parameters<OfficeMail['onComplaint']>[0]) {
    const { officeId } = await getDelivery(deliveryId);
    await block(officeId, `it complained of our mail (${text})`);
    await note(deliveryId, { id, at, kind: 'complaint', text });
    logger.error({ deliveryId, officeId }, 'office.complained');
  }

  async function block(officeId: string, reason: string): Promise<void> {
    try {
      await blockEmailChannel({ via: 'office', office: officeId }, officeId, reason);
    } catch (error) {
      // In its present state nothing is sent to the office.
      if (!isAppError(error, 'OFFICE_CHANNEL_INVALID') && !isAppError(error, 'OFFICE_NOT_FOUND')) throw error;
    }
  }

  async function onAutoReply({ id, deliveryId, at, text }: Parameters<OfficeMail['onAutoReply']>[0]) {
    await note(deliveryId, { id, at, kind: 'auto-reply', text });
  }

  async function onReply(reply: OfficeReply): Promise<void> {
    const { id, deliveryId, at, from, subject, text, unread, messageId, attachments, raw, wantsStop } = reply;
    const { petitionId, officeId } = await getDelivery(deliveryId);
    await recordReply({
      deliveryId,
      petitionId,
      officeId,
      from,
      subject,
      text: text.trim(),
      unread,
      at,
      messageId,
      attachments: attachments.map((name) => name || '?'),
      raw,
    });
    if (wantsStop) {
      await block(officeId, 'it asked us to stop');
      logger.error({ deliveryId, officeId }, 'office.asked-to-stop');
    }
    await note(deliveryId, { id, at, kind: 'reply', text: subject });
    logger.info({ deliveryId, officeId }, 'office.replied');
  }

  /** Whose address a note names is nobody's business here (law 10). */
  async function note(deliveryId: string, given: IncomingNote): Promise<void> {
    const text = cutText(
      replaceAddresses(given.text, () => '…'),
      2 * TEXT_LENGTH,
    );
    await deliveries.addNote(deliveryId, { ...given, text });
    await weigh(deliveryId);
  }

  return { findSent, onBounce, onComplaint, onAutoReply, onReply };
}
