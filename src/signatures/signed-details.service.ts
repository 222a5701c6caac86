import type { Locale } from '../lib/locales.ts';
import type { Sealer } from '../lib/sealed.ts';
import type { DetailsForm } from './signature.schema.ts';
import {
  CONSENT_VERSION,
  type Person,
  type Signature,
  signatureContext,
  type WordsState,
} from './signature.ts';
import type { SignedDetails } from './signature-stages.ts';
import { type CanBeRead, type SketchWords, wordsFields } from './words-fields.ts';

/** What is kept when a signer presses a button that shows the details: sealed person, boxes, wording. */
export function signedDetails(
  { sealer, sketchWords, canBeRead }: { sealer: Sealer; sketchWords: SketchWords; canBeRead: CanBeRead },
  signature: Signature,
  person: Person,
  sent: DetailsForm,
  locale: Locale,
): SignedDetails {
  const form = withWords(sent, signature, person);
  const isSame = form.words === person.words;
  const next: Person = {
    name: form.name,
    email: person.email,
    ...(form.words && { words: form.words }),
    ...(isSame && person.trimmed && { trimmed: person.trimmed }),
  };
  const wordsState = nextWordsState(signature, person, form, canBeRead);
  return {
    consent: { showName: form.showName, shareWords: form.shareWords, updates: form.updates },
    consentVersion: CONSENT_VERSION,
    locale,
    country: form.country,
    ...(form.region && { region: form.region }),
    sealed: sealer.seal(next, signatureContext(signature._id)),
    ...wordsFields({ signature, before: person.words, words: form.words, wordsState, sketchWords }),
  };
}

/** A form that did not ask for words leaves them, and whether offices may read them, as they are. */
function withWords(form: DetailsForm, { consent }: Signature, { words }: Person): DetailsForm {
  return form.words === undefined ? { ...form, words, shareWords: consent.shareWords } : form;
}

/**
 * Words wait for an organiser when they are new or have changed; without the box there is nothing to decide. Too short to
 * be quoted, or with what could tell who wrote them, they are kept and wait for nobody: my-words says why.
 */
function nextWordsState(
  signature: Signature,
  before: Person,
  form: DetailsForm,
  canBeRead: CanBeRead,
): WordsState | undefined {
  const { words, shareWords, name } = form;
  if (!shareWords || !words) return undefined;
  const wasShared = signature.state === 'confirmed' && signature.consent.shareWords;
  if (wasShared && words === before.words) return signature.wordsState;
  return canBeRead({ name, words }) ? 'waiting' : undefined;
}

/** The details as they stand, for a button that sends no fields. */
export function detailsOf(signature: Signature, person: Person): DetailsForm {
  return {
    name: person.name,
    country: signature.country,
    region: signature.region,
    words: person.words,
    ...signature.consent,
  };
}
