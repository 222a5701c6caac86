import type { Connection, QueryFilter } from 'mongoose';
import { type Inserted, insertAndCount, insertOnce } from '../database/insert.ts';
import { type Stage, updateByPipeline } from '../database/pipeline.ts';
import { addMilliseconds, SKEW_MS } from '../lib/clock.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import type { Locale } from '../lib/locales.ts';
import { recomputeDueStages } from './counting.ts';
import type { LedgerCell, Signals, Signature } from './signature.ts';
import { openSignatures } from './signature-schema.store.ts';
import {
  absentDetails,
  literal,
  type SignedDetails,
  setDetails,
  withdrawStages,
} from './signature-stages.ts';

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

/** Whatever is still more than a stub. */
const WITH_A_PERSON = ['pending', 'confirmed', 'invalidated'] as const;

export function createSignatureStore(connection: Connection) {
  const signatures = openSignatures(connection);

  /** One unordered bulk insert; first one wins, and a duplicate key is no error (laws 2 and 3). */
  async function insertSignatures(asked: readonly Signature[]): Promise<Inserted> {
    return insertAndCount(signatures, asked);
  }

  const findSignature = async (id: string) => signatures.findOne({ _id: id }).lean<Signature>();

  /** Of these ids, what is there, and in which state. */
  async function listStates(
    ids: readonly string[],
  ): Promise<Pick<Signature, '_id' | 'state' | 'linkVersion'>[]> {
    return signatures.find({ _id: { $in: [...ids] } }, { state: 1, linkVersion: 1 }).lean<Signature[]>();
  }

  /** Whether it matched. */
  async function update(filter: QueryFilter<Signature>, stages: Stage[]): Promise<boolean> {
    return (await updateByPipeline(signatures, filter, stages)).matchedCount === 1;
  }

  /**
   * Pending → confirmed; false when it is no more the one that was read. The ref and the cell of the first confirming stay.
   */
  async function confirmSignature(
    read: Read,
    details: SignedDetails,
    { ref, cell, signals }: { ref: string; cell: LedgerCell; signals: Signals },
    now: Date,
  ): Promise<boolean> {
    return update({ ...same(read), state: 'pending' }, [
      {
        $set: {
          ...setDetails(details),
          state: 'confirmed',
          confirmedAt: now,
          signals: literal(signals),
          ref: { $ifNull: ['$ref', literal(ref)] },
          cell: { $ifNull: ['$cell', literal(cell)] },
        },
      },
      { $unset: ['network', 'expiresAt', 'withdrawnAt', ...absentDetails(details)] },
      ...recomputeDueStages(now),
    ]);
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
    const since = { $gt: askedAt, $lte: addMilliseconds(now, SKEW_MS) };
    const isReopened = await update({ _id: id, state: 'withdrawn', withdrawnAt: { $not: since } }, [
      { $set: { state: 'pending', sealed: literal(sealed), createdAt: askedAt } },
      { $unset: ['withdrawnAt'] },
      ...recomputeDueStages(now),
      { $set: { expiresAt } },
    ]);
    return isReopened ? findSignature(id) : null;
  }

  /** One that was asked for while retention deleted what was there. False when somebody else was first. */
  async function insertAnew(signature: Signature): Promise<boolean> {
    return insertOnce(signatures, signature);
  }

  /** Takes back `insertAnew`, and touches nothing else. */
  async function deleteAnew({ _id, sealed }: Signature): Promise<void> {
    await signatures.deleteOne({ _id, state: 'pending', sealed: sealed ?? null });
  }

  /** Who is sent a confirm link has the whole time for it; false when it is no more the pending one that was read. */
  async function prolongPending(read: Read, expiresAt: Date): Promise<boolean> {
    const pending = { ...same(read), state: 'pending' as const };
    return (await signatures.updateOne(pending, { $set: { expiresAt } })).matchedCount === 1;
  }

  /** False when it is no more the one that was read. */
  async function changeDetails(read: Read, details: SignedDetails): Promise<boolean> {
    const absent = absentDetails(details);
    return update({ ...same(read), state: 'confirmed' }, [
      { $set: setDetails(details) },
      ...(absent.length > 0 ? [{ $unset: absent }] : []),
    ]);
  }

  /**
   * The sealed field goes at once; the stub stays until the ledger has taken it out of the count. False when there is no
   * such one: with a `linkVersion`, also when it is that of a signature before or after.
   */
  async function withdrawSignature(id: string, now: Date, linkVersion?: number): Promise<boolean> {
    const filter = { _id: id, ...(linkVersion !== undefined && { linkVersion }) };
    return update({ ...filter, state: { $in: ['pending', 'confirmed'] } }, withdrawStages(now));
  }

  /**
   * Whatever is there, in whatever state, and whoever changes it meanwhile: afterwards it is gone or a stub, withdrawn no
   * earlier than now. Answers whether anything but a stub was there.
   */
  async function removeSignature(id: string, now: Date): Promise<boolean> {
    for (;;) {
      if (await deleteNeverConfirmed(id)) return true;
      if (await update({ _id: id, state: { $in: [...WITH_A_PERSON] } }, withdrawStages(now))) return true;
      const stub = { _id: id, state: 'withdrawn' } as const;
      const { matchedCount } = await signatures.updateOne(stub, { $set: { withdrawnAt: now } });
      if (matchedCount === 1) return false;
      if (!(await findSignature(id))) return false;
    }
  }

  /** What was signed from the page of a signature that its owner has disowned. */
  async function removeSignedWith(id: string, signedWith: string, now: Date): Promise<void> {
    await update({ _id: id, signedWith, state: 'confirmed' }, withdrawStages(now));
  }

  /** Updates were unsubscribed: the box follows. */
  async function dropUpdates(id: string): Promise<void> {
    await signatures.updateOne({ _id: id }, { $set: { 'consent.updates': false } });
  }

  /** The language of mail to one person, whichever petition it is about. */
  async function setLocale(ids: readonly string[], locale: Locale): Promise<void> {
    await signatures.updateMany({ _id: { $in: [...ids] }, locale: { $ne: locale } }, { $set: { locale } });
  }

  /** One that was never confirmed is in no entry and can go at once; one that was reopened must leave by the ledger. */
  async function dropPending(id: string, now: Date): Promise<void> {
    if (!(await deleteNeverConfirmed(id))) await update({ _id: id, state: 'pending' }, withdrawStages(now));
  }

  async function deleteNeverConfirmed(id: string): Promise<boolean> {
    const never = { _id: id, state: 'pending', confirmedAt: { $exists: false } } as const;
    return (await signatures.deleteOne(never)).deletedCount === 1;
  }

  /**
   * Pending ones after their 30 days, and stubs that the ledger is done with. One that ceased to be due without an entry
   * waits until two more are made: any worker that read it as due can make none then, however long it slept.
   */
  async function deleteExpired(
    now: Date,
    positions: readonly { petitionId: string; seq: number }[] = [],
  ): Promise<number> {
    const over: QueryFilter<Signature> = {
      expiresAt: { $lte: now },
      state: { $ne: 'confirmed' },
      ledgerDue: { $exists: false },
    };
    const { deletedCount } = await signatures.deleteMany({ ...over, leftDue: { $exists: false } });
    let deleted = deletedCount;
    for (const { petitionId, seq } of positions) {
      const passed = { ...over, petitionId, leftDue: { $gt: 0, $lt: seq } };
      deleted += (await signatures.deleteMany(passed)).deletedCount;
      await signatures.updateMany({ ...over, petitionId, leftDue: 0 }, { $set: { leftDue: seq + 1 } });
    }
    return deleted;
  }

  /** A date that no clock of ours gives, but by having been ahead once: its time begins now. */
  async function healExpiry(latest: Date): Promise<number> {
    const ahead = { expiresAt: { $gt: latest } };
    return (await signatures.updateMany(ahead, { $set: { expiresAt: latest } })).modifiedCount;
  }

  /**
   * Who asked for updates on a petition: ids after `after` (empty for the first), in their order. All signatures of a
   * petition stand side by side by `_id` (`petitionId:emailKey`; `;` is the character after `:`), so this needs no index
   * of its own.
   */
  async function listSubscribed(petitionId: string, after: string, limit: number): Promise<string[]> {
    const range = { $gt: after || `${petitionId}:`, $lt: `${petitionId};` };
    const found = await signatures
      .find({ _id: range, state: 'confirmed', 'consent.updates': true }, { _id: 1 })
      .sort({ _id: 1 })
      .limit(limit)
      .lean<{ _id: string }[]>();
    return found.map(({ _id }) => _id);
  }

  return {
    insertSignatures,
    findSignature,
    listStates,
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
    removeSignedWith,
    listSubscribed,
  };
}
export type SignatureStore = ReturnType<typeof createSignatureStore>;

/** What an update relies on: the signature as its page or mail was made from it. */
export type Read = Pick<Signature, '_id' | 'linkVersion' | 'sealed'>;

function same({ _id, linkVersion, sealed }: Read) {
  return { _id, linkVersion, sealed: sealed ?? { $exists: false } };
}
