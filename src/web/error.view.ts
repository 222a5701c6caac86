import type { ErrorCode } from '../lib/errors.ts';
import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { paths } from '../lib/urls.ts';
import type { Kept } from './errors.ts';

export type ErrorView = {
  status: number;
  heading: string;
  text: string;
  advice: string;
  /** where the person can sign, when it is known what they came for */
  petitionPath?: string;
};

/** What a form that could not be taken holds: shown where it is long, and sent again by one button where that can help. */
export type KeptView = {
  action: string;
  canRetry: boolean;
  texts: { id: string; name: string; value: string }[];
  others: { name: string; value: string }[];
};

const LONG = 60;

export function keptView({ action, values, canRetry }: Kept): KeptView {
  const fields = Object.entries(values).map(([name, value]) => ({ name, value }));
  const isLong = ({ value }: { value: string }) => value.length > LONG || value.includes('\n');
  return {
    action,
    canRetry,
    texts: fields.filter(isLong).map((field, index) => ({ ...field, id: `kept-${index + 1}` })),
    others: fields.filter((field) => !isLong(field)),
  };
}

const KEYS: Partial<Record<ErrorCode, string>> = {
  PETITION_NOT_FOUND: 'notFound',
  SIGNATURE_NOT_FOUND: 'notFound',
  LINK_INVALID: 'brokenLink',
  PAGE_NOT_FOUND: 'notFound',
  OFFICE_NOT_FOUND: 'notFound',
  DELIVERY_NOT_FOUND: 'notFound',
  ANSWER_NOT_FOUND: 'notFound',
  ORGANISER_NOT_FOUND: 'notFound',
  INVITATION_INVALID: 'usedLink',
  LINK_EXPIRED: 'expired',
  PAGE_EXPIRED: 'pageExpired',
  ANSWER_LINK_EXPIRED: 'answerExpired',
  PETITION_CLOSED: 'closed',
  PETITION_NOT_OPEN: 'notYet',
  PETITION_PAUSED: 'paused',
  PETITION_TAKEN_DOWN: 'takenDown',
  BODY_TOO_LARGE: 'tooLarge',
  MEDIA_TYPE_UNSUPPORTED: 'mediaType',
  METHOD_NOT_ALLOWED: 'method',
  REQUEST_TOO_SLOW: 'tooSlow',
  ADDRESS_TOO_LONG: 'addressTooLong',
  HEADERS_TOO_LARGE: 'headersTooLarge',
  REQUEST_MALFORMED: 'malformed',
  INPUT_INVALID: 'malformed',
  ORIGIN_REFUSED: 'origin',
  RATE_LIMITED: 'tooMany',
  DATABASE_UNAVAILABLE: 'unavailable',
};

/** What happened and what to do, in a person's words; nothing of what went wrong inside. */
export function errorView(
  translator: Pick<Translator, 't'>,
  code: ErrorCode,
  status: number,
  locale: Locale,
  petitionId?: unknown,
  path = '',
): ErrorView {
  const isOfOffice = code === 'LINK_INVALID' && path.startsWith(paths.answer(locale, ''));
  const key = `error.${isOfOffice ? 'brokenAnswerLink' : (KEYS[code] ?? 'internal')}`;
  return {
    status,
    heading: translator.t(locale, key),
    text: translator.t(locale, `${key}.text`),
    advice: translator.t(locale, `${key}.advice`),
    ...((code === 'LINK_EXPIRED' || code === 'PAGE_EXPIRED') &&
      typeof petitionId === 'string' && { petitionPath: `${paths.petition(locale, petitionId)}#sign` }),
  };
}
