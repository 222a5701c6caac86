import { setTimeout as pause } from 'node:timers/promises';
import type { Infra } from '../infra.ts';
import { beforeDeadline } from '../lib/deadline.ts';
import type { EmailAddress } from '../lib/email-address.ts';
import { AppError } from '../lib/errors.ts';
import type { Locale } from '../lib/locales.ts';
import type { MailRoom } from '../mail/mail.room.ts';
import type { OutboxRow } from '../mail/mail.ts';
import type { Petition } from '../petitions/petition.ts';
import type { AnswerTime } from './answer-time.ts';
import type { AnswerRow } from './intake.service.ts';
import { signatureId } from './signature.ts';

const STORED_WITHIN_MS = 3_000;

/**
 * Who signed a petition that has closed, and lost the mail with the private link, asks for it here: signing again, which
 * sends it while the petition is open, is no longer possible.
 */
export function createLostLinkService(
  deps: Pick<MailRoom, 'insertCounted'> &
    Pick<Infra['keys'], 'emailKeyOf'> & { answerRow: AnswerRow; answerTime: AnswerTime },
) {
  const { insertCounted, answerRow, emailKeyOf, answerTime } = deps;

  /**
   * One insert for everybody, and as long for those who asked before; the mail worker decides what the address receives
   * (law 3).
   * @throws whatever the database refused, as DATABASE_UNAVAILABLE
   */
  async function request(petition: Petition, email: EmailAddress, locale: Locale): Promise<void> {
    const emailKey = emailKeyOf(email.canonical);
    const subjectId = signatureId(petition._id, emailKey);
    const row = answerRow(subjectId, emailKey, { email: email.mailTo, locale, isForLink: true });
    const floor = pause(answerTime.floorMs());
    const late = () => new AppError('DATABASE_UNAVAILABLE');
    await beforeDeadline(insert(row), STORED_WITHIN_MS, late);
    await floor;
  }

  async function insert(row: OutboxRow): Promise<void> {
    const begun = performance.now();
    const { errors, inserted } = await insertCounted([row]);
    answerTime.note({ size: 1, inserted, milliseconds: performance.now() - begun });
    if (errors[0]) throw errors[0];
  }

  return { request };
}
export type LostLinkService = ReturnType<typeof createLostLinkService>;
