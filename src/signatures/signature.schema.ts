import * as z from 'zod';
import { type EmailAddress, isPlainAddress, parseEmailAddress } from '../lib/email-address.ts';
import { type FormResult, readForm } from '../lib/form-faults.ts';
import { correctedAddress } from '../lib/misspelt-address.ts';
import { canonicalPlace, countryOfRegion, isCountry, isRegion, type Place } from '../lib/places.ts';
import { cleanAddress, cleanLine, cleanText } from '../lib/text/text.ts';
import { typedValues } from '../lib/typed.ts';
import { toSource } from '../petitions/source.ts';

const NAME_MAX = 200;
export const WORDS_MAX = 2000;

/**
 * What stands for bytes that were no text: seen, and a sign that something was lost. All else that is unseen was taken off.
 */
const UNREADABLE = /\ufffd/;
/** What a spreadsheet would run, and links: names carry neither. */
const NOT_A_NAME = /^[=+\-@]|:\/\/|www\./i;

const text = (missing: string) =>
  z.string({ error: (issue) => (issue.input === undefined ? missing : 'unreadable') });

const Name = text('required')
  .transform(cleanLine)
  .refine((value) => value.length > 0, { error: 'required', abort: true })
  .refine((value) => !UNREADABLE.test(value), { error: 'unreadable', abort: true })
  .refine((value) => [...value].length <= NAME_MAX, { error: 'tooLong', abort: true })
  .refine((value) => /\p{L}/u.test(value) && !NOT_A_NAME.test(value), { error: 'unreadable' });

const Email = text('required')
  .transform(cleanAddress)
  .refine((value) => value.length > 0, { error: 'required', abort: true })
  .refine((value) => value.length <= 254, { error: 'tooLong', abort: true })
  .transform((value, context) => {
    const address = parseEmailAddress(value);
    if (address) return address;
    context.addIssue({ code: 'custom', message: 'invalid' });
    return z.NEVER;
  });

/** An empty field stays empty: it deletes words where a form asks for them. */
const SentWords = z
  .string({ error: 'unreadable' })
  .optional()
  .transform((value) => value && cleanText(value))
  .refine((value) => value === undefined || !UNREADABLE.test(value), { error: 'unreadable', abort: true })
  .refine((value) => value === undefined || [...value].length <= WORDS_MAX, { error: 'tooLong' });
const Words = SentWords.transform((value) => value || undefined);

const Country = text('required')
  .refine((value) => value !== '', { error: 'required', abort: true })
  .refine(isCountry, { error: 'unknown', abort: true });

const Region = z
  .string({ error: 'unknown' })
  .optional()
  .transform((value) => value || undefined)
  .refine((value) => value === undefined || isRegion(value), { error: 'unknown' });

/** A box sends `on`; one that is not ticked sends nothing. */
const Box = z
  .literal('on', { error: 'unknown' })
  .optional()
  .transform((value) => value === 'on');

/** A state of another country stays behind when the country is changed: without script the list cannot follow it. */
function wholePlace<P extends Place>(form: P): P {
  const place = canonicalPlace(form);
  const isInside = place.region !== undefined && countryOfRegion(place.region) === place.country;
  return isInside ? place : { ...place, region: undefined };
}

function isSameAddress({ mailTo }: EmailAddress, asTyped = ''): boolean {
  return parseEmailAddress(cleanAddress(asTyped))?.mailTo === mailTo;
}

const Boxes = { showName: Box, shareWords: Box, updates: Box };

/**
 * An accent before the @ is nearly always a slip, and so is a domain that is one beside a large provider's: each is asked
 * about once. `asTyped` is the address that the question was about, sent again.
 */
const Address = { email: Email, asTyped: z.string({ error: 'unreadable' }).optional() };
type Address = { email: EmailAddress; asTyped?: string | undefined };
const hasNoAccent = ({ email, asTyped }: Address) =>
  isPlainAddress(email.mailTo) || isSameAddress(email, asTyped);
const hasNoSlip = ({ email, asTyped }: Address) =>
  !correctedAddress(email.mailTo) || isSameAddress(email, asTyped);
const accent = { error: 'accent', path: ['email'] };
const misspelt = { error: 'misspelt', path: ['email'] };

/** What a supporter sends from the petition page. */
export const SignForm = z
  .object({
    name: Name,
    ...Address,
    country: Country,
    region: Region,
    words: Words,
    over16: z.literal('on', { error: 'required' }),
    ...Boxes,
    source: z.string().optional().catch('other').transform(toSource),
  })
  .refine(hasNoAccent, accent)
  .refine(hasNoSlip, misspelt)
  .transform(({ asTyped: _, ...form }) => form)
  .transform(wholePlace);
export type SignForm = z.output<typeof SignForm>;

const AddressForm = z.object(Address).refine(hasNoAccent, accent).refine(hasNoSlip, misspelt);

/**
 * As `readForm`, with what is asked about the address: at once, also where other fields are faulty. Of what was asked
 * about, `use` says which of the two addresses is right, `corrected` or `typed`.
 */
export function readSignForm(body: unknown): FormResult<SignForm> {
  const { email, asTyped, use } = typedValues(body);
  const corrected = correctedAddress(email && cleanAddress(email));
  const isAnswered = use === 'corrected' && corrected !== undefined && email === asTyped;
  const sent = isAnswered ? { ...(body as object), email: corrected } : body;
  const form = readForm(SignForm, sent);
  if (form.ok) return form;
  const address = readForm(AddressForm, sent);
  const fault = address.ok ? undefined : address.errors.email;
  const isMended = fault === 'invalid' && corrected !== undefined;
  return { ok: false, errors: { ...form.errors, ...(fault && { email: isMended ? 'misspelt' : fault }) } };
}

/** By whom the private link is asked for. */
export const LostLinkForm = z.object({ email: Email });

/**
 * What the signer may correct on the confirm page and later: everything but the address. A form that does not ask for
 * words, and so sends none, leaves them and the box about them as they are; an empty field deletes them.
 */
export const DetailsForm = z
  .object({ name: Name, country: Country, region: Region, words: SentWords, ...Boxes })
  .transform(wholePlace);
export type DetailsForm = z.output<typeof DetailsForm>;

/** Own words alone, as the page for them sends them: empty where there are none, and never absent. */
export const WordsForm = z.object({
  words: z
    .string({ error: 'unreadable' })
    .transform((value): string | undefined => value)
    .pipe(Words),
  do: z.string({ error: 'unreadable' }).optional(),
  looked: Box,
});
