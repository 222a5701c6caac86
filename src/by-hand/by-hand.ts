import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { isDoNotContact, type Office } from '../offices/office.ts';
import { type FactGroup, factGroups } from '../petitions/fact-source.ts';
import { type Catalog, demandsTo, type Petition, petitionText, waysOf } from '../petitions/petition.ts';

/** A letter that a person sends themselves, in the office's language, with room for their own words. */
export type HandLetter = {
  lang: Locale;
  subject: string;
  salutation: string;
  intro: string;
  ownWords: string;
  askHeading: string;
  /** only those addressed to this office */
  demands: { text: string; note?: string }[];
  factHeading: string;
  factGroups: FactGroup[];
  answer: string;
  signature: string;
  place: string;
};

/** Offices that this petition asks people to write to themselves, in order. */
export function officesByHand(petition: Petition, offices: readonly Office[]): Office[] {
  return offices
    .filter((office) => waysOf(petition, office._id).includes('hand') && !isDoNotContact(office))
    .sort((a, b) => a.order - b.order);
}

export function handLetter(
  { t }: Pick<Translator, 't'>,
  catalog: Catalog,
  petition: Petition,
  office: Office,
): HandLetter {
  const lang = office.language;
  const { title } = petitionText(petition, lang);
  return {
    lang,
    subject: title,
    salutation: t(lang, 'letter.salutation', { addressee: office.name[lang] }),
    intro: t(lang, 'byHand.letter.intro', { title }),
    ownWords: t(lang, 'byHand.letter.ownWords'),
    askHeading: t(lang, 'byHand.letter.ask'),
    demands: demandsTo(office._id, petition, catalog).map(({ text, followsFor }) => ({
      text: text[lang],
      ...(followsFor.includes(office._id) && { note: t(lang, 'byHand.letter.follows') }),
    })),
    factHeading: t(lang, 'byHand.letter.facts'),
    factGroups: factGroups(petition, catalog, lang).map(({ source, facts }) => ({
      source: t(lang, 'byHand.letter.factSource', { source }),
      facts,
    })),
    answer: t(lang, 'byHand.letter.answer'),
    signature: t(lang, 'byHand.letter.name'),
    place: t(lang, 'byHand.letter.place'),
  };
}

/** The whole letter as plain text, to be copied. */
export function letterText(letter: HandLetter): string {
  const facts = letter.factGroups.flatMap(({ source, facts: group }) => [
    ...group.map(({ text, period }) => `- ${text} (${period})`),
    source,
  ]);
  return [...opening(letter), [letter.factHeading, ...facts].join('\n'), ...ending(letter)].join('\n\n');
}

/** Short enough for a link, whose length mail programs cut: instead of the facts, where they stand. */
export function mailText(letter: HandLetter, factsAt: string): string {
  return [...opening(letter), factsAt, ...ending(letter)].join('\n\n');
}

function opening({ salutation, intro, ownWords, askHeading, demands }: HandLetter): string[] {
  const asked = demands.map(({ text, note }, at) => `${at + 1}. ${text}${note ? ` ${note}` : ''}`);
  return [salutation, intro, `[${ownWords}]`, [askHeading, ...asked].join('\n')];
}

const ending = ({ answer, signature, place }: HandLetter) => [answer, `[${signature}]\n[${place}]`];

export type ComposeLinks = { mailto: string; gmail: string; outlook: string };

/** Links that open the writer's own mail program, or the page of it, with everything but their words filled in. */
export function composeLinks(to: string, subject: string, body: string): ComposeLinks {
  const part = encodeURIComponent;
  // RFC 6068: line breaks in a mailto are CR LF.
  const lines = part(body.replaceAll('\n', '\r\n'));
  return {
    mailto: `mailto:${part(to).replaceAll('%40', '@')}?subject=${part(subject)}&body=${lines}`,
    gmail: `https://mail.google.com/mail/?view=cm&fs=1&to=${part(to)}&su=${part(subject)}&body=${part(body)}`,
    outlook: `https://outlook.live.com/mail/0/deeplink/compose?to=${part(to)}&subject=${part(subject)}&body=${part(body)}`,
  };
}
