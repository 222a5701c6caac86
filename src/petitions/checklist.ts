import { LOCALES, type Locale } from '../lib/locales.ts';
import { type Catalog, type Petition, pick } from './petition.ts';
import { findTextFaults, numberFaults, type TextFault } from './text-checks.ts';

/** What is looked at before a petition is put before the public, in the order of the list. */
const CHECKS = [
  'complete',
  'paragraphs',
  'numbers',
  'figures',
  'byHand',
  'period',
  'asked',
  'addresses',
] as const;
export type CheckName = (typeof CHECKS)[number];

type OwnFault =
  | { check: 'empty'; locale: Locale; field: 'title' | 'summary' | 'body' }
  | { check: 'titleFigure'; locale: Locale }
  | { check: 'noDemand' }
  | { check: 'noOffice' }
  | { check: 'unasked'; office: string }
  | { check: 'address'; locale: Locale };
export type PetitionFault = TextFault | OwnFault;

const GROUPS: Readonly<Record<PetitionFault['check'], CheckName>> = {
  empty: 'complete',
  paragraphs: 'paragraphs',
  numbers: 'numbers',
  otherFigures: 'figures',
  unknownFigure: 'figures',
  bracket: 'figures',
  titleFigure: 'figures',
  byHand: 'byHand',
  period: 'period',
  noDemand: 'asked',
  noOffice: 'asked',
  unasked: 'asked',
  address: 'addresses',
};

const EMAIL = /[^\s@]@[^\s@]/;

type Checked = Pick<Petition, 'texts' | 'demandIds' | 'officeIds' | 'factIds'>;

/** The same checks that what ships has passed; empty when it may be opened. */
export function findPetitionFaults(
  petition: Checked,
  catalog: Pick<Catalog, 'facts' | 'demands'>,
): PetitionFault[] {
  const { texts, demandIds, officeIds, factIds } = petition;
  const demands = pick(demandIds, catalog.demands);
  const asked = new Set(demands.flatMap((demand) => demand.officeIds));
  return [
    ...LOCALES.flatMap((locale) => emptyFields(locale, petition)),
    ...findTextFaults(texts, pick(factIds, catalog.facts)),
    ...numberFaults(texts.en, texts.es),
    ...LOCALES.flatMap((locale) =>
      /[{}]/.test(texts[locale].title + texts[locale].summary)
        ? [{ check: 'titleFigure', locale } as const]
        : [],
    ),
    ...(demands.length > 0 ? [] : [{ check: 'noDemand' } as const]),
    ...(officeIds.length > 0 ? [] : [{ check: 'noOffice' } as const]),
    ...officeIds.filter((id) => !asked.has(id)).map((office) => ({ check: 'unasked', office }) as const),
    ...LOCALES.flatMap((locale) =>
      EMAIL.test(JSON.stringify(texts[locale])) ? [{ check: 'address', locale } as const] : [],
    ),
  ];
}

function emptyFields(locale: Locale, { texts }: Checked): OwnFault[] {
  const { title, summary, body } = texts[locale];
  return [
    ...(title ? [] : [{ check: 'empty', locale, field: 'title' } as const]),
    ...(summary ? [] : [{ check: 'empty', locale, field: 'summary' } as const]),
    ...(body.length > 0 ? [] : [{ check: 'empty', locale, field: 'body' } as const]),
  ];
}

/** Each check with what it found. */
export function groupFaults(
  faults: readonly PetitionFault[],
): { check: CheckName; faults: PetitionFault[] }[] {
  return CHECKS.map((check) => ({ check, faults: faults.filter((one) => GROUPS[one.check] === check) }));
}
