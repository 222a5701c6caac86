import type { Connection } from 'mongoose';
import { insertOnce } from '../database/insert.ts';
import { date, openModel, text } from '../database/model.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import type { DraftLink } from './draft-link.ts';

export const draftLinkIndexes: IndexDeclaration[] = [
  { collection: 'draft-links', key: { petitionId: 1 }, options: { name: 'petitionId' } },
];

/** Links that show a draft to somebody without an account: the database has their hashes alone. */
export function createDraftLinkStore(connection: Connection) {
  const links = openModel<DraftLink>(connection, 'draft-links', {
    _id: text,
    ref: text,
    petitionId: text,
    by: text,
    createdAt: date,
    expiresAt: date,
  });

  const insertLink = (link: DraftLink) => insertOnce(links, link);

  const findLink = async (hash: string, now: Date) =>
    links
      .findOne({ _id: hash, expiresAt: { $gt: now } })
      .read('primary')
      .lean<DraftLink>();

  const listLinks = async (petitionId: string, now: Date) =>
    links
      .find({ petitionId, expiresAt: { $gt: now } })
      .sort({ createdAt: 1 })
      .lean<DraftLink[]>();

  async function revokeLink(petitionId: string, ref: string): Promise<boolean> {
    return (await links.deleteOne({ petitionId, ref })).deletedCount === 1;
  }

  /** Also those that have run out: whoever makes a new one clears the old ones away. */
  async function deleteExpired(now: Date): Promise<void> {
    await links.deleteMany({ expiresAt: { $lte: now } });
  }

  return { insertLink, findLink, listLinks, revokeLink, deleteExpired };
}
export type DraftLinkStore = ReturnType<typeof createDraftLinkStore>;
