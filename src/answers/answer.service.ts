import type { Reply } from '../deliveries/returned.service.ts';
import type { Infra } from '../infra.ts';
import { type Actor, byOf } from '../lib/actor.ts';
import { AppError, invalidField, invalidInput } from '../lib/errors.ts';
import { newRef } from '../lib/ref.ts';
import { openWhole, sealWhole } from '../lib/sealed-pieces.ts';
import { cutText } from '../lib/text/cut-text.ts';
import type { OfficesRoom } from '../offices/offices.room.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import type { Catalog } from '../petitions/petition.ts';
import type { AnswerStore } from './answer.store.ts';
import type { ReadAnswer } from './answer.ts';
import {
  type Answer,
  type AnswerContent,
  answerContext,
  answerId,
  answerMessageContext,
  type Statement,
} from './answer.ts';
import { createPublishing, named } from './publish.service.ts';

/** Of a reply by mail; what is longer is no letter. */
const TEXT_MAX = 100_000;

/** What offices answer: kept sealed as it came; public is only what a named organiser publishes. */
export function createAnswerService(
  deps: Pick<Infra, 'sealer' | 'clock' | 'logger'> &
    Pick<PetitionService, 'getPetition'> &
    Pick<OfficesRoom, 'getOffice' | 'changeOffice'> & {
      store: AnswerStore;
      catalog: Pick<Catalog, 'demands'>;
    },
) {
  const { store, getPetition, getOffice, sealer, clock, logger } = deps;

  /** A reply by mail; the same message, however often it comes, is one answer. */
  async function recordReply(reply: Reply): Promise<Answer> {
    const { deliveryId, petitionId, officeId, from, subject, at, messageId, unread, attachments, raw } =
      reply;
    const text = cutText(reply.text, TEXT_MAX);
    // A message without an id is known by what it says.
    const name = messageId === '' ? [from, subject, text, at.toISOString()] : [messageId];
    const _id = answerId('mail', deliveryId, ...name);
    // Before the answer: what is shown as kept is kept.
    const whole = await sealWhole(sealer, raw, answerMessageContext(_id), (piece) =>
      store.putPiece(_id, piece, clock.now()),
    );
    await store.insertMessage({ _id, ...whole });
    const content = {
      from,
      subject,
      text,
      ...(unread.length > 0 && { unread }),
      ...(attachments.length > 0 && { attachments }),
    };
    return keep({ _id, petitionId, officeId, deliveryId, via: 'mail', at }, content, []);
  }

  /**
   * The message that an answer came in, with its files, byte for byte.
   * @throws ANSWER_NOT_FOUND, also for one that came another way
   */
  async function getMessage(id: string): Promise<Buffer> {
    const { via } = await getAnswer(id);
    const whole = await store.findMessage(id);
    if (!whole)
      throw new AppError('ANSWER_NOT_FOUND', { message: `${id} came by ${via}: there is no mail of it.` });
    return openWhole(sealer, whole, answerMessageContext(id), store.findPiece);
  }

  /**
   * A letter on paper, entered by an organiser.
   * @throws PETITION_NOT_FOUND, OFFICE_NOT_FOUND; INPUT_INVALID when the petition does not write to the office
   */
  async function recordPost(
    actor: Actor,
    input: { petitionId: string; officeId: string; at: Date; text: string },
  ): Promise<Answer> {
    const { petitionId, officeId, at, text } = input;
    const by = named(actor);
    const petition = await getPetition(petitionId);
    await getOffice(officeId);
    if (!petition.officeIds.includes(officeId))
      throw invalidField(`The petition ${petitionId} does not write to ${officeId}.`, {
        field: 'office',
        fault: 'notWritten',
      });
    if (text.trim() === '') throw invalidInput('Say what it says: the text is empty.');
    if (at > clock.now()) throw invalidInput('The day lies in the future.');
    const decisions = [{ did: 'recorded' as const, at: clock.now(), by }];
    const head = { _id: newRef(), petitionId, officeId, via: 'post' as const, at, decisions };
    return keep(head, { text: text.trim() }, []);
  }

  /** What came through the link. Sent twice it is kept once; said again after something else it is news. */
  async function recordByLink(input: {
    deliveryId: string;
    petitionId: string;
    officeId: string;
    statements: readonly Statement[];
    content: AnswerContent;
  }): Promise<Answer> {
    const { deliveryId, petitionId, officeId, statements, content } = input;
    const said = JSON.stringify([statements, content]);
    const newest = await store.findNewestByLink(deliveryId);
    if (newest && said === JSON.stringify([newest.statements, read(newest)])) return newest;
    const asks = [
      ...(content.pace ? (['pace'] as const) : []),
      ...(content.proposedAddress ? (['address'] as const) : []),
    ];
    const head = {
      _id: answerId('link', deliveryId, newest?._id ?? '', said),
      petitionId,
      officeId,
      deliveryId,
      via: 'link' as const,
      at: clock.now(),
      ...(asks.length > 0 && { asks }),
      ...(statements.length === 0 && content.text === '' && { isMereRequest: true as const }),
    };
    return keep(head, content, statements);
  }

  async function keep(
    head: Omit<Answer, 'sealed' | 'statements'>,
    content: AnswerContent,
    statements: readonly Statement[],
  ): Promise<Answer> {
    const sealed = sealer.seal(content, answerContext(head._id));
    const answer: Answer = { ...head, statements: [...statements], sealed };
    if (!(await store.insertAnswer(answer))) return (await store.findAnswer(head._id)) ?? answer;
    const { _id, petitionId, officeId, via } = answer;
    logger.info({ answerId: _id, petitionId, officeId, via }, 'answer.recorded');
    return answer;
  }

  function read({ _id, sealed }: Answer): AnswerContent {
    return sealer.open<AnswerContent>(sealed, answerContext(_id));
  }

  /** As it was written, for organisers. @throws ANSWER_NOT_FOUND */
  async function getAnswer(id: string): Promise<ReadAnswer> {
    const answer = await store.findAnswer(id);
    if (!answer) throw new AppError('ANSWER_NOT_FOUND', { message: `There is no answer "${id}".` });
    return { ...answer, content: read(answer) };
  }

  /** Ends every link that the office was sent so far. @throws OFFICE_NOT_FOUND */
  async function endLinks(actor: Actor, officeId: string): Promise<void> {
    await getOffice(officeId);
    await deps.changeOffice(officeId, (office) => ({
      ...office,
      answerLinkVersion: (office.answerLinkVersion ?? 0) + 1,
    }));
    logger.info({ officeId, by: byOf(actor) }, 'office.links-ended');
  }

  return {
    recordReply,
    recordPost,
    recordByLink,
    getAnswer,
    getMessage,
    ...createPublishing({ ...deps, getAnswer }),
    endLinks,
    listAnswers: store.listKept,
  };
}
export type AnswerService = ReturnType<typeof createAnswerService>;
