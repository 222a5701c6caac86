import type { Locale } from '../lib/locales.ts';

/**
 * pending: asked, not yet confirmed by the owner of the address. confirmed: signed.
 * withdrawn: taken back by the signer; only a stub is left. invalidated: found false by an organiser.
 */
export const SIGNATURE_STATES = ['pending', 'confirmed', 'withdrawn', 'invalidated'] as const;
export type SignatureState = (typeof SIGNATURE_STATES)[number];

/** What is known of a person, sealed on the document under a key of its own (law 10). */
export type Person = {
  name: string;
  email: string;
  words?: string;
  /** the words as an organiser shortened them: quoted in the place of the whole, each cut shown */
  trimmed?: string;
};

/** The three separate boxes, never ticked for anybody. */
export type Consent = { showName: boolean; shareWords: boolean; updates: boolean };

/** The wording that the boxes had; raise it whenever a consent text changes. */
export const CONSENT_VERSION = '2026-11-28';

/** Frozen at first confirmation: the ledger adds and removes the same cell, whatever is corrected later. */
export type LedgerCell = { country: string; region?: string; source: string; locale: Locale };

/** An organiser's decision on words that the signer lets officials read. */
export const WORDS_STATES = ['waiting', 'approved', 'refused'] as const;
export type WordsState = (typeof WORDS_STATES)[number];

/** What the writer of refused words is told. */
export const REFUSAL_REASONS = ['person', 'topic', 'tone', 'other'] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];
export type WordsDecision = {
  by: string;
  at: Date;
  reason?: RefusalReason;
  /** the organiser's own words to the writer */
  note?: Buffer;
};

/** What its signer lets one office have beside the words (law 11); false where the box was left empty. */
export type OfficeConsent = {
  officeId: string;
  /** the office may be told the name */
  name: boolean;
  /** the office may answer the signer's own address */
  reply: boolean;
  /** the wording that the boxes had */
  version: string;
  at: Date;
};

/** Raise it whenever a text of the boxes per office changes. */
export const OFFICE_CONSENT_VERSION = '2026-11-28';

/**
 * `on` is whether the person stands in the count now; `place` is given once and stays. `repairs` is how often a mark was
 * taken away because its entry was not there (a restored copy); such a one has seq 0 until an entry marks it.
 */
export type Counted = { seq: number; on: boolean; place?: number; repairs?: number };

/** A mark as it was read: taken away only while it is still this very one. */
export type Mark = { _id: string; seq: number; repairs: number; place?: number };

export function markOf({ _id, counted }: Pick<Signature, '_id' | 'counted'>): Mark {
  const { seq = 0, repairs = 0, place } = counted ?? {};
  return { _id, seq, repairs, ...(place !== undefined && { place }) };
}

/** Keyed names of the domain of the address and of the network that posted; for SIGNAL_DAYS after confirming, against abuse. */
export type Signals = { domain: string; network?: string };
export const SIGNAL_DAYS = 30;

/** The rules that last set `held` and the state: undoing one changes back those that it set, and nobody else. */
export type Ruled = { held?: string; state?: string };

export type Signature = {
  /** petitionId:emailKey */
  _id: string;
  petitionId: string;
  /** random, given at the first confirming; what URLs of the console, logs and audit may carry */
  ref?: string;
  state: SignatureState;
  /** the count waits, silently; mail and confirming work as for anybody */
  held: boolean;
  consent: Consent;
  /** the wording agreed to by the confirm button; absent while pending */
  consentVersion?: string;
  country: string;
  region?: string;
  source: string;
  /** signed by one press from the page of the signature on this petition, with its details */
  signedWith?: string;
  locale: Locale;
  /** of the petition's text that was signed; absent on what was signed before texts had versions */
  textVersion?: number;
  /** absent on a stub */
  sealed?: Buffer;
  /** raising it ends every manage link minted before */
  linkVersion: number;
  /** keyed hash of the network that posted; only while pending (law 17) */
  network?: string;
  signals?: Signals;
  ruled?: Ruled;
  wordsState?: WordsState;
  /** who approved or refused them, and when */
  wordsDecision?: WordsDecision;
  /** who was the first to say yes to words that seem to hold something personal; they wait for a second person */
  wordsFirst?: { by: string; at: Date };
  /** MinHash of the words under the petition's own key; goes with them */
  wordsSketch?: Buffer;
  /** the sketch's bands, for the index, once it was rated; only while the words are shared; none of one more copy of many */
  wordsBands?: number[];
  /** 0 to 1: 1 is unlike all others that were shared when it was computed */
  wordsOriginality?: number;
  officeConsents?: OfficeConsent[];
  cell?: LedgerCell;
  counted?: Counted;
  /** exists only while isCountable(state, held) differs from counted.on (law 6) */
  ledgerDue?: Date;
  /**
   * exists from when it ceased to be due without an entry until one marks it: a worker that sleeps may have read it as due,
   * so it must not be deleted before that worker's entry is impossible. 0, then the entry that retention waits to see passed.
   */
  leftDue?: number;
  /** exists only on what retention deletes: pending ones and stubs */
  expiresAt?: Date;
  createdAt: Date;
  confirmedAt?: Date;
  withdrawnAt?: Date;
};

/** One that is or was confirmed. */
export type SignedSignature = Signature & { ref: string };

export const PENDING_DAYS = 30;

export function isCountable(state: SignatureState, held: boolean): boolean {
  return state === 'confirmed' && !held;
}

export function signatureId(petitionId: string, emailKey: string): string {
  return `${petitionId}:${emailKey}`;
}

/** Binds a sealed person to the document that holds it. */
export function signatureContext(id: string): string {
  return `signature:${id}`;
}

export function parseSignatureId(id: string): { petitionId: string; emailKey: string } {
  const cut = id.lastIndexOf(':');
  return { petitionId: id.slice(0, cut), emailKey: id.slice(cut + 1) };
}
