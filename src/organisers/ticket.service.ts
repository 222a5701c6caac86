import { addMilliseconds, type Clock } from '../lib/clock.ts';
import { decrypt, encrypt, type KeySet } from '../lib/sealed.ts';

/**
 * What a page has to remember until its form comes back, sealed in a hidden field of that form: nothing is stored for a
 * page that was only looked at.
 */
export function createTickets({ keys, clock }: { keys: KeySet; clock: Clock }) {
  function mint(purpose: string, value: unknown): string {
    const plain = Buffer.from(JSON.stringify({ at: clock.now().getTime(), value }));
    const sealed = encrypt(keys.current.secret, plain, contextOf(purpose));
    return Buffer.concat([Buffer.from([keys.current.id]), sealed]).toString('base64url');
  }

  /** Undefined when it was altered, is of another purpose, or too old. */
  function read<T>(purpose: string, ticket: string, ttlMs: number): T | undefined {
    const bytes = Buffer.from(ticket, 'base64url');
    const key = keys.all.get(bytes[0] ?? 0);
    if (!key) return undefined;
    try {
      const plain = decrypt(key.secret, bytes.subarray(1), contextOf(purpose));
      const { at, value } = JSON.parse(plain.toString()) as { at: number; value: T };
      return addMilliseconds(new Date(at), ttlMs) > clock.now() ? value : undefined;
    } catch {
      return undefined;
    }
  }

  return { mint, read };
}
export type Tickets = ReturnType<typeof createTickets>;

const contextOf = (purpose: string) => `ticket:${purpose}`;
