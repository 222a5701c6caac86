import type { Infra } from '../infra.ts';
import { type Actor, byOf } from '../lib/actor.ts';
import { addMilliseconds, DAY, SECOND } from '../lib/clock.ts';
import { AppError, invalidField, invalidInput } from '../lib/errors.ts';
import type { MailRoom } from '../mail/mail.room.ts';
import { dueRow, type OutboxRow } from '../mail/mail.ts';
import type { SignatureStore } from '../signatures/signature.store.ts';
import { parseSignatureId } from '../signatures/signature.ts';
import type { AnswerStore } from './answer.store.ts';
import { type Answer, needsCorrection, type Telling } from './answer.ts';

const BATCH = 1_000;
/** Between two batches the outbox has room for somebody who is waiting for the link that confirms. */
const BATCH_PAUSE_MS = 10 * SECOND;
/** Nothing waits longer in the outbox. */
const LONGEST_MS = DAY;
/** Outbox rows go 30 days after their end, and with them the knowledge of who was told in the batch that broke off. */
const RESUME_DAYS = 20;

export type Told = { rows: number; isNew: boolean };

/** Tells the signers who asked for updates that an office has answered: each once, however often this is begun. */
export function createUpdateService(
  deps: Pick<Infra, 'clock' | 'logger'> &
    Pick<MailRoom, 'insertRows'> &
    Pick<SignatureStore, 'listSubscribed'> & {
      answers: Pick<AnswerStore, 'findAnswer' | 'advanceTelling' | 'beginCorrection' | 'advanceCorrection'>;
      batchSize?: number;
    },
) {
  const { answers, listSubscribed, insertRows, clock, logger, batchSize = BATCH } = deps;

  /**
   * Leaves a mail for each in the outbox. Taken up where it broke off; done, it does nothing.
   * @throws ANSWER_NOT_FOUND; INPUT_INVALID while the answer is not published, or when it broke off too long ago
   */
  async function tell(actor: Actor, answerId: string): Promise<Told> {
    const isNew = !(await getPublished(answerId)).told?.isDone;
    for (;;) {
      const answer = await getPublished(answerId);
      const told = answer.told ?? (await begin(answer, actor));
      if (told.isDone) return { rows: told.rows, isNew };
      if (addMilliseconds(told.at, RESUME_DAYS * DAY) < clock.now())
        throw invalidInput('It broke off too long ago: who has been told is no longer known for certain.');
      await tellBatch(answer, told);
    }
  }

  async function getPublished(answerId: string): Promise<Answer> {
    const answer = await answers.findAnswer(answerId);
    if (!answer) throw new AppError('ANSWER_NOT_FOUND', { message: `There is no answer "${answerId}".` });
    if (!answer.published) throw invalidField('It is not published.', { fault: 'answer.notPublished' });
    return answer;
  }

  /** Noted before the first mail is: from then on it is known when it was begun. */
  async function begin({ _id }: Answer, actor: Actor): Promise<Telling> {
    const now = clock.now();
    const told = { begunAt: now, at: now, through: '', rows: 0, isDone: false };
    if (await answers.advanceTelling(_id, '', told))
      logger.info({ answerId: _id, by: byOf(actor) }, 'answer.telling');
    return told;
  }

  /**
   * Tells those who were told of it that something else is published now: each once for that text, however often this is
   * begun. Nobody who was not told is.
   * @throws ANSWER_NOT_FOUND; INPUT_INVALID while it is not published, or when nobody was told of anything else
   */
  async function correct(actor: Actor, answerId: string): Promise<Told> {
    const answer = await getPublished(answerId);
    const of = answer.published?.at ?? clock.now();
    if (!needsCorrection(answer))
      throw invalidField('Who was told of it was told this.', { fault: 'answer.nothingToCorrect' });
    const now = clock.now();
    const begun = { of, begunAt: now, at: now, through: '', rows: 0, isDone: false };
    if (await answers.beginCorrection(answerId, begun))
      logger.info({ answerId, by: byOf(actor) }, 'answer.correcting');
    for (;;) {
      const current = await getPublished(answerId);
      const { corrected } = current;
      if (!corrected || corrected.of.getTime() !== of.getTime() || corrected.isDone)
        return { rows: corrected?.rows ?? 0, isNew: true };
      await correctBatch(current, corrected);
    }
  }

  async function correctBatch(answer: Answer, corrected: NonNullable<Answer['corrected']>): Promise<void> {
    const prefix = `correction:${answer._id}:${corrected.of.getTime()}`;
    const next = await leaveBatch(answer, corrected, prefix);
    await answers.advanceCorrection(answer._id, corrected.through, { ...next, of: corrected.of });
  }

  async function tellBatch(answer: Answer, told: Telling): Promise<void> {
    const next = await leaveBatch(answer, told, `update:${answer._id}`);
    if ((await answers.advanceTelling(answer._id, told.through, next)) && next.isDone)
      logger.info({ answerId: answer._id, rows: next.rows }, 'answer.told');
  }

  /** First the mails, then the mark: what a crash leaves between is written again under the same keys. */
  async function leaveBatch({ petitionId }: Answer, told: Telling, prefix: string): Promise<Telling> {
    const ids = await listSubscribed(petitionId, told.through, batchSize);
    const now = clock.now();
    const dueAt = addMilliseconds(
      now,
      Math.min(Math.floor(told.rows / batchSize) * BATCH_PAUSE_MS, LONGEST_MS),
    );
    // The driver refuses to insert nothing.
    const rows = ids.map((id) => rowFor(prefix, id, now, dueAt));
    const failed = rows.length > 0 && (await insertRows(rows)).find(Boolean);
    if (failed) throw failed;
    const isDone = ids.length < batchSize;
    const through = ids.at(-1) ?? told.through;
    return { ...told, at: now, through, rows: told.rows + ids.length, isDone };
  }

  return { tell, correct };
}
export type UpdateService = ReturnType<typeof createUpdateService>;

function rowFor(prefix: string, signatureId: string, now: Date, dueAt: Date): OutboxRow {
  const { emailKey } = parseSignatureId(signatureId);
  const _id = `${prefix}:${signatureId}`;
  return dueRow({ _id, kind: 'update', audience: 'person', subjectId: signatureId, emailKey }, now, dueAt);
}

/** Whether a row tells somebody that what they were told has changed. */
export function isCorrection({ _id }: Pick<OutboxRow, '_id'>): boolean {
  return _id.startsWith('correction:');
}

/** The answer that an outbox row speaks of. */
export function answerOfRow({ _id }: Pick<OutboxRow, '_id'>): string {
  return _id.split(':', 2)[1] ?? '';
}
