import type { Stage } from '../database/pipeline.ts';
import type { Locale } from '../lib/locales.ts';
import { recomputeDueStages } from './counting.ts';
import type { Consent } from './signature.ts';
import { WORDS_FIELDS, type WordsFields } from './words-fields.ts';

/** What confirming or correcting writes; an absent optional field is removed. */
export type SignedDetails = WordsFields & {
  consent: Consent;
  consentVersion: string;
  country: string;
  region?: string;
  /** of the page that the button stands on: mail is written in it */
  locale?: Locale;
  sealed: Buffer;
};

/** Values in a pipeline are expressions: `$literal` keeps a value a value. */
export const literal = (value: unknown) => ({ $literal: value });

export function withdrawStages(now: Date): Stage[] {
  return [
    {
      $set: {
        state: 'withdrawn',
        withdrawnAt: now,
        consent: literal({ showName: false, shareWords: false, updates: false }),
        linkVersion: { $mod: [{ $add: ['$linkVersion', 1] }, 65_536] },
      },
    },
    { $unset: ['sealed', ...WORDS_FIELDS, 'network', 'signals', 'consentVersion', 'signedWith'] },
    ...recomputeDueStages(now),
  ];
}

export function setDetails(details: SignedDetails): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(details).flatMap(([field, value]) =>
      value === undefined ? [] : [[field, literal(value)]],
    ),
  );
}

export function absentDetails(details: SignedDetails): string[] {
  return (['region', ...WORDS_FIELDS] as const).filter((field) => details[field] === undefined);
}
