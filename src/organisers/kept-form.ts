import { HOUR } from '../lib/clock.ts';
import { type TypedValues, typedValues } from '../lib/typed.ts';
import { ownPath } from './visit.ts';

/** A form that came when its sender was no longer signed in, or had to give the second factor again. */
export type KeptForm = { action: string; values: TypedValues };

type Tickets = {
  mint(purpose: string, value: unknown): string;
  read<T>(purpose: string, ticket: string, ttlMs: number): T | undefined;
};

/** Never kept: what proves who somebody is, and what belongs to one page alone. */
const SECRETS = new Set(['_token', 'password', 'current', 'code', 'credential', 'ticket', 'kept', 'next']);
const PURPOSE = 'kept';
const TTL_MS = 2 * HOUR;
/** Of characters: what is longer would not fit into the form that carries it. */
const LONGEST = 40_000;

export function keptFormOf(url: string, body: unknown): KeptForm | undefined {
  const values = Object.fromEntries(Object.entries(typedValues(body)).filter(([name]) => !SECRETS.has(name)));
  const size = Object.values(values).reduce((sum, value) => sum + value.length, 0);
  return size > 0 && size <= LONGEST ? { action: ownPath(url.split('?', 1)[0]), values } : undefined;
}

export function sealKept(tickets: Pick<Tickets, 'mint'>, kept: KeptForm): string {
  return tickets.mint(PURPOSE, kept);
}

export function openKept(tickets: Pick<Tickets, 'read'>, ticket: string | undefined): KeptForm | undefined {
  return ticket ? tickets.read<KeptForm>(PURPOSE, ticket, TTL_MS) : undefined;
}
