import type { Infra } from '../infra.ts';
import type { Actor } from '../lib/actor.ts';
import { invalidField, invalidInput } from '../lib/errors.ts';
import { LOCALES, type Locale } from '../lib/locales.ts';
import { notesOn } from '../words/words.ts';
import type { AnswerService } from './answer.service.ts';
import type { AnswerStore } from './answer.store.ts';
import { type Published, type Reason, type Translation, withoutAddresses } from './answer.ts';
import { named, nameOf } from './publish.service.ts';

export type TranslateInput = {
  text?: string | undefined;
  reasons?: readonly Reason[] | undefined;
  /** although it seems to hold a name or a number */
  anyway?: boolean | undefined;
};

/** A published answer in the language that its office did not write in: by an organiser, and shown as ours. */
export function createTranslationService(
  deps: Pick<Infra, 'clock' | 'logger'> &
    Pick<AnswerService, 'getAnswer'> & { store: Pick<AnswerStore, 'translate'> },
) {
  const { store, getAnswer, clock, logger } = deps;

  /**
   * The whole of what is public; again to replace it.
   * @throws ANSWER_NOT_FOUND; INPUT_INVALID while it is not published, without a name, where a part of it is missing, or
   * when the text seems to hold a name or a number and `anyway` is not given
   */
  async function translate(actor: Actor, id: string, input: TranslateInput): Promise<Translation> {
    const { published, content } = await getAnswer(id);
    if (!published) throw invalidInput(`${id} is not published: there is nothing to translate.`);
    const locale = otherThan(published.locale);
    const clean = (text: string) => withoutAddresses(text.trim(), locale);
    const translation: Translation = {
      at: clock.now(),
      by: named(actor),
      text: clean(input.text ?? ''),
      reasons: (input.reasons ?? []).map(({ demandId, text }) => ({ demandId, text: clean(text) })),
    };
    refuseIncomplete(published, translation);
    const words = [translation.text, ...translation.reasons.map(({ text }) => text)].join('\n');
    const notes = notesOn({ name: nameOf(content.from), words });
    if (notes.length > 0 && !input.anyway)
      throw invalidField(`It seems to hold: ${notes.join(', ')}. Give another --text, or add --anyway.`, {
        field: 'anyway',
        fault: 'looks',
      });
    if (!(await store.translate(id, published.at, translation)))
      throw invalidField(`${id} was published anew meanwhile: read it again, and translate that.`, {
        fault: 'answer.newer',
      });
    logger.info({ answerId: id, by: translation.by, locale }, 'answer.translated');
    return translation;
  }

  return { translate };
}
export type TranslationService = ReturnType<typeof createTranslationService>;

function otherThan(locale: Locale): Locale {
  return LOCALES.find((other) => other !== locale) ?? locale;
}

function refuseIncomplete(published: Published, { text, reasons }: Translation): void {
  if (published.text !== '' && text === '')
    throw invalidField('Give the translation: --text or --file.', { field: 'text', fault: 'required' });
  if (published.text === '' && text !== '') throw invalidInput('No text is published: only reasons are.');
  const given = published.statements.filter(({ reason }) => reason).map(({ demandId }) => demandId);
  const missing = given.filter((id) => !reasons.some(({ demandId, text }) => demandId === id && text !== ''));
  if (missing.length > 0)
    throw invalidField(
      `The reason for ${missing.join(', ')} is missing: --reasons '${missing[0]}:the reason'.`,
      { field: `reason-${missing[0]}`, fault: 'required' },
    );
  const unknown = reasons.find(({ demandId }) => !given.includes(demandId));
  if (unknown) throw invalidInput(`No reason is published for ${unknown.demandId}.`);
}
