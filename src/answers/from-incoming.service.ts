import type { DeliveryStore } from '../deliveries/delivery.store.ts';
import type { Infra } from '../infra.ts';
import { type Actor, byOf } from '../lib/actor.ts';
import { invalidField } from '../lib/errors.ts';
import type { IncomingStore } from '../mail/incoming/incoming.store.ts';
import type { KeptMailService } from '../mail/incoming/kept-mail.service.ts';
import type { AnswerService } from './answer.service.ts';
import type { Answer } from './answer.ts';

/** An organiser's word that a mail is an office's answer, whatever it was taken for. */
export function createFromIncoming(
  deps: Pick<Infra, 'logger'> &
    Pick<KeptMailService, 'getMail' | 'readMail'> &
    Pick<IncomingStore, 'markAnswered'> &
    Pick<DeliveryStore, 'findDelivery'> &
    Pick<AnswerService, 'recordReply'>,
) {
  const { getMail, readMail, markAnswered, findDelivery, recordReply, logger } = deps;

  /**
   * Once for each mail: the second time it is the same answer.
   * @throws INPUT_INVALID for a mail that is not there, or when nothing says which delivery it answers
   */
  async function makeAnswer(
    actor: Actor,
    id: string,
    given: { deliveryId?: string | undefined },
  ): Promise<Answer> {
    const mail = await getMail(id);
    const { record, raw } = mail;
    const deliveryId = given.deliveryId ?? record.deliveryId;
    if (deliveryId === undefined)
      throw invalidField('Nothing in it says what it answers: name it with --delivery (letters list).', {
        field: 'delivery',
        fault: 'required',
      });
    const delivery = await findDelivery(deliveryId);
    if (!delivery || delivery.releases === 0)
      throw invalidField(`Nothing was sent as "${deliveryId}".`, { field: 'delivery', fault: 'noDelivery' });
    const reading = await readMail(mail);
    const { petitionId, officeId } = delivery;
    const answer = await recordReply({
      deliveryId,
      petitionId,
      officeId,
      from: reading?.from ?? '',
      subject: reading?.subject ?? '',
      text: reading?.text.trim() ?? '',
      unread: reading?.unread ?? [],
      at: record.at,
      // Another mail with the same Message-ID is an answer already; this one is known by what it says.
      messageId: record.isAgain ? record._id : reading?.messageId || record._id,
      attachments: reading?.attachments ?? [],
      raw,
    });
    await markAnswered(record._id, answer._id);
    logger.info({ answerId: answer._id, deliveryId, by: byOf(actor) }, 'answer.from-incoming');
    return answer;
  }

  return { makeAnswer };
}
export type FromIncoming = ReturnType<typeof createFromIncoming>;
