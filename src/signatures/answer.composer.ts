import { addMilliseconds, type Clock, DAY } from '../lib/clock.ts';
import type { Sealer } from '../lib/sealed.ts';
import type { Composer, Hold, OutboxRow, Prepared } from '../mail/mail.ts';
import { isConfirmable, type Petition } from '../petitions/petition.ts';
import { type AnswerRequest, outboxContext } from './intake.service.ts';
import type { SignatureMail } from './signature.mail.ts';
import type { SignatureStore } from './signature.store.ts';
import {
  PENDING_DAYS,
  type Person,
  parseSignatureId,
  type Signature,
  signatureContext,
} from './signature.ts';

/** So many "it was not me" from one network in a day, and what it posts is mailed to nobody (law 17). */
const NOT_ME_LIMIT = 3;

/** What is not sent leaves no row: its key is free for the next post (law 3). */
const REMOVE: Prepared = { do: 'remove' };

/**
 * Decides what an address that was posted receives: confirm, already signed, or nothing.
 * The browser learned none of this (law 3).
 */
export function createAnswerComposer(deps: {
  store: Pick<SignatureStore, 'findSignature' | 'reopenStub'>;
  findPetition(slug: string): Promise<Petition | null>;
  findHold(emailKey: string, scope: 'all'): Promise<Hold | undefined>;
  allowUnasked(emailKey: string, mail: { id: string; about: string }, now: Date): Promise<boolean>;
  countNotMe(network: string, since: Date): Promise<number>;
  mail: SignatureMail;
  sealer: Sealer;
  clock: Clock;
}): Composer {
  const { store, findPetition, findHold, allowUnasked, countNotMe, mail, sealer, clock } = deps;

  async function prepare(row: OutboxRow): Promise<Prepared> {
    const { petitionId, emailKey } = parseSignatureId(row.subjectId);
    const petition = await findPetition(petitionId);
    const signature = await store.findSignature(row.subjectId);
    if (!petition || !signature || !row.sealed) return REMOVE;
    const silence = await silenceFor(row, petition, signature, emailKey);
    if (silence) return silence;
    const { email, locale } = sealer.open<AnswerRequest>(row.sealed, outboxContext(row._id));
    const live = signature.state === 'withdrawn' ? await reopen(signature, email, row.createdAt) : signature;
    if (!live) return REMOVE;
    const input = { petition, signature: live, person: personOf(live), locale };
    const message = await (live.state === 'confirmed' ? mail.alreadySigned(input) : mail.confirm(input));
    // A freed key comes again, and a mailbox shows but one of two mails with the same Message-ID.
    return { do: 'send', message, id: `${row._id}:${row.createdAt.getTime()}` };
  }

  async function silenceFor(
    row: OutboxRow,
    petition: Petition,
    signature: Signature,
    emailKey: string,
  ): Promise<Prepared | undefined> {
    const now = clock.now();
    if (signature.state === 'invalidated') return REMOVE;
    const signedAt = signature.state === 'withdrawn' ? row.createdAt : signature.createdAt;
    if (signature.state !== 'confirmed' && !isConfirmable(petition, signedAt, now)) return REMOVE;
    const hold = await findHold(emailKey, 'all');
    if (hold) return hold === 'suppressed' ? REMOVE : { do: 'later', at: hold };
    const { network } = signature;
    if (network && (await countNotMe(network, addMilliseconds(now, -DAY))) >= NOT_ME_LIMIT) return REMOVE;
    // Withdrawing raises the version: what went before it does not stand in the way of signing anew.
    const mail = { id: row._id, about: `${signature._id}:${signature.linkVersion}` };
    return (await allowUnasked(emailKey, mail, now)) ? undefined : REMOVE;
  }

  /** It counts as signed when it was asked for, and not when this worker came to it. */
  async function reopen(stub: Signature, email: string, askedAt: Date): Promise<Signature | null> {
    const now = clock.now();
    const sealed = sealer.seal({ name: '', email } satisfies Person, signatureContext(stub._id));
    return store.reopenStub(stub._id, sealed, askedAt, addMilliseconds(now, PENDING_DAYS * DAY));
  }

  function personOf(signature: Signature): Person {
    if (!signature.sealed) throw new Error('a live signature without its person');
    return sealer.open<Person>(signature.sealed, signatureContext(signature._id));
  }

  return { prepare };
}
