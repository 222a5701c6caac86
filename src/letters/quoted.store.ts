import type { Connection } from 'mongoose';
import type { Delivery } from '../deliveries/delivery.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';

export const quotedIndexes: IndexDeclaration[] = [
  { collection: 'deliveries', key: { 'quotes.ref': 1 }, options: { name: 'quotes_ref' } },
];

export type SentTo = { officeId: string; at?: Date };

/** Where somebody's words have been. */
export function createQuotedStore(connection: Connection) {
  const deliveries = connection.collection<Delivery>('deliveries');

  /** Offices that have their words, or may have: what is in doubt counts as sent. */
  async function listSentTo(ref: string): Promise<SentTo[]> {
    const found = await deliveries
      .find({ 'quotes.ref': ref, state: { $in: ['sent', 'unknown'] } } as never)
      .project({ officeId: 1, endedAt: 1 })
      .toArray();
    return found.map(({ officeId, endedAt }) => ({ officeId, ...(endedAt && { at: endedAt }) }));
  }

  return { listSentTo };
}
