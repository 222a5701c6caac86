import { addMilliseconds, type Clock, HOUR, MINUTE } from '../lib/clock.ts';
import { newRef } from '../lib/ref.ts';
import type { SessionStore } from './session.store.ts';
import type { Session, Stage } from './session.ts';
import { hashToken, newToken } from './tokens.ts';

const IDLE_MS = 30 * MINUTE;
const WHOLE_MS = 12 * HOUR;
/** Before this is over a session is not written again for having been seen. */
const SEEN_EVERY_MS = MINUTE;
/** How long the second factor counts for what asks for it again. */
const PROOF_MS = 10 * MINUTE;

/** Where somebody signs in from. */
export type From = { network: string; browser: string };

/** Sessions: in the database, so that they can be listed and ended; the browser has a token, and the database its hash. */
export function createSessionService({ store, clock }: { store: SessionStore; clock: Clock }) {
  /** @returns what the browser carries from now on */
  async function start(organiser: string, stage: Stage, { network, browser }: From): Promise<string> {
    const now = clock.now();
    await store.deleteExpired(now);
    const token = newToken();
    await store.insertSession({
      _id: hashToken(token),
      ref: newRef(),
      organiser,
      stage,
      startedAt: now,
      seenAt: now,
      endsAt: addMilliseconds(now, WHOLE_MS),
      ...(stage === 'full' && { provedAt: now }),
      network,
      browser,
    });
    return token;
  }

  /**
   * The session of this token while it lasts: 30 minutes without a visit, 12 hours in all. A page that looks again `byItself`
   * is no visit: else one that stays open would keep its session.
   */
  async function find(token: string, byItself = false): Promise<Session | undefined> {
    const now = clock.now();
    const session = await store.findSession(hashToken(token));
    if (!session || session.endsAt <= now || addMilliseconds(session.seenAt, IDLE_MS) <= now)
      return undefined;
    if (!byItself && addMilliseconds(session.seenAt, SEEN_EVERY_MS) <= now)
      await store.noteSeen(session._id, now);
    return session;
  }

  /** The second factor was given: a whole session in the place of this one, under another token. */
  async function raise(session: Session): Promise<string> {
    await store.endSession(session._id);
    return start(session.organiser, 'full', session);
  }

  const isProved = ({ provedAt }: Session) =>
    provedAt !== undefined && addMilliseconds(provedAt, PROOF_MS) > clock.now();

  /** Those that still last. */
  async function list(organiser: string): Promise<Session[]> {
    const now = clock.now();
    const found = await store.listSessions(organiser);
    return found.filter(({ endsAt, seenAt }) => endsAt > now && addMilliseconds(seenAt, IDLE_MS) > now);
  }

  return {
    start,
    find,
    raise,
    isProved,
    list,
    end: ({ _id }: Session) => store.endSession(_id),
    endByRef: store.endByRef,
    endAll: (organiser: string, but?: Session) => store.endAll(organiser, but?._id),
  };
}
export type SessionService = ReturnType<typeof createSessionService>;
