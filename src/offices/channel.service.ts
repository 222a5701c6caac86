import type { Infra } from '../infra.ts';
import { type Actor, byOf } from '../lib/actor.ts';
import { addMilliseconds, HOUR, utcDay } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import { readInput } from '../lib/form-faults.ts';
import {
  addChannel,
  blockChannel,
  blockEmail,
  type Failure,
  failChannel,
  liftDoNotContact,
  putVerified,
  recoverChannel,
  removeChannel,
  setDoNotContact,
  signedBy,
  unblockChannel,
} from './channels.ts';
import { NewChannel, Reason, VerifiedEmail } from './office.schema.ts';
import type { OfficeStore } from './office.store.ts';
import type { Channel, Office } from './office.ts';

/** A day that has begun somewhere on earth (UTC+14) is not in the future. */
const EASTERNMOST_OFFSET = 14 * HOUR;

/** How an office is reached, and that it is no more. */
export function createChannelService(
  deps: Pick<Infra, 'clock' | 'logger'> &
    Pick<OfficeStore, 'findOffice'> & {
      getOffice(id: string): Promise<Office>;
      change(id: string, how: (office: Office) => Office): Promise<Office>;
    },
) {
  const { findOffice, getOffice, change, clock, logger } = deps;

  /** What happens to a channel says who did it. */
  async function changeBy(actor: Actor, id: string, how: (office: Office) => Office): Promise<Office> {
    return change(id, (before) => signedBy(byOf(actor), before, how(before)));
  }

  /**
   * Makes an address the one that is written to, with the page that publishes it and the day it was checked.
   * @throws OFFICE_NOT_FOUND; OFFICE_CHANNEL_INVALID naming each fault; OFFICE_IS_HELPLINE
   */
  async function verifyEmailChannel(
    actor: Actor,
    id: string,
    given: Record<string, unknown>,
  ): Promise<Office> {
    const { isPostOnly, name } = await getOffice(id);
    if (isPostOnly)
      throw refused(`${name.en} is written to by post only: it serves people in need.`, {
        fault: 'postOnly',
      });
    const { email, source, checked } = readInput(VerifiedEmail, given, 'OFFICE_CHANNEL_INVALID');
    const channel = verified({ kind: 'email', value: email, source, checked });
    const office = await changeBy(actor, id, (before) => putVerified(before, channel, clock.now()));
    logger.info({ officeId: id, by: byOf(actor) }, 'office.channel-verified');
    return office;
  }

  /** @throws OFFICE_NOT_FOUND, OFFICE_CHANNEL_INVALID, OFFICE_IS_HELPLINE */
  async function addOfficeChannel(actor: Actor, id: string, given: Record<string, unknown>): Promise<Office> {
    const read = readInput(NewChannel, given, 'OFFICE_CHANNEL_INVALID');
    if (read.kind === 'via') await checkVia(id, read.value);
    const channel = verified(read);
    return changeBy(actor, id, (office) => addChannel(office, channel, clock.now()));
  }

  /** Mail takes one step at most: the office that passes it on is reached itself. */
  async function checkVia(id: string, viaId: string): Promise<void> {
    const via = await findOffice(viaId);
    if (!via)
      throw refused(`value: there is no office "${viaId}" (office list).`, {
        field: 'value',
        fault: 'via',
      });
    const further = via.channels.find(({ kind }) => kind === 'via');
    if (viaId === id || further)
      throw refused(`value: ${viaId} is itself reached via ${further?.value ?? 'itself'}.`, {
        field: 'value',
        fault: 'via',
      });
  }

  function verified(read: {
    kind: Channel['kind'];
    value: string;
    source?: string;
    checked?: string;
  }): Channel {
    const { kind, value, source, checked } = read;
    if (checked && checked > utcDay(addMilliseconds(clock.now(), EASTERNMOST_OFFSET)))
      throw refused('checked: lies in the future', { field: 'checked', fault: 'future' });
    if (source && checked) return { kind, value, state: 'verified', source, verifiedOn: checked };
    if (source || checked)
      throw refused('source and checked go together: the page, and the day you saw it.', {
        field: source ? 'checked' : 'source',
        fault: 'together',
      });
    return { kind, value, state: 'unverified' };
  }

  /** @param word the value of a channel, or its kind. @throws OFFICE_NOT_FOUND, OFFICE_CHANNEL_INVALID */
  async function removeOfficeChannel(actor: Actor, id: string, word: string): Promise<Office> {
    return changeBy(actor, id, (office) => removeChannel(office, word, clock.now()));
  }
  async function blockOfficeChannel(
    actor: Actor,
    id: string,
    word: string,
    reason?: string,
  ): Promise<Office> {
    return changeBy(actor, id, (office) => blockChannel(office, word, clock.now(), reason));
  }
  async function unblockOfficeChannel(actor: Actor, id: string, word: string): Promise<Office> {
    return changeBy(actor, id, (office) => unblockChannel(office, word, clock.now()));
  }

  /** Nothing more is sent to it. @throws OFFICE_NOT_FOUND; OFFICE_CHANNEL_INVALID when it has no e-mail channel */
  async function blockEmailChannel(actor: Actor, id: string, reason?: string): Promise<Office> {
    const office = await changeBy(actor, id, (before) => blockEmail(before, clock.now(), reason));
    logger.info({ officeId: id, by: byOf(actor), ...(reason && { reason }) }, 'office.channel-blocked');
    return office;
  }

  /**
   * A mail to it came back: after one "no such address", or three others, nothing more is sent there.
   * @throws OFFICE_NOT_FOUND
   */
  async function failOfficeChannel(id: string, failure: Failure): Promise<Office> {
    let before: Office | undefined;
    const office = await change(id, (one) => {
      before = one;
      return failChannel(one, failure);
    });
    const last = office.changes?.at(-1);
    if (office === before || !last) return office;
    const { change: what, reason } = last;
    const level = what === 'failing' ? 'error' : 'warn';
    logger[level]({ officeId: id, reason, deliveryId: failure.deliveryId }, `office.channel-${what}`);
    return office;
  }

  /** The mail of this delivery arrived after all. @throws OFFICE_NOT_FOUND */
  async function recoverOfficeChannel(id: string, deliveryId: string): Promise<Office> {
    let before: Office | undefined;
    const office = await change(id, (one) => {
      before = one;
      return recoverChannel(one, deliveryId, clock.now());
    });
    if (office !== before) logger.warn({ officeId: id, deliveryId }, 'office.channel-recovered');
    return office;
  }

  /** @throws OFFICE_NOT_FOUND, OFFICE_CHANNEL_INVALID */
  async function markDoNotContact(actor: Actor, id: string, given: unknown): Promise<Office> {
    const reason = readInput(Reason, given, 'OFFICE_CHANNEL_INVALID');
    return changeBy(actor, id, (office) => setDoNotContact(office, reason, clock.now()));
  }
  async function liftMark(actor: Actor, id: string): Promise<Office> {
    return changeBy(actor, id, (office) => liftDoNotContact(office, clock.now()));
  }

  return {
    verifyEmailChannel,
    addChannel: addOfficeChannel,
    removeChannel: removeOfficeChannel,
    blockChannel: blockOfficeChannel,
    unblockChannel: unblockOfficeChannel,
    blockEmailChannel,
    failChannel: failOfficeChannel,
    recoverChannel: recoverOfficeChannel,
    markDoNotContact,
    liftDoNotContact: liftMark,
  };
}

function refused(message: string, says: { field?: string; fault: string }): AppError {
  return new AppError('OFFICE_CHANNEL_INVALID', { message, ...says });
}
