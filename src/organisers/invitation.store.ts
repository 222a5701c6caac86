import type { Connection } from 'mongoose';
import { insertOnce } from '../database/insert.ts';
import { date, maybeOneOf, oneOf, openModel, text } from '../database/model.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import { INVITATION_KINDS, type Invitation, type InvitationKind } from './invitation.ts';
import { ROLES } from './organiser.ts';

export const invitationIndexes: IndexDeclaration[] = [
  { collection: 'invitations', key: { expiresAt: 1 }, options: { name: 'expiresAt' } },
];

/** Links that are used once: the database has their hashes. */
export function createInvitationStore(connection: Connection) {
  const invitations = openModel<Invitation>(connection, 'invitations', {
    _id: text,
    ref: text,
    kind: oneOf(INVITATION_KINDS),
    role: maybeOneOf(ROLES),
    organiser: String,
    sealed: Buffer,
    addressKey: String,
    createdAt: date,
    expiresAt: date,
  });

  const insertInvitation = (invitation: Invitation) => insertOnce(invitations, invitation);

  const findInvitation = async (id: string, kind: InvitationKind, now: Date) =>
    invitations
      .findOne({ _id: id, kind, expiresAt: { $gt: now } })
      .read('primary')
      .lean<Invitation>();

  /** False when somebody was first: it is used once. */
  async function useInvitation(id: string, now: Date): Promise<boolean> {
    return (await invitations.deleteOne({ _id: id, expiresAt: { $gt: now } })).deletedCount === 1;
  }

  const listInvitations = async (kind: InvitationKind, now: Date) =>
    invitations
      .find({ kind, expiresAt: { $gt: now } })
      .sort({ createdAt: 1 })
      .read('primary')
      .lean<Invitation[]>();

  async function deleteByRef(ref: string): Promise<void> {
    await invitations.deleteOne({ ref });
  }

  async function deleteKind(kind: InvitationKind): Promise<void> {
    await invitations.deleteMany({ kind });
  }

  /** Those of an account that were sent before. */
  async function deleteOf(organiser: string, kind: InvitationKind): Promise<void> {
    await invitations.deleteMany({ organiser, kind });
  }

  async function deleteExpired(now: Date): Promise<void> {
    await invitations.deleteMany({ expiresAt: { $lte: now } });
  }

  return {
    insertInvitation,
    findInvitation,
    useInvitation,
    listInvitations,
    deleteByRef,
    deleteKind,
    deleteOf,
    deleteExpired,
  };
}
export type InvitationStore = ReturnType<typeof createInvitationStore>;
