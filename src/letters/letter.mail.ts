import { isCampaignComplete, siteNameOf } from '../campaign/campaign.ts';
import type { LetterWriter, OfficeMail } from '../deliveries/rendered.ts';
import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { placePhrase } from '../lib/place-phrase.ts';
import { cutText } from '../lib/text/cut-text.ts';
import { languageOfText } from '../lib/text/language.ts';
import { absoluteUrl, paths } from '../lib/urls.ts';
import type { Office } from '../offices/office.ts';
import { sourceName } from '../petitions/fact-source.ts';
import { renderFact } from '../petitions/fact-text.ts';
import {
  type Catalog,
  demandRange,
  demandsTo,
  lawsFor,
  type Petition,
  petitionText,
  pick,
} from '../petitions/petition.ts';
import { LEFT_OUT, quotableParagraphs } from '../words/words.ts';
import {
  addressesOf,
  type OfficeMailDeps,
  type OfficeMailInput,
  officeHeaders,
  plainLetter,
} from './office-mail.ts';

/** Of the writer's own words, so that no two letters come under one subject. */
const SUBJECT_CHARACTERS = 60;

/** One person's words to one office: they come first and whole, our frame is short and says what it is. */
export function createLetterMail(
  deps: OfficeMailDeps & { translator: Pick<Translator, 't'>; getCatalog(): Promise<Catalog> },
) {
  const { publicUrl, mailDomain, translator, getCatalog, renderLetter } = deps;

  async function composeLetter(
    input: OfficeMailInput & { writer: LetterWriter; number: string; petition: Petition; office: Office },
  ): Promise<OfficeMail> {
    const { writer, number, petition, office, delivery, to, campaign, date } = input;
    const { rootMessageId, addressee, answerUrl } = input;
    const catalog = await getCatalog();
    const locale = office.language;
    const place = placePhrase(writer, locale, office.country);
    const paragraphs = quotableParagraphs(writer.words, LEFT_OUT[locale]);
    const petitionUrl = absoluteUrl(publicUrl, paths.petition(locale, delivery.petitionId));
    const siteName = siteNameOf(campaign, translator, locale);
    const view = {
      ...(isCampaignComplete(campaign) && campaign),
      siteName,
      number,
      place,
      name: writer.name,
      canAnswer: writer.replyTo !== undefined,
      paragraphs,
      lang: languageOfText(writer.words),
      addressee,
      petitionTitle: petitionText(petition, locale).title,
      petitionUrl,
      answerUrl,
      demands: demandsTo(office._id, petition, catalog).map((demand) => ({
        text: demand.text[locale],
        follows: demand.followsFor.includes(office._id) && demandRange(catalog),
      })),
      laws: lawsFor(office.country, petition, catalog).map(({ name }) => name[locale]),
      facts: factsOf(petition, catalog, locale),
    };
    const { html, text } = await renderLetter('letter', locale, view);
    const { from, replies } = addressesOf(delivery.token, mailDomain);
    const sender = writer.name ?? translator.t(locale, 'letter.person', { place });
    return {
      to,
      from: {
        name: translator.t(locale, 'letter.via', { sender: printableLine(sender), siteName }),
        address: from,
      },
      replyTo: writer.replyTo ?? replies,
      subject: subjectOf(paragraphs, number),
      html,
      text: plainLetter(text, locale),
      messageId: `letter.${delivery.token}@${mailDomain}`,
      ...(rootMessageId && { references: [rootMessageId] }),
      headers: officeHeaders({ date, locale, stopAt: campaign.contactEmail ?? replies, isReport: false }),
    };
  }

  return { composeLetter };
}
export type LetterMail = ReturnType<typeof createLetterMail>;

/** The beginning of what the person says, cut at a word, and the number to quote it by. */
function subjectOf(paragraphs: readonly string[], number: string): string {
  const first = printableLine(paragraphs[0] ?? '');
  if (first.length <= SUBJECT_CHARACTERS) return `${first} (${number})`;
  const whole = cutText(first, SUBJECT_CHARACTERS);
  const cut = first[whole.length] === ' ' ? whole.length : whole.lastIndexOf(' ');
  return `${(cut > 20 ? whole.slice(0, cut) : whole).trimEnd()}… (${number})`;
}

function printableLine(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}

/** One fact is enough: this is a person's letter and not a report. */
function factsOf(
  petition: Petition,
  catalog: Catalog,
  locale: Locale,
): { text: string; period: string; source: string }[] {
  return pick(petition.factIds, catalog.facts)
    .slice(0, 1)
    .map((fact) => ({
      text: renderFact(fact, locale),
      period: fact.period[locale],
      source: sourceName(catalog, fact.sourceId, locale),
    }));
}
