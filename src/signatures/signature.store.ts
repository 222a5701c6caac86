import { type Connection, Schema } from 'mongoose';
import { type Inserted, insertAndCount } from '../database/bulk-insert.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import type { Locale } from '../lib/locales.ts';
import { recomputeDueStages } from './counting.ts';
import type { Consent, LedgerCell, Signature } from './signature.ts';
import { WORDS_FIELDS, type WordsFields } from './words-fields.ts';

export const signatureIndexes: IndexDeclaration[] = [
  {
    collection: 'signatures',
    key: { expiresAt: 1 },
    options: { name: 'expiresAt', sparse: true },
  },
  // Only those that were confirmed have one: an index of random names is what an insert costs most by.
  {
    collection: 'signatures',
    key: { ref: 1 },
    options: { name: 'ref_confirmed', unique: true, sparse: true },
    replaces: 'ref',
  },
];

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

const durable = { writeConcern: { w: 'majority', journal: true } } as const;
/** Values in a pipeline are expressions: `$literal` keeps a value a value. */
const literal = (value: unknown) => ({ $literal: value });

export function createSignatureStore(connection: Connection) {
  const model = connection.model<Signature>('Signature', signatureSchema(), 'signatures');
  const collection = model.collection;

  /** One unordered bulk insert; first one wins, and a duplicate key is no error (laws 2 and 3). */
  async function insertSignatures(signatures: readonly Signature[]): Promise<Inserted> {
    return insertAndCount(collection, signatures);
  }

  async function findSignature(id: string): Promise<Signature | null> {
    return toSignature(await collection.findOne({ _id: id as never }, { promoteBuffers: true }));
  }

  async function update(
    filter: Record<string, unknown>,
    stages: Record<string, unknown>[],
  ): Promise<Signature | null> {
    const { matchedCount } = await collection.updateOne(filter as never, stages as never, durable);
    return matchedCount === 1 ? findSignature(String(filter._id)) : null;
  }

  /** Pending → confirmed; false when it is pending no more. The ref and the cell of the first confirming stay. */
  async function confirmSignature(
    id: string,
    details: SignedDetails,
    { ref, cell }: { ref: string; cell: LedgerCell },
    now: Date,
  ): Promise<boolean> {
    const stages = [
      {
        $set: {
          ...setDetails(details),
          state: 'confirmed',
          confirmedAt: now,
          ref: { $ifNull: ['$ref', literal(ref)] },
          cell: { $ifNull: ['$cell', literal(cell)] },
        },
      },
      { $unset: ['network', 'expiresAt', 'withdrawnAt', ...absentDetails(details)] },
      ...recomputeDueStages(now),
    ];
    const { matchedCount } = await collection.updateOne(
      { _id: id as never, state: 'pending' },
      stages as never,
      durable,
    );
    return matchedCount === 1;
  }

  /** A stub that is signed anew, as its owner is sent the confirm link: pending again, with an address and no details. */
  async function reopenStub(
    id: string,
    sealed: Buffer,
    now: Date,
    expiresAt: Date,
  ): Promise<Signature | null> {
    return update({ _id: id, state: 'withdrawn' }, [
      { $set: { state: 'pending', sealed: literal(sealed), createdAt: now } },
      { $unset: ['withdrawnAt'] },
      ...recomputeDueStages(now),
      { $set: { expiresAt } },
    ]);
  }

  async function changeDetails(id: string, details: SignedDetails): Promise<Signature | null> {
    const absent = absentDetails(details);
    return update({ _id: id, state: 'confirmed' }, [
      { $set: setDetails(details) },
      ...(absent.length > 0 ? [{ $unset: absent }] : []),
    ]);
  }

  /** The sealed field goes at once; the stub stays until the ledger has taken it out of the count. */
  async function withdrawSignature(id: string, now: Date): Promise<Signature | null> {
    return update({ _id: id, state: { $in: ['pending', 'confirmed'] } }, withdrawStages(now));
  }

  /** Updates were unsubscribed: the box follows. */
  async function dropUpdates(id: string): Promise<void> {
    await collection.updateOne({ _id: id as never }, { $set: { 'consent.updates': false } }, durable);
  }

  /** The language of mail to one person, whichever petition it is about. */
  async function setLocale(ids: readonly string[], locale: Locale): Promise<void> {
    await collection.updateMany(
      { _id: { $in: ids as never[] }, locale: { $ne: locale } },
      { $set: { locale } },
      durable,
    );
  }

  /** One that was never confirmed is in no entry and can go at once; one that was reopened must leave by the ledger. */
  async function dropPending(id: string, now: Date): Promise<void> {
    const never = { _id: id as never, state: 'pending', confirmedAt: { $exists: false } } as const;
    const { deletedCount } = await collection.deleteOne(never, durable);
    if (deletedCount === 0) await update({ _id: id, state: 'pending' }, withdrawStages(now));
  }

  /** Pending ones after their 30 days, and stubs that the ledger is done with. */
  async function deleteExpired(now: Date): Promise<number> {
    const { deletedCount } = await collection.deleteMany({
      expiresAt: { $lte: now },
      state: { $ne: 'confirmed' },
      ledgerDue: { $exists: false },
    });
    return deletedCount;
  }

  return {
    insertSignatures,
    findSignature,
    confirmSignature,
    reopenStub,
    changeDetails,
    withdrawSignature,
    dropUpdates,
    setLocale,
    dropPending,
    deleteExpired,
  };
}
export type SignatureStore = ReturnType<typeof createSignatureStore>;

function withdrawStages(now: Date): Record<string, unknown>[] {
  return [
    {
      $set: {
        state: 'withdrawn',
        withdrawnAt: now,
        consent: literal({ showName: false, shareWords: false, updates: false }),
        linkVersion: { $mod: [{ $add: ['$linkVersion', 1] }, 65_536] },
      },
    },
    { $unset: ['sealed', ...WORDS_FIELDS, 'network', 'consentVersion'] },
    ...recomputeDueStages(now),
  ];
}

function setDetails(details: SignedDetails): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(details).flatMap(([field, value]) =>
      value === undefined ? [] : [[field, literal(value)]],
    ),
  );
}

function absentDetails(details: SignedDetails): string[] {
  return (['region', ...WORDS_FIELDS] as const).filter((field) => details[field] === undefined);
}

function toSignature(found: unknown): Signature | null {
  return found as Signature | null;
}

function signatureSchema(): Schema<Signature> {
  return new Schema<Signature>(
    {
      _id: String,
      petitionId: String,
      ref: String,
      state: String,
      held: Boolean,
      consent: { _id: false, showName: Boolean, shareWords: Boolean, updates: Boolean },
      consentVersion: String,
      country: String,
      region: String,
      source: String,
      locale: String,
      sealed: Buffer,
      linkVersion: Number,
      network: String,
      wordsState: String,
      wordsDecision: Object,
      wordsSketch: Buffer,
      wordsBands: { type: [Number], default: undefined },
      wordsOriginality: Number,
      officeConsents: { type: [Object], default: undefined },
      cell: Object,
      counted: Object,
      ledgerDue: Date,
      leftDue: Number,
      expiresAt: Date,
      createdAt: Date,
      confirmedAt: Date,
      withdrawnAt: Date,
    },
    { strict: 'throw', versionKey: false, autoIndex: false, autoCreate: false },
  );
}
