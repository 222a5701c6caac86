import { type Connection, Schema } from 'mongoose';
import { addMilliseconds, type Clock } from '../lib/clock.ts';
import { isDuplicateKey } from '../lib/duplicate-key.ts';

type Lease = { _id: string; owner: string; until: Date };

/** Who may run a schedule now. A lease spares work; correctness never leans on it. */
export function createLeases({
  connection,
  clock,
  owner,
}: {
  connection: Connection;
  clock: Clock;
  owner: string;
}) {
  const schema = new Schema<Lease>(
    { _id: String, owner: String, until: Date },
    { strict: 'throw', versionKey: false, autoIndex: false, autoCreate: false },
  );
  const { collection } = connection.model<Lease>('Lease', schema, 'leases');

  /** True when this owner holds the lease until `ttlMs` from now: it was free, run out, or its own. */
  async function acquireLease(name: string, ttlMs: number): Promise<boolean> {
    const now = clock.now();
    try {
      await collection.updateOne(
        { _id: name as never, $or: [{ owner }, { until: { $lte: now } }] },
        { $set: { owner, until: addMilliseconds(now, ttlMs) } },
        { upsert: true },
      );
      return true;
    } catch (error) {
      // The upsert of somebody who does not match meets the holder's document.
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** Prolongs a lease that is still held. False when it ran out, even if nobody took it: another may have run since. */
  async function renewLease(name: string, ttlMs: number): Promise<boolean> {
    const now = clock.now();
    const { matchedCount } = await collection.updateOne(
      { _id: name as never, owner, until: { $gt: now } },
      { $set: { until: addMilliseconds(now, ttlMs) } },
    );
    return matchedCount === 1;
  }

  async function releaseLease(name: string): Promise<void> {
    await collection.deleteOne({ _id: name as never, owner });
  }

  return { acquireLease, renewLease, releaseLease };
}
export type Leases = ReturnType<typeof createLeases>;
