import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import type { Box } from '../signatures/form.view.ts';
import type { WordsFault } from './my-words.service.ts';
import type { PersonalDataKind } from './personal-data.ts';

/** What was found, and why it should not go, kind by kind. */
export type FindingView = { kind: string; why: string; texts: string[] };

const SURE_ORDER: readonly PersonalDataKind[] = [
  'name',
  'phone',
  'email',
  'address',
  'a-number',
  'curp',
  'rfc',
  'identity',
  'passport',
  'ssn',
];

/** The personal data that are in the words, and the box for whoever has looked at what may be none. */
export function foundView(
  t: Translator['t'],
  fault: WordsFault | { code: string } | undefined,
  locale: Locale,
): { findings: FindingView[]; looked?: Box } {
  if (!fault || !('findings' in fault)) return { findings: [] };
  const kinds = SURE_ORDER.filter((kind) => fault.findings.some((one) => one.kind === kind));
  return {
    findings: kinds.map((kind) => ({
      kind: t(locale, `myWords.found.${kind}`),
      why: t(locale, `myWords.why.${kind}`),
      texts: [...new Set(fault.findings.filter((one) => one.kind === kind).map(({ text }) => text))],
    })),
    ...(fault.isUnsure && {
      looked: {
        name: 'looked',
        label: t(locale, 'myWords.looked'),
        hint: t(locale, 'myWords.looked.hint'),
        isTicked: false,
      },
    }),
  };
}
