import type { Infra } from '../infra.ts';
import { type Actor, byOf } from '../lib/actor.ts';
import { AppError, invalidField, invalidInput } from '../lib/errors.ts';
import type { Locale } from '../lib/locales.ts';
import { replaceAddresses } from '../lib/text/addresses-in-text.ts';
import { cutText } from '../lib/text/cut-text.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { type Catalog, demandsTo } from '../petitions/petition.ts';
import { notesOn } from '../words/words.ts';
import type { AnswerStore } from './answer.store.ts';
import {
  type Answer,
  type PublicStatement,
  type Published,
  type ReadAnswer,
  withoutAddresses,
} from './answer.ts';

export type PublishInput = {
  locale: Locale;
  /** what everybody reads; without it, the office's own text */
  text?: string | undefined;
  /** in the place of what the office stated through its link; a reply by mail states nothing by itself */
  statements?: readonly PublicStatement[] | undefined;
  /** although it seems to hold a name or a number */
  anyway?: boolean | undefined;
};

/** What of an answer is public: only what a named organiser chooses. */
export function createPublishing(
  deps: Pick<Infra, 'clock' | 'logger'> &
    Pick<PetitionService, 'getPetition'> & {
      store: Pick<AnswerStore, 'publish' | 'unpublish' | 'setAside'>;
      catalog: Pick<Catalog, 'demands'>;
      getAnswer(id: string): Promise<ReadAnswer>;
    },
) {
  const { store, getPetition, getAnswer, catalog, clock, logger } = deps;

  /**
   * Makes the chosen text public, and the office's statements with it. Publishing again replaces what was published.
   * @throws ANSWER_NOT_FOUND; INPUT_INVALID without a name or a text, for a demand that is not put to the office, for a
   * refusal's missing reason, or when the text seems to hold a name or a number and `anyway` is not given
   */
  async function publish(actor: Actor, id: string, input: PublishInput): Promise<Answer> {
    const answer = await getAnswer(id);
    const by = named(actor);
    const { text, statements } = await checkPublish(answer, input);
    const published: Published = { at: clock.now(), by, locale: input.locale, text, statements };
    await store.publish(id, published);
    logger.info({ answerId: id, by }, 'answer.published');
    return { ...answer, published };
  }

  /** What would be public. @throws as `publish` */
  async function checkPublish(answer: ReadAnswer, input: PublishInput) {
    const { content } = answer;
    const text = withoutAddresses((input.text ?? content.text).trim(), input.locale);
    const statements = (input.statements ?? withReasons(answer)).map(({ demandId, status, reason }) => ({
      demandId,
      status,
      ...(reason && { reason: withoutAddresses(reason.trim(), input.locale) }),
    }));
    await checkDemands(answer, statements);
    if (text === '' && statements.length === 0)
      throw invalidField('There is nothing to publish: give a --text.', { field: 'text', fault: 'required' });
    const notes = notesOn({
      name: nameOf(content.from),
      words: [text, ...statements.map(({ reason = '' }) => reason)].join('\n'),
    });
    if (notes.length > 0 && !input.anyway)
      throw invalidField(`It seems to hold: ${notes.join(', ')}. Give another --text, or add --anyway.`, {
        field: 'anyway',
        fault: 'looks',
      });
    return { text, statements };
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
        throw invalidField(`${demandId} is refused: say with what reason (${demandId}=refused:reason).`, {
          field: `reason-${demandId}`,
          fault: 'required',
        });
    }
  }

  function withReasons({ statements, content }: ReadAnswer): PublicStatement[] {
    return statements.map((one) => {
      const reason = content.reasons?.find(({ demandId }) => demandId === one.demandId)?.text;
      return { ...one, ...(reason && { reason }) };
    });
  }

  /** Nothing of it is public any more. @throws ANSWER_NOT_FOUND; INPUT_INVALID without a name */
  async function unpublish(actor: Actor, id: string): Promise<void> {
    const by = named(actor);
    if (!(await store.unpublish(id, clock.now(), by)))
      throw new AppError('ANSWER_NOT_FOUND', { message: `There is no answer "${id}".` });
    logger.info({ answerId: id, by }, 'answer.unpublished');
  }

  /**
   * It is no answer of the office: an advertisement, an automatic reply.
   * @throws ANSWER_NOT_FOUND; INPUT_INVALID without a name, or while it is public: that is taken back in an act of its own
   */
  async function setAside(actor: Actor, id: string): Promise<void> {
    const by = named(actor);
    await getAnswer(id);
    if (!(await store.setAside(id, clock.now(), by)))
      throw invalidField(`${id} is public. First take it off the page: answers unpublish ${id}`, {
        fault: 'answer.public',
      });
    logger.info({ answerId: id, by }, 'answer.set-aside');
  }

  return { publish, checkPublish, unpublish, setAside };
}

/** @throws INPUT_INVALID without a name */
export function named(actor: Actor): string {
  const name = byOf(actor).trim();
  if (name === '') throw invalidInput('Say who decides: --by.');
  return cutText(name, 200);
}

/** "Ana Rosa <ana@dhs.example>" → "Ana Rosa" */
export function nameOf(from = ''): string {
  return replaceAddresses(from.slice(0, 500), () => ' ')
    .replaceAll(/["<>]/g, ' ')
    .trim();
}
