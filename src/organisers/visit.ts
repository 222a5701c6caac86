import type { Actor } from '../lib/actor.ts';
import { AppError } from '../lib/errors.ts';
import type { Locale } from '../lib/locales.ts';
import type { Organiser, Profile } from './organiser.ts';
import type { Session } from './session.ts';

/** Somebody before a page of the console, known or not. */
export type Visit = {
  /** what their browser carries, also before they sign in: forms are bound to it */
  cookie: string;
  /** keyed */
  network: string;
  browser: string;
  locale: Locale;
  session?: Session;
  me?: Me;
};

/** Who is signed in, or on the way there. */
export type Me = Organiser & { profile: Profile };

/** For what only a whole session reaches. */
export function meOf({ me }: Visit): Me {
  if (!me) throw new AppError('SIGNED_OUT');
  return me;
}

export function sessionOf({ session }: Visit): Session {
  if (!session) throw new AppError('SIGNED_OUT');
  return session;
}

export function actorOf(visit: Visit): Actor {
  return { via: 'console', organiser: meOf(visit)._id, network: visit.network };
}

export const HOME = '/organise';
const OWN_PATH = /^\/organise(?:\/(?:[\w.~:-]|%3A)+)*(?:\?[\w.~%=&-]*)?$/;

/** Where somebody wanted to go, when that is a page of the console; else Today. */
export function ownPath(typed: unknown): string {
  return typeof typed === 'string' && OWN_PATH.test(typed) && !/(^|\/)\.\.?($|[/?])/.test(typed)
    ? typed
    : HOME;
}
