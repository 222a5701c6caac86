import { createHash } from 'node:crypto';
import type { Locale, Localized } from '../lib/locales.ts';
import { replaceAddresses } from '../lib/text/addresses-in-text.ts';

/** What an office can say of one demand; the newest published word of an office on a demand is its state. */
export const DEMAND_STATUSES = ['received', 'under-review', 'accepted', 'refused', 'done'] as const;
export type DemandStatus = (typeof DEMAND_STATUSES)[number];
export type Statement = { demandId: string; status: DemandStatus };
export type Reason = { demandId: string; text: string };

/** `mail`: a reply. `link`: through the office's signed link. `post`: on paper, entered by an organiser. */
export const ANSWER_VIAS = ['mail', 'link', 'post'] as const;
export type AnswerVia = (typeof ANSWER_VIAS)[number];

/** A word on a demand as it is published, with the reason where there is one. */
export type PublicStatement = Statement & { reason?: string };

/** What was published, in the other language of the site; ours, and marked so wherever it is shown. */
export type Translation = { at: Date; by: string; text: string; reasons: Reason[] };

/** What an organiser chose, in the language it is written in; nothing else of an answer is ever public. */
export type Published = {
  at: Date;
  by: string;
  locale: Locale;
  text: string;
  statements: PublicStatement[];
  /** of this very text: publishing another one takes it away */
  translation?: Translation;
};

/** How far the signers who asked for updates have been told: every signature up to `through` has its mail. */
export type Telling = { begunAt: Date; at: Date; through: string; rows: number; isDone: boolean };

export const DECISIONS = ['recorded', 'published', 'translated', 'unpublished', 'set-aside'] as const;
export type Decision = { did: (typeof DECISIONS)[number]; at: Date; by: string };
export const ASKS = ['pace', 'address'] as const;

export type Answer = {
  /** opaque; made from what it answers, so that the same answer is kept once */
  _id: string;
  petitionId: string;
  officeId: string;
  deliveryId?: string;
  via: AnswerVia;
  /** when the office said it */
  at: Date;
  /** what the office itself stated, through its link */
  statements: Statement[];
  /** AnswerContent */
  sealed: Buffer;
  published?: Published;
  /** it is no answer after all; it is shown to nobody and ends no silence */
  setAside?: { at: Date; by: string };
  /** who published it, took it back or set it aside, and when */
  decisions?: Decision[];
  told?: Telling;
  /** the same for those who were told: what was published `of` then is not what they were told */
  corrected?: Telling & { of: Date };
  /** what it asks for beside its answer; an organiser looks into a proposed address */
  asks?: (typeof ASKS)[number][];
  /** it does nothing but ask for that: no answer, and the office stays silent */
  isMereRequest?: true;
};

/** What the office wrote, as it wrote it; organisers alone read it. */
export type AnswerContent = {
  from?: string;
  subject?: string;
  text: string;
  reasons?: Reason[];
  /** what it says its address is: a proposal to be verified, never applied by itself (law 9) */
  proposedAddress?: string;
  /** what of its mail could not be read here, a sentence each: our words, and not the office's */
  unread?: string[];
  /** names of the files that its mail brought */
  attachments?: string[];
  /** digests a month that it asked for, or `stop` */
  pace?: PaceChoice;
};

/** Digests a month, up to the most that any office gets (MOST_PACE), or no mail at all. */
export const PACE_CHOICES = ['2', '1', 'stop'] as const;
export type PaceChoice = (typeof PACE_CHOICES)[number];

/** An answer without what is sealed: what lists and public pages are made from. */
export type KeptAnswer = Omit<Answer, 'sealed'>;

export function answerContext(id: string): string {
  return `answer:${id}`;
}

/** Of the message that an answer came in. */
export function answerMessageContext(id: string): string {
  return `answer-message:${id}`;
}

/** 128 bits of what is unique to an answer: a second arrival of the same one has the same id. */
export function answerId(...parts: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify(['safe-passage/answer/v1', ...parts]))
    .digest()
    .subarray(0, 16)
    .toString('base64url');
}

/** One dated word of an office on a demand. */
export type Said = {
  status: DemandStatus;
  at: Date;
  answerId: string;
  locale: Locale;
  reason?: string;
  /** the reason in the other language, by us */
  translation?: string;
};

/** Our translation of a reason. */
export function translatedReason({ translation }: Published, demandId: string): string | undefined {
  return translation?.reasons.find((one) => one.demandId === demandId)?.text;
}

/** Every published word of one office on one demand of one petition, the newest first. */
export function historyOf(
  answers: readonly KeptAnswer[],
  of: { petitionId: string; officeId: string; demandId: string },
): Said[] {
  return answers
    .filter(({ petitionId, officeId }) => petitionId === of.petitionId && officeId === of.officeId)
    .flatMap(({ _id, at, published }) => {
      const statement = published?.statements.find(({ demandId }) => demandId === of.demandId);
      if (!statement || !published) return [];
      const { status, reason } = statement;
      const translation = translatedReason(published, of.demandId);
      return [
        {
          status,
          at,
          answerId: _id,
          locale: published.locale,
          ...(reason && { reason }),
          ...(translation && { translation }),
        },
      ];
    })
    .sort((a, b) => b.at.getTime() - a.at.getTime());
}

const ADDRESS_LEFT_OUT: Localized<string> = { en: '[address left out]', es: '[dirección omitida]' };

/** A text for everybody: no e-mail address stands in it, whoever's it is. */
export function withoutAddresses(text: string, locale: Locale): string {
  return replaceAddresses(text, (address) =>
    /\.[^.]/.test(address.slice(address.lastIndexOf('@'))) ? ADDRESS_LEFT_OUT[locale] : address,
  );
}

export function paragraphsOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** Those who were told were told of something else than what is published, and do not know it yet. */
export function needsCorrection({
  published,
  told,
  corrected,
}: Pick<Answer, 'published' | 'told' | 'corrected'>): boolean {
  if (!published || !told || published.at <= told.begunAt) return false;
  return !(corrected?.isDone && corrected.of >= published.at);
}

/** As it was written, for organisers. */
export type ReadAnswer = Answer & { content: AnswerContent };
