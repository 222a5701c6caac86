import type { Connection } from 'mongoose';
import type { IndexDeclaration } from '../lib/indexes.ts';
import type { Signature, WordsState } from './signature.ts';

export const wordsIndexes: IndexDeclaration[] = [
  { collection: 'signatures', key: { wordsState: 1 }, options: { name: 'wordsState', sparse: true } },
];

/** Own words that their writers let offices read, and what an organiser decided on them. */
export function createWordsStore(connection: Connection) {
  const signatures = connection.collection<Signature>('signatures');
  const shared = { state: 'confirmed', 'consent.shareWords': true } as const;
  const approved = { wordsState: 'approved', held: false, ...shared } as const;

  /** The longest confirmed first. */
  async function list(filter: Record<string, unknown>, limit: number): Promise<Signature[]> {
    return (await signatures
      .find(filter as never, { promoteBuffers: true })
      .sort({ confirmedAt: 1 })
      .limit(limit)
      .toArray()) as unknown as Signature[];
  }
  const listWaiting = (limit: number, petitionId?: string) =>
    list({ wordsState: 'waiting', ...shared, ...(petitionId && { petitionId }) }, limit);
  const listApproved = (petitionId: string, options: { without: ReadonlySet<string>; limit: number }) =>
    list({ ...approved, petitionId, ref: { $nin: [...options.without] } }, options.limit);
  /** Those of them that may be quoted at this moment. */
  const listApprovedOf = async (refs: readonly string[]) =>
    refs.length === 0 ? [] : list({ ...approved, ref: { $in: [...refs] } }, refs.length);

  async function findDecidable(ref: string): Promise<Signature | null> {
    const [found] = await list({ ref, wordsState: { $exists: true }, ...shared }, 1);
    return found ?? null;
  }

  /** False when the words, or anything else that is sealed with them, have changed since they were read. */
  async function decide(ref: string, sealed: Buffer, wordsState: WordsState): Promise<boolean> {
    const { matchedCount } = await signatures.updateOne(
      { ref, sealed, wordsState: { $exists: true }, ...shared },
      { $set: { wordsState } },
      { writeConcern: { w: 'majority', journal: true } },
    );
    return matchedCount === 1;
  }

  return { listWaiting, listApproved, listApprovedOf, findDecidable, decide };
}
export type WordsStore = ReturnType<typeof createWordsStore>;
