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

  async function list(filter: Record<string, unknown>, limit: number): Promise<Signature[]> {
    return (await signatures
      .find(filter as never, { promoteBuffers: true })
      .limit(limit)
      .toArray()) as unknown as Signature[];
  }
  const listWaiting = (limit: number) => list({ wordsState: 'waiting', ...shared }, limit);
  const listApproved = (petitionId: string, limit: number) =>
    list({ wordsState: 'approved', petitionId, held: false, ...shared }, limit);

  /** False when no such words are there to decide on. */
  async function decide(ref: string, wordsState: WordsState): Promise<boolean> {
    const { matchedCount } = await signatures.updateOne(
      { ref, wordsState: { $exists: true } },
      { $set: { wordsState } },
      { writeConcern: { w: 'majority', journal: true } },
    );
    return matchedCount === 1;
  }

  /** Whether every one of them may be quoted at this moment. */
  async function areQuotable(refs: readonly string[]): Promise<boolean> {
    if (refs.length === 0) return true;
    const found = await signatures.countDocuments({
      ref: { $in: [...refs] },
      wordsState: 'approved',
      held: false,
      ...shared,
    });
    return found === refs.length;
  }

  return { listWaiting, listApproved, decide, areQuotable };
}
export type WordsStore = ReturnType<typeof createWordsStore>;
