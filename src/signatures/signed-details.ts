import type { Sealer } from '../lib/sealed.ts';
import type { DetailsForm } from './signature.schema.ts';
import type { SignedDetails } from './signature.store.ts';
import {
  CONSENT_VERSION,
  type Person,
  type Signature,
  signatureContext,
  type WordsState,
} from './signature.ts';

/** What is kept when a signer presses a button that shows the details: sealed person, boxes, wording. */
export function signedDetails(
  sealer: Sealer,
  signature: Signature,
  person: Person,
  form: DetailsForm,
): SignedDetails {
  const next: Person = { name: form.name, email: person.email, ...(form.words && { words: form.words }) };
  const wordsState = nextWordsState(signature, person.words, form);
  return {
    consent: { showName: form.showName, shareWords: form.shareWords, updates: form.updates },
    consentVersion: CONSENT_VERSION,
    country: form.country,
    ...(form.region && { region: form.region }),
    sealed: sealer.seal(next, signatureContext(signature._id)),
    ...(wordsState && { wordsState }),
  };
}

/** Words wait for an organiser when they are new or have changed; without the box there is nothing to decide. */
function nextWordsState(
  signature: Signature,
  before: string | undefined,
  form: DetailsForm,
): WordsState | undefined {
  if (!form.shareWords || !form.words) return undefined;
  return form.words === before && signature.wordsState ? signature.wordsState : 'waiting';
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
