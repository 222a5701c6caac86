import type { Connection } from 'mongoose';
import { count, date, flag, maybeOneOf, oneOf, openModel, part, text } from '../database/model.ts';
import { LOCALES } from '../lib/locales.ts';
import {
  type Consent,
  type Counted,
  type LedgerCell,
  type OfficeConsent,
  REFUSAL_REASONS,
  type Ruled,
  SIGNATURE_STATES,
  type Signals,
  type Signature,
  WORDS_STATES,
  type WordsDecision,
} from './signature.ts';

/**
 * The collection `signatures`. Its stores ask it for what a law gives each: signature.store.ts for the person,
 * words.store.ts for words that their writer shared (law 11), counting.store.ts and restored.store.ts for the count (law 6).
 */
export function openSignatures(connection: Connection) {
  return openModel<Signature>(connection, 'signatures', {
    _id: text,
    petitionId: text,
    ref: String,
    state: oneOf(SIGNATURE_STATES),
    held: flag,
    consent: part<Consent>({ showName: flag, shareWords: flag, updates: flag }),
    consentVersion: String,
    country: text,
    region: String,
    source: text,
    signedWith: String,
    locale: oneOf(LOCALES),
    textVersion: { type: Number, min: 1 },
    sealed: Buffer,
    linkVersion: { ...count, max: 65_535 },
    network: String,
    signals: part<Signals>({ domain: text, network: String }),
    ruled: part<Ruled>({ held: String, state: String }),
    wordsState: maybeOneOf(WORDS_STATES),
    wordsDecision: part<WordsDecision>({
      by: text,
      at: date,
      reason: maybeOneOf(REFUSAL_REASONS),
      note: Buffer,
    }),
    wordsFirst: part<NonNullable<Signature['wordsFirst']>>({ by: text, at: date }),
    wordsSketch: Buffer,
    wordsBands: [Number],
    wordsOriginality: { type: Number, min: 0, max: 1 },
    officeConsents: [
      part<OfficeConsent>({ officeId: text, name: flag, reply: flag, version: text, at: date }),
    ],
    cell: part<LedgerCell>({ country: text, region: String, source: text, locale: oneOf(LOCALES) }),
    counted: part<Counted>({ seq: count, on: flag, place: Number, repairs: Number }),
    ledgerDue: Date,
    leftDue: { type: Number, min: 0 },
    expiresAt: Date,
    createdAt: date,
    confirmedAt: Date,
    withdrawnAt: Date,
  });
}
