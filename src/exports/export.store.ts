import type { Connection } from 'mongoose';
import { insertOnce } from '../database/insert.ts';
import { date, oneOf, openModel, text } from '../database/model.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import { EXPORT_KINDS, type Export } from './export.ts';

export const exportIndexes: IndexDeclaration[] = [
  { collection: 'exports', key: { askedAt: -1 }, options: { name: 'askedAt' } },
];

/** Who may take what away, until when. */
export function createExportStore(connection: Connection) {
  const exports = openModel<Export>(connection, 'exports', {
    _id: text,
    kind: oneOf(EXPORT_KINDS),
    petitionId: String,
    why: text,
    askedBy: text,
    askedAt: date,
    grantedBy: String,
    grantedAt: Date,
    endedBy: String,
    endedAt: Date,
  });

  const insertExport = (one: Export) => insertOnce(exports, one);
  const findExport = async (id: string) => exports.findOne({ _id: id }).read('primary').lean<Export>();

  /** The newest first. */
  const listExports = async (limit: number) =>
    exports.find({}).sort({ askedAt: -1 }).limit(limit).read('primary').lean<Export[]>();

  /** False when somebody else has granted or ended it. */
  async function grant(id: string, by: string, at: Date): Promise<boolean> {
    const waiting = { _id: id, grantedAt: { $exists: false }, endedAt: { $exists: false } };
    const { matchedCount } = await exports.updateOne(waiting, { $set: { grantedBy: by, grantedAt: at } });
    return matchedCount === 1;
  }

  async function end(id: string, by: string, at: Date): Promise<boolean> {
    const live = { _id: id, endedAt: { $exists: false } };
    const { matchedCount } = await exports.updateOne(live, { $set: { endedBy: by, endedAt: at } });
    return matchedCount === 1;
  }

  return { insertExport, findExport, listExports, grant, end };
}
export type ExportStore = ReturnType<typeof createExportStore>;
