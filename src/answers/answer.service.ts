import { setImmediate as othersFirst } from 'node:timers/promises';
import type { Reply } from '../deliveries/returned.service.ts';
import type { Infra } from '../infra.ts';
import { AppError, invalidInput } from '../lib/errors.ts';
import type { Locale } from '../lib/locales.ts';
import { newRef } from '../lib/ref.ts';
import { replaceAddresses } from '../lib/text/addresses-in-text.ts';
import { cutText } from '../lib/text/cut-text.ts';
import type { OfficesRoom } from '../offices/offices.room.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { type Catalog, demandsTo } from '../petitions/petition.ts';
import { notesOn } from '../words/words.ts';
import type { AnswerStore } from './answer.store.ts';
import {
  type Answer,
  type AnswerContent,
  answerContext,
  answerId,
  answerMessageContext,
  type PublicStatement,
  type Published,
  type Statement,
  withoutAddresses,
} from './answer.ts';

/** Of a reply by mail; what is longer is no letter. */
const TEXT_MAX = 100_000;

export type PublishInput = {
  /** the organiser who answers for it */
  by: string;
  locale: Locale;
  /** what everybody reads; without it, the office's own text */
  text?: string | undefined;
  /** in the place of what the office stated through its link; a reply by mail states nothing by itself */
  statements?: readonly PublicStatement[] | undefined;
  /** although it seems to hold a name or a number */
  anyway?: boolean | undefined;
};

export type ReadAnswer = Answer & { content: AnswerContent };

/** What offices answer: kept sealed as it came; public is only what a named organiser publishes. */
export function createAnswerService(
  deps: Pick<Infra, 'sealer' | 'clock' | 'logger'> &
    Pick<PetitionService, 'getPetition'> &
    Pick<OfficesRoom, 'getOffice' | 'changeOffice'> & {
      store: AnswerStore;
      catalog: Pick<Catalog, 'demands'>;
    },
) {
  const { store, getPetition, getOffice, catalog, sealer, clock, logger } = deps;

  /** A reply by mail; the same message, however often it comes, is one answer. */
  async function recordReply(reply: Reply): Promise<Answer> {
    const { deliveryId, petitionId, officeId, from, subject, at, messageId, attachments, raw } = reply;
    const text = cutText(reply.text, TEXT_MAX);
    // A message without an id is known by what it says.
    const name = messageId === '' ? [from, subject, text, at.toISOString()] : [messageId];
    const _id = answerId('mail', deliveryId, ...name);
    // Before the answer: what is shown as kept is kept.
    const sealed = sealer.sealBytes(raw, answerMessageContext(_id));
    // To seal 10 MB and to pack them for the database holds the loop twice, and not once for both.
    await othersFirst();
    await store.insertMessage(_id, sealed);
    const content = { from, subject, text, ...(attachments.length > 0 && { attachments }) };
    return keep({ _id, petitionId, officeId, deliveryId, via: 'mail', at }, content, []);
  }

  /**
   * The message that an answer came in, with its files, byte for byte.
   * @throws ANSWER_NOT_FOUND, also for one that came another way
   */
  async function getMessage(id: string): Promise<Buffer> {
    const { via } = await getAnswer(id);
    const sealed = await store.findMessage(id);
    if (!sealed)
      throw new AppError('ANSWER_NOT_FOUND', { message: `${id} came by ${via}: there is no mail of it.` });
    return sealer.openBytes(sealed, answerMessageContext(id));
  }

  /**
   * A letter on paper, entered by an organiser.
   * @throws PETITION_NOT_FOUND, OFFICE_NOT_FOUND; INPUT_INVALID when the petition does not write to the office
   */
  async function recordPost(input: {
    petitionId: string;
    officeId: string;
    at: Date;
    text: string;
    by: string;
  }): Promise<Answer> {
    const { petitionId, officeId, at, text } = input;
    const by = named(input.by);
    const petition = await getPetition(petitionId);
    await getOffice(officeId);
    if (!petition.officeIds.includes(officeId))
      throw invalidInput(`The petition ${petitionId} does not write to ${officeId}.`);
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

  /**
   * Makes the chosen text public, and the office's statements with it. Publishing again replaces what was published.
   * @throws ANSWER_NOT_FOUND; INPUT_INVALID without a name or a text, for a demand that is not put to the office, for a
   * refusal's missing reason, or when the text seems to hold a name or a number and `anyway` is not given
   */
  async function publish(id: string, input: PublishInput): Promise<Answer> {
    const answer = await getAnswer(id);
    const { content } = answer;
    const by = named(input.by);
    const text = withoutAddresses((input.text ?? content.text).trim(), input.locale);
    const statements = (input.statements ?? withReasons(answer)).map(({ demandId, status, reason }) => ({
      demandId,
      status,
      ...(reason && { reason: withoutAddresses(reason.trim(), input.locale) }),
    }));
    await checkDemands(answer, statements);
    if (text === '' && statements.length === 0)
      throw invalidInput('There is nothing to publish: give a --text.');
    const notes = notesOn({
      name: nameOf(content.from),
      words: [text, ...statements.map(({ reason = '' }) => reason)].join('\n'),
    });
    if (notes.length > 0 && !input.anyway)
      throw invalidInput(`It seems to hold: ${notes.join(', ')}. Give another --text, or add --anyway.`);
    const published: Published = { at: clock.now(), by, locale: input.locale, text, statements };
    await store.publish(id, published);
    logger.info({ answerId: id, by }, 'answer.published');
    return { ...answer, published };
  }

  async function checkDemands(
    { petitionId, officeId }: Answer,
    chosen: readonly PublicStatement[],
  ): Promise<void> {
    const asked = demandsTo(officeId, await getPetition(petitionId), catalog).map(({ id }) => id);
    for (const { demandId, status, reason } of chosen) {
      if (!asked.includes(demandId))
        throw invalidInput(`${demandId} is not asked of ${officeId}; asked are: ${asked.join(', ')}.`);
      if (status === 'refused' && !reason)
        throw invalidInput(`${demandId} is refused: say with what reason (${demandId}=refused:reason).`);
    }
  }

  function withReasons({ statements, content }: ReadAnswer): PublicStatement[] {
    return statements.map((one) => {
      const reason = content.reasons?.find(({ demandId }) => demandId === one.demandId)?.text;
      return { ...one, ...(reason && { reason }) };
    });
  }

  /** Nothing of it is public any more. @throws ANSWER_NOT_FOUND; INPUT_INVALID without a name */
  async function unpublish(id: string, given: string): Promise<void> {
    const by = named(given);
    if (!(await store.unpublish(id, clock.now(), by)))
      throw new AppError('ANSWER_NOT_FOUND', { message: `There is no answer "${id}".` });
    logger.info({ answerId: id, by }, 'answer.unpublished');
  }

  /**
   * It is no answer of the office: an advertisement, an automatic reply.
   * @throws ANSWER_NOT_FOUND; INPUT_INVALID without a name, or while it is public: that is taken back in an act of its own
   */
  async function setAside(id: string, given: string): Promise<void> {
    const by = named(given);
    await getAnswer(id);
    if (!(await store.setAside(id, clock.now(), by)))
      throw invalidInput(`${id} is public. First take it off the page: answers unpublish ${id}`);
    logger.info({ answerId: id, by }, 'answer.set-aside');
  }

  /** Ends every link that the office was sent so far. @throws OFFICE_NOT_FOUND */
  async function endLinks(officeId: string, by: string): Promise<void> {
    await getOffice(officeId);
    await deps.changeOffice(officeId, (office) => ({
      ...office,
      answerLinkVersion: (office.answerLinkVersion ?? 0) + 1,
    }));
    logger.info({ officeId, by }, 'office.links-ended');
  }

  return {
    recordReply,
    recordPost,
    recordByLink,
    getAnswer,
    getMessage,
    publish,
    unpublish,
    setAside,
    endLinks,
    listAnswers: store.listKept,
  };
}
export type AnswerService = ReturnType<typeof createAnswerService>;

export function named(by: string): string {
  const name = by.trim();
  if (name === '') throw invalidInput('Say who decides: --by.');
  return cutText(name, 200);
}

/** "Ana Rosa <ana@dhs.example>" → "Ana Rosa" */
export function nameOf(from = ''): string {
  return replaceAddresses(from.slice(0, 500), () => ' ')
    .replaceAll(/["<>]/g, ' ')
    .trim();
}
