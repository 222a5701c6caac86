import type { Connection } from 'mongoose';
import { insertOnce } from '../database/insert.ts';
import { count, date, openModel, text } from '../database/model.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';

/** Failures of one account or network, or something that may be used once. */
export type Attempt = { _id: string; failures: number; waitUntil: Date; expiresAt: Date };

export const attemptIndexes: IndexDeclaration[] = [
  { collection: 'attempts', key: { expiresAt: 1 }, options: { name: 'expiresAt' } },
];

export function createAttemptStore(connection: Connection) {
  const attempts = openModel<Attempt>(connection, 'attempts', {
    _id: text,
    failures: count,
    waitUntil: date,
    expiresAt: date,
  });

  const listAttempts = async (ids: readonly string[]) =>
    attempts
      .find({ _id: { $in: [...ids] } })
      .read('primary')
      .lean<Attempt[]>();

  /** How many that makes. */
  async function addFailure(id: string, now: Date, expiresAt: Date): Promise<number> {
    await attempts.updateOne(
      { _id: id },
      { $inc: { failures: 1 }, $set: { expiresAt }, $setOnInsert: { waitUntil: now } },
      { upsert: true },
    );
    const after = await attempts.findOne({ _id: id }, { failures: 1 }).read('primary').lean<Attempt>();
    return after?.failures ?? 1;
  }

  async function setWait(id: string, waitUntil: Date): Promise<void> {
    await attempts.updateOne({ _id: id }, { $set: { waitUntil } });
  }

  /** False when it was used before. */
  const useOnce = (id: string, now: Date, expiresAt: Date) =>
    insertOnce(attempts, { _id: id, failures: 0, waitUntil: now, expiresAt });

  async function forget(id: string): Promise<void> {
    await attempts.deleteOne({ _id: id });
  }

  async function deleteExpired(now: Date): Promise<void> {
    await attempts.deleteMany({ expiresAt: { $lte: now } });
  }

  return { listAttempts, addFailure, setWait, useOnce, forget, deleteExpired };
}
export type AttemptStore = ReturnType<typeof createAttemptStore>;
