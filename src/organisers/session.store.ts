import type { Connection } from 'mongoose';
import { insertOnce } from '../database/insert.ts';
import { date, oneOf, openModel, text } from '../database/model.ts';
import type { IndexDeclaration } from '../lib/indexes.ts';
import { type Session, STAGES } from './session.ts';

export const sessionIndexes: IndexDeclaration[] = [
  { collection: 'sessions', key: { organiser: 1 }, options: { name: 'organiser' } },
  { collection: 'sessions', key: { endsAt: 1 }, options: { name: 'endsAt' } },
];

/** Who is signed in, by the hash of what their browser carries. */
export function createSessionStore(connection: Connection) {
  const sessions = openModel<Session>(connection, 'sessions', {
    _id: text,
    ref: text,
    organiser: text,
    stage: oneOf(STAGES),
    startedAt: date,
    seenAt: date,
    endsAt: date,
    provedAt: Date,
    network: text,
    browser: text,
  });

  const insertSession = (session: Session) => insertOnce(sessions, session);
  const findSession = async (id: string) => sessions.findOne({ _id: id }).read('primary').lean<Session>();
  const listSessions = async (organiser: string) =>
    sessions.find({ organiser, stage: 'full' }).sort({ seenAt: -1 }).read('primary').lean<Session[]>();

  async function noteSeen(id: string, now: Date): Promise<void> {
    await sessions.updateOne({ _id: id }, { $set: { seenAt: now } });
  }

  async function endSession(id: string): Promise<void> {
    await sessions.deleteOne({ _id: id });
  }

  /** One of somebody's own, by its name in their list. */
  async function endByRef(organiser: string, ref: string): Promise<void> {
    await sessions.deleteOne({ organiser, ref });
  }

  /** All of them but one. */
  async function endAll(organiser: string, but = ''): Promise<void> {
    await sessions.deleteMany({ organiser, _id: { $ne: but } });
  }

  async function deleteExpired(now: Date): Promise<void> {
    await sessions.deleteMany({ endsAt: { $lte: now } });
  }

  return {
    insertSession,
    findSession,
    listSessions,
    noteSeen,
    endSession,
    endByRef,
    endAll,
    deleteExpired,
  };
}
export type SessionStore = ReturnType<typeof createSessionStore>;
