import type { Connection } from 'mongoose';
import { insertOnce } from '../database/insert.ts';
import { date, openModel, text } from '../database/model.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import { newRef } from '../lib/ref.ts';
import type { Act } from './act.ts';

export const actIndexes: IndexDeclaration[] = [
  { collection: 'audit', key: { at: -1 }, options: { name: 'at' } },
];

/** Append-only: who changed what, for organisers to read. */
export function createActStore(connection: Connection) {
  const acts = openModel<Act & { _id: string }>(connection, 'audit', {
    _id: text,
    at: date,
    by: text,
    verb: text,
    of: [text],
  });

  async function insertAct(act: Act): Promise<void> {
    await insertOnce(acts, { _id: newRef(), ...act });
  }

  /** The newest first. */
  const listActs = async (limit: number) =>
    acts.find({}, { _id: 0 }).sort({ at: -1 }).limit(limit).lean<Act[]>();

  return { insertAct, listActs };
}
export type ActStore = ReturnType<typeof createActStore>;
