import type { FieldErrors } from '../lib/form-faults.ts';
import type { Translator } from '../lib/i18n.ts';
import { INTL_TAG, type Locale, type Localized } from '../lib/locales.ts';
import { correctedAddress, domainOf } from '../lib/misspelt-address.ts';
import { COUNTRY_CODES, countryName, regionsOf } from '../lib/places.ts';
import type { TypedValues } from '../lib/typed.ts';

export type Option = { value: string; label: string; isChosen: boolean };
export type Field = { name: string; value: string; error?: string };
export type Box = { name: string; label: string; hint?: string; isTicked: boolean; error?: string };

type Choice = { id: string; name: string; value: string; label: string; isChosen: boolean };
type EmailField = Field & {
  /** the address that the form has asked about; it is sent along */
  asTyped?: string;
  /** which of two addresses: as it was typed, or with the domain that was probably meant */
  either?: { question: string; choices: Choice[] };
  /** the same question as texts of the script, with `{domain}` and `{address}` to be filled in */
  asks: string;
  keeps: string;
};

/** What the details form shows: typed values, and a fault at each field that has one. */
export type FormView = {
  action: string;
  /** faults in the order of the fields, for the summary that links to them */
  errors: { field: string; text: string }[];
  /** one thing that concerns the whole form */
  problem?: string;
  name: Field;
  email?: EmailField;
  country: Field & { first: Option[]; others: Option[] };
  region: Field & { groups: { country: string; label: string; options: Option[] }[] };
  /** only where a form came with some: they are asked on a page of their own, after confirming */
  words?: Field;
  over16?: Box;
  boxes: Box[];
  source?: string;
  /** what the button agrees to, where it does more than send */
  consent?: string;
  submit: string;
};

export type FormInput = {
  locale: Locale;
  action: string;
  submit: string;
  consent?: string;
  values?: TypedValues;
  errors?: FieldErrors;
  /** a key under `form.problem.` */
  problem?: string;
  /** the petition page asks for the address and the age; later pages do not */
  isFirst: boolean;
};

/** The countries that most of these children leave, cross or reach come first; readers of Spanish find Mexico at once. */
const FIRST_COUNTRIES: Localized<readonly string[]> = {
  en: ['US', 'MX', 'GT', 'HN', 'SV'],
  es: ['MX', 'US', 'GT', 'HN', 'SV'],
};
/** As a page lists them. */
export const BOXES = ['showName', 'shareWords', 'updates'] as const;
const ORDER = ['name', 'email', 'country', 'region', 'words', ...BOXES, 'over16'];

export function createFormView(translator: Pick<Translator, 't'>) {
  /** Once it was asked, it is known until the address is another one. */
  function askedAbout({ email = '', asTyped = '', use }: TypedValues, errors: FieldErrors, locale: Locale) {
    const isQuestion = errors.email === 'accent' || errors.email === 'misspelt';
    const about = isQuestion ? email : asTyped;
    const corrected = about === email ? correctedAddress(email) : undefined;
    const t = (key: string, more?: Record<string, string>) => translator.t(locale, key, more);
    const choice = (value: string, label: string, isChosen: boolean): Choice => {
      return { id: `use-${value}`, name: 'use', value, label, isChosen };
    };
    return {
      asks: t('form.email.asks', { domain: '{domain}' }),
      keeps: t('form.email.keeps', { address: '{address}' }),
      ...(about && { asTyped: about }),
      ...(corrected && {
        either: {
          question: t('form.email.asks', { domain: domainOf(corrected) }),
          choices: [
            choice('corrected', corrected, use !== 'typed'),
            choice('typed', t('form.email.keeps', { address: email }), use === 'typed'),
          ],
        },
      }),
    };
  }

  return function formView(input: FormInput): FormView {
    const { locale, values = {}, errors = {}, isFirst } = input;
    const t = (key: string) => translator.t(locale, key);
    const faultText = (name: string, code: string) =>
      translator.t(locale, `form.error.${name}.${code}`, {
        domain: domainOf(correctedAddress(values.email)),
      });
    const faultAt = (name: string) => {
      const code = errors[name];
      return code === undefined ? {} : { error: faultText(name, code) };
    };
    const field = (name: string): Field => ({ name, value: values[name] ?? '', ...faultAt(name) });
    const box = (name: string): Box => ({
      name,
      label: t(`form.${name}`),
      hint: t(`form.${name}.hint`),
      isTicked: values[name] === 'on',
      ...faultAt(name),
    });
    // What a form came with goes back to whoever sent it, also where the page does not ask for it.
    const isThere = (name: string) => values[name] !== undefined || errors[name] !== undefined;
    const hasWords = isThere('words');
    const option = (value: string, label: string, chosen: string | undefined): Option => ({
      value,
      label,
      isChosen: value === chosen,
    });
    const first = FIRST_COUNTRIES[locale];
    const country = (code: string) => option(code, countryName(code, locale), values.country);
    return {
      action: input.action,
      submit: input.submit,
      ...(input.consent && { consent: input.consent }),
      errors: ORDER.flatMap((name) =>
        errors[name] ? [{ field: name, text: faultText(name, errors[name]) }] : [],
      ),
      ...(input.problem && { problem: t(`form.problem.${input.problem}`) }),
      name: field('name'),
      ...(isFirst && { email: { ...field('email'), ...askedAbout(values, errors, locale) } }),
      country: {
        ...field('country'),
        first: first.map(country),
        others: COUNTRY_CODES.filter((code) => !first.includes(code))
          .map(country)
          .sort((a, b) => a.label.localeCompare(b.label, INTL_TAG[locale])),
      },
      region: {
        ...field('region'),
        groups: first
          .filter((code) => regionsOf(code).length > 0)
          .map((code) => ({
            country: code,
            label: countryName(code, locale),
            options: regionsOf(code)
              .map((region) => option(region.code, region.name[locale], values.region))
              .sort((a, b) => a.label.localeCompare(b.label, INTL_TAG[locale])),
          })),
      },
      ...(hasWords && { words: field('words') }),
      ...(isFirst && { over16: { ...box('over16') } }),
      boxes: BOXES.filter(
        (name) => isThere(name) || (name === 'shareWords' ? hasWords : isAsked(name, isFirst)),
      ).map(box),
      ...(isFirst && { source: values.source ?? '' }),
    };
  };
}

/** The petition page asks for the least; whether a name may be shown can be said when it is confirmed, and later. */
function isAsked(box: string, isFirst: boolean): boolean {
  return box === 'updates' || !isFirst;
}

export type FormViewOf = ReturnType<typeof createFormView>;
