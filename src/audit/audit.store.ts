import type { Connection, QueryFilter } from 'mongoose';
import { insertOnce } from '../database/insert.ts';
import { count, date, maybeOneOf, openModel, part, text } from '../database/model.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import { type AuditEntry, type Change, OUTCOMES } from './act.ts';

export const auditIndexes: IndexDeclaration[] = [
  { collection: 'audit', key: { at: -1 }, options: { name: 'at' } },
  { collection: 'audit', key: { ends: 1 }, options: { name: 'ends', sparse: true } },
];

export type AuditFilter = { by?: string; act?: string; of?: string; from?: Date; to?: Date; before?: number };

/** Append-only: nothing here changes or removes a line. What an earlier version wrote has no `seq`, and is not read. */
export function createAuditStore(connection: Connection) {
  const lines = openModel<AuditEntry>(connection, 'audit', {
    _id: text,
    seq: { ...count, min: 1 },
    at: date,
    by: text,
    act: text,
    of: [text],
    changes: [part<Change>({ field: text, from: String, to: String })],
    why: String,
    network: String,
    ends: Number,
    outcome: maybeOneOf(OUTCOMES),
    previousHash: text,
    hash: text,
  });

  /** The one commit point. False when another writer was first with this seq. */
  const insertEntry = (entry: AuditEntry) => insertOnce(lines, entry);

  const findNewest = async () =>
    lines
      .findOne({ seq: { $gt: 0 } })
      .sort({ _id: -1 })
      .read('primary')
      .lean<AuditEntry>();

  /** Acts without their ends, the newest first. */
  const listActs = async (filter: AuditFilter, limit: number) =>
    lines.find(toQuery(filter)).sort({ _id: -1 }).limit(limit).read('primary').lean<AuditEntry[]>();

  /** The lines that end these. */
  const listEnds = async (seqs: readonly number[]) =>
    lines
      .find({ ends: { $in: [...seqs] } })
      .read('primary')
      .lean<AuditEntry[]>();

  function streamEntries(): AsyncIterable<AuditEntry> {
    return lines
      .find({ seq: { $gt: 0 } })
      .sort({ _id: 1 })
      .read('primary')
      .lean<AuditEntry[]>()
      .cursor();
  }

  return { insertEntry, findNewest, listActs, listEnds, streamEntries };
}
export type AuditStore = ReturnType<typeof createAuditStore>;

function toQuery({ by, act, of, from, to, before }: AuditFilter): QueryFilter<AuditEntry> {
  return {
    ends: { $exists: false },
    seq: { $gt: 0, ...(before !== undefined && { $lt: before }) },
    ...(by !== undefined && { by }),
    ...(act !== undefined && { act }),
    ...(of !== undefined && { of }),
    ...((from || to) && { at: { ...(from && { $gte: from }), ...(to && { $lt: to }) } }),
  };
}
