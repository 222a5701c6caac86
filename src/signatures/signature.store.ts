import { type Connection, Schema } from 'mongoose';
import { type Inserted, insertAndCount, insertOnce } from '../database/bulk-insert.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import type { Locale } from '../lib/locales.ts';
import { WORDS_FIELDS, type WordsFields } from '../words/words-fields.ts';
import { recomputeDueStages } from './counting.ts';
import type { Consent, LedgerCell, Signature } from './signature.ts';

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

  /**
   * Pending → confirmed; false when it is no more the one that was read. The ref and the cell of the first confirming stay.
   */
  async function confirmSignature(
    read: Read,
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
      { ...same(read), state: 'pending' } as never,
      stages as never,
      durable,
    );
    return matchedCount === 1;
  }

  /**
   * A stub that is signed anew, as its owner is sent the confirm link: pending again, with an address and no details. Null
   * where it was withdrawn after `askedAt`: who withdraws takes back what was asked for before.
   */
  async function reopenStub(
    id: string,
    sealed: Buffer,
    now: Date,
    { expiresAt, askedAt }: { expiresAt: Date; askedAt: Date },
  ): Promise<Signature | null> {
    return update({ _id: id, state: 'withdrawn', withdrawnAt: { $lte: askedAt } }, [
      { $set: { state: 'pending', sealed: literal(sealed), createdAt: askedAt } },
      { $unset: ['withdrawnAt'] },
      ...recomputeDueStages(now),
      { $set: { expiresAt } },
    ]);
  }

  /** One that was asked for while retention deleted what was there. False when somebody else was first. */
  async function insertAnew(signature: Signature): Promise<boolean> {
    return insertOnce(collection, signature);
  }

  /** Takes back `insertAnew`, and touches nothing else. */
  async function deleteAnew({ _id, sealed }: Signature): Promise<void> {
    await collection.deleteOne({ _id: _id as never, state: 'pending', sealed } as never, durable);
  }

  /** Who is sent a confirm link has the whole time for it; false when it is no more the pending one that was read. */
  async function prolongPending(read: Read, expiresAt: Date): Promise<boolean> {
    const { matchedCount } = await collection.updateOne(
      { ...same(read), state: 'pending' } as never,
      { $set: { expiresAt } },
      durable,
    );
    return matchedCount === 1;
  }

  /** False when it is no more the one that was read. */
  async function changeDetails(read: Read, details: SignedDetails): Promise<boolean> {
    const absent = absentDetails(details);
    const { matchedCount } = await collection.updateOne(
      { ...same(read), state: 'confirmed' } as never,
      [{ $set: setDetails(details) }, ...(absent.length > 0 ? [{ $unset: absent }] : [])] as never,
      durable,
    );
    return matchedCount === 1;
  }

  /**
   * The sealed field goes at once; the stub stays until the ledger has taken it out of the count. False when there is no
   * such one: with a `linkVersion`, also when it is that of a signature before or after.
   */
  async function withdrawSignature(id: string, now: Date, linkVersion?: number): Promise<boolean> {
    const filter = {
      _id: id as never,
      state: { $in: ['pending', 'confirmed'] },
      ...(linkVersion !== undefined && { linkVersion }),
    };
    const { matchedCount } = await collection.updateOne(
      filter as never,
      withdrawStages(now) as never,
      durable,
    );
    return matchedCount === 1;
  }

  /**
   * Whatever is there, in whatever state, and whoever changes it meanwhile: afterwards it is gone or a stub, withdrawn no
   * earlier than now. Answers whether anything but a stub was there.
   */
  async function removeSignature(id: string, now: Date): Promise<boolean> {
    for (;;) {
      if (await deleteNeverConfirmed(id)) return true;
      if (await withdrawSignature(id, now)) return true;
      const { matchedCount } = await collection.updateOne(
        { _id: id as never, state: 'withdrawn' },
        { $set: { withdrawnAt: now } },
        durable,
      );
      if (matchedCount === 1) return false;
      const found = await findSignature(id);
      if (!found || found.state === 'invalidated') return false;
    }
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
    if (!(await deleteNeverConfirmed(id))) await update({ _id: id, state: 'pending' }, withdrawStages(now));
  }

  async function deleteNeverConfirmed(id: string): Promise<boolean> {
    const never = { _id: id as never, state: 'pending', confirmedAt: { $exists: false } } as const;
    return (await collection.deleteOne(never, durable)).deletedCount === 1;
  }

  /**
   * Pending ones after their 30 days, and stubs that the ledger is done with. One that ceased to be due without an entry
   * waits until two more are made: any worker that read it as due can make none then, however long it slept.
   */
  async function deleteExpired(
    now: Date,
    positions: readonly { petitionId: string; seq: number }[] = [],
  ): Promise<number> {
    const over = { expiresAt: { $lte: now }, state: { $ne: 'confirmed' }, ledgerDue: { $exists: false } };
    const { deletedCount } = await collection.deleteMany({ ...over, leftDue: { $exists: false } } as never);
    let deleted = deletedCount;
    for (const { petitionId, seq } of positions) {
      const passed = { ...over, petitionId, leftDue: { $gt: 0, $lt: seq } };
      deleted += (await collection.deleteMany(passed as never)).deletedCount;
      await collection.updateMany({ ...over, petitionId, leftDue: 0 } as never, {
        $set: { leftDue: seq + 1 },
      });
    }
    return deleted;
  }

  /** A date that no clock of ours gives, but by having been ahead once: its time begins now. */
  async function healExpiry(latest: Date): Promise<number> {
    const ahead = { expiresAt: { $gt: latest } };
    return (await collection.updateMany(ahead as never, { $set: { expiresAt: latest } })).modifiedCount;
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
    healExpiry,
    insertAnew,
    deleteAnew,
    prolongPending,
    removeSignature,
  };
}
export type SignatureStore = ReturnType<typeof createSignatureStore>;

/** What an update relies on: the signature as its page or mail was made from it. */
export type Read = Pick<Signature, '_id' | 'linkVersion' | 'sealed'>;

function same({ _id, linkVersion, sealed }: Read) {
  return { _id, linkVersion, sealed: sealed ?? { $exists: false } };
}

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
