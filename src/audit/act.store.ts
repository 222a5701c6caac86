import type { Connection } from 'mongoose';
import type { IndexDeclaration } from '../lib/indexes.ts';
import { newRef } from '../lib/ref.ts';
import type { Act } from './act.ts';

export const actIndexes: IndexDeclaration[] = [
  { collection: 'audit', key: { at: -1 }, options: { name: 'at' } },
];

/** Append-only: who changed what, for organisers to read. */
export function createActStore(connection: Connection) {
  const acts = connection.collection<Act & { _id: string }>('audit');

  async function insertAct(act: Act): Promise<void> {
    await acts.insertOne({ _id: newRef(), ...act }, { writeConcern: { w: 'majority', journal: true } });
  }

  /** The newest first. */
  async function listActs(limit: number): Promise<Act[]> {
    return acts
      .find({}, { projection: { _id: 0 } })
      .sort({ at: -1 })
      .limit(limit)
      .toArray();
  }

  return { insertAct, listActs };
}
export type ActStore = ReturnType<typeof createActStore>;
