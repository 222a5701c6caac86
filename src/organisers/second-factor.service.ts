import type { KeyObject } from 'node:crypto';
import { type Clock, MINUTE } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import type { Sealer } from '../lib/sealed.ts';
import type { OrganiserStore } from './organiser.store.ts';
import { type Organiser, organiserContext } from './organiser.ts';
import type { SlowDown } from './slow-down.service.ts';
import type { Tickets } from './ticket.service.ts';
import { hashRecoveryCode, newRecoveryCodes } from './tokens.ts';
import { newTotpSecret, totpStepOf } from './totp.ts';

const TICKET_MS = 60 * MINUTE;
const RECOVERY_LETTERS = 12;

/** An app that counts codes, and recovery codes for the day when the telephone is lost. */
export function createSecondFactor(deps: {
  store: Pick<OrganiserStore, 'takeStep' | 'takeCode' | 'setSecret'>;
  tickets: Tickets;
  slowDown: SlowDown;
  sealer: Sealer;
  recoveryKey: KeyObject;
  clock: Clock;
}) {
  const { store, tickets, slowDown, sealer, recoveryKey, clock } = deps;

  /** A secret that is theirs only once a code of it was typed. */
  function offerSecret({ _id }: Organiser, again?: string): { secret: string; ticket: string } {
    const secret = (again && tickets.read<string>(`app:${_id}`, again, TICKET_MS)) || newTotpSecret();
    return { secret, ticket: tickets.mint(`app:${_id}`, secret) };
  }

  /** False when the code is not one of the secret that was offered. */
  async function takeSecret({ _id }: Organiser, ticket: string, code: string): Promise<boolean> {
    const secret = tickets.read<string>(`app:${_id}`, ticket, TICKET_MS);
    const step = secret === undefined ? undefined : totpStepOf(secret, code, clock.now());
    if (!secret || step === undefined) return false;
    return store.setSecret(_id, sealer.seal(secret, secretContext(_id)), step, clock.now());
  }

  /** Ten codes that are theirs only once one of them was typed back. */
  function offerCodes({ _id }: Organiser, again?: string): { codes: string[]; ticket: string } {
    const codes = (again && tickets.read<string[]>(`codes:${_id}`, again, TICKET_MS)) || newRecoveryCodes();
    return { codes, ticket: tickets.mint(`codes:${_id}`, codes) };
  }

  /** The hashes to keep, or undefined when what was typed is none of the codes. */
  function readCodes({ _id }: Organiser, ticket: string, typed: string): string[] | undefined {
    const codes = tickets.read<string[]>(`codes:${_id}`, ticket, TICKET_MS);
    const hashes = codes?.map((code) => hashRecoveryCode(recoveryKey, code));
    return hashes?.includes(hashRecoveryCode(recoveryKey, typed)) ? hashes : undefined;
  }

  /**
   * A code of the app, or one of the recovery codes: each is taken once.
   * @throws SLOWED_DOWN, CREDENTIALS_REFUSED
   */
  async function prove(organiser: Organiser, typed: string): Promise<'app' | 'recovery'> {
    const tried = { factor: organiser._id };
    await slowDown.check(tried);
    const used = await take(organiser, typed);
    if (!used) {
      await slowDown.fail(tried);
      throw new AppError('CREDENTIALS_REFUSED');
    }
    await slowDown.forget(tried);
    return used;
  }

  async function take({ _id, totp }: Organiser, typed: string): Promise<'app' | 'recovery' | undefined> {
    if (typed.replace(/[^0-9A-Za-z]/g, '').length === RECOVERY_LETTERS)
      return (await store.takeCode(_id, hashRecoveryCode(recoveryKey, typed))) ? 'recovery' : undefined;
    if (!totp) return undefined;
    const step = totpStepOf(sealer.open<string>(totp, secretContext(_id)), typed, clock.now());
    return step !== undefined && (await store.takeStep(_id, step)) ? 'app' : undefined;
  }

  return { offerSecret, takeSecret, offerCodes, readCodes, prove };
}
export type SecondFactor = ReturnType<typeof createSecondFactor>;

const secretContext = (ref: string) => `${organiserContext(ref)}:app`;
