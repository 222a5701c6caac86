import type { Connection } from 'mongoose';
import { insertOnce } from '../database/insert.ts';
import { date, openModel, text } from '../database/model.ts';
import { addMilliseconds, DAY } from '../lib/clock.ts';

/** Somebody said that they see to what waits: `_id` names it, as Today lists it. */
export type Claim = { _id: string; by: string; at: Date };

/** Whoever has not let go of it, and not dealt with it, by then has forgotten it. */
const KEPT_DAYS = 30;

export function createClaimStore(connection: Connection) {
  const claims = openModel<Claim>(connection, 'claims', { _id: text, by: text, at: date });

  const listClaims = async () => claims.find().lean<Claim[]>();

  /** False when somebody has it already: the first stays. */
  async function putClaim(claim: Claim): Promise<boolean> {
    await claims.deleteMany({ at: { $lt: addMilliseconds(claim.at, -KEPT_DAYS * DAY) } });
    return insertOnce(claims, claim);
  }

  /** Only one's own. */
  async function removeClaim(id: string, by: string): Promise<boolean> {
    return (await claims.deleteOne({ _id: id, by })).deletedCount === 1;
  }

  return { listClaims, putClaim, removeClaim };
}
export type ClaimStore = ReturnType<typeof createClaimStore>;
