import { randomInt } from 'node:crypto';
import type { Infra } from '../infra.ts';
import { addMilliseconds, DAY, MINUTE, SKEW_MS } from '../lib/clock.ts';
import type { MailRoom } from '../mail/mail.room.ts';
import type { Composer, OutboxRow, Prepared } from '../mail/mail.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { isConfirmable, type Petition, versionOf } from '../petitions/petition.ts';
import { isDisownedNetwork } from './disowned.ts';
import { type AnswerRequest, outboxContext } from './intake.service.ts';
import { reminderAfter } from './reminder.composer.ts';
import type { SignatureMail } from './signature.mail.ts';
import type { SignatureStore } from './signature.store.ts';
import {
  PENDING_DAYS,
  type Person,
  parseSignatureId,
  type Signature,
  signatureContext,
} from './signature.ts';

/** `taken back`: by who withdrew or erased after they had asked. */
type Live = Signature | 'changed' | 'taken back';
const TRIES = 5;

/** What is not sent leaves no row: its key is free for the next post (law 3). */
const REMOVE: Prepared = { do: 'remove' };

/**
 * Decides what an address that was posted receives: confirm, already signed, or nothing.
 * The browser learned none of this (law 3).
 */
export function createAnswerComposer(
  deps: Pick<Infra, 'sealer' | 'clock'> &
    Pick<PetitionService, 'findPetition'> &
    Pick<MailRoom, 'findRow' | 'findHold' | 'allowUnasked' | 'countNotMe'> & {
      store: Pick<
        SignatureStore,
        'findSignature' | 'reopenStub' | 'prolongPending' | 'insertAnew' | 'deleteAnew'
      >;
      mail: SignatureMail;
      /** a server has taken a mail with a link to confirm */
      noteMailed(petitionId: string): void;
    },
): Composer {
  const { store, findRow, findPetition, findHold, allowUnasked, mail, noteMailed, sealer, clock } = deps;

  async function prepare(row: OutboxRow): Promise<Prepared> {
    const { petitionId, emailKey } = parseSignatureId(row.subjectId);
    const petition = await findPetition(petitionId);
    if (!petition || !row.sealed) return REMOVE;
    const { email, locale, isForLink } = sealer.open<AnswerRequest>(row.sealed, outboxContext(row._id));
    for (let tries = 0; tries < TRIES; tries += 1) {
      const signature = await store.findSignature(row.subjectId);
      if (isForLink && signature?.state !== 'pending' && signature?.state !== 'confirmed') return REMOVE;
      const silence = await silenceFor(row, petition, signature, emailKey);
      if (silence) return silence;
      const live = signature
        ? await keepAlive(row, signature, email)
        : await askAnew(row, petition, { email, locale });
      if (live === 'taken back') return REMOVE;
      // It changed since it was read: what is there now decides.
      if (live === 'changed') continue;
      const input = { petition, signature: live, person: personOf(live), locale };
      const known = isForLink ? mail.lostLink : mail.alreadySigned;
      const message = await (live.state === 'confirmed' ? known(input) : mail.confirm(input));
      // A freed key comes again, and a mailbox shows but one of two mails with the same Message-ID.
      const id = `${row._id}:${row.createdAt.getTime()}`;
      // Not before its server has this one: whoever never got the link is reminded of nothing.
      const next = (takenAt: Date) => {
        if (live.state === 'pending') noteMailed(petition._id);
        return reminderAfter(live, takenAt);
      };
      return { do: 'send', message, id, next };
    }
    return { do: 'later', at: addMilliseconds(clock.now(), MINUTE) };
  }

  /**
   * A pending one has the whole time from its mail on, and a stub is opened again by what was asked for after it was
   * withdrawn.
   */
  async function keepAlive(row: OutboxRow, signature: Signature, email: string): Promise<Live> {
    const now = clock.now();
    const expiresAt = addMilliseconds(now, PENDING_DAYS * DAY);
    if (signature.state === 'pending') {
      const isFresh = Number(signature.expiresAt) > Number(expiresAt) - DAY;
      return isFresh || (await store.prolongPending(signature, expiresAt)) ? signature : 'changed';
    }
    if (signature.state !== 'withdrawn') return signature;
    if (isWithdrawnSince(signature, row, now)) return 'taken back';
    const sealed = sealer.seal({ name: '', email } satisfies Person, signatureContext(signature._id));
    const asked = { expiresAt, askedAt: row.createdAt };
    return (await store.reopenStub(signature._id, sealed, now, asked)) ?? 'changed';
  }

  /** One that lies ahead was written by a clock that was wrong, before it was put right: what was asked for came later. */
  function isWithdrawnSince({ withdrawnAt }: Signature, { createdAt }: OutboxRow, now: Date): boolean {
    return (
      withdrawnAt !== undefined && withdrawnAt > createdAt && withdrawnAt <= addMilliseconds(now, SKEW_MS)
    );
  }

  /**
   * The stub that stood in the way of what was asked for has been deleted since. Its details are asked for anew. Whoever
   * erases an address takes the row away first, so what comes after that is undone.
   */
  async function askAnew(row: OutboxRow, petition: Petition, request: AnswerRequest): Promise<Live> {
    const now = clock.now();
    if (addMilliseconds(row.createdAt, PENDING_DAYS * DAY) <= now) return 'taken back';
    const { email, locale } = request;
    const signature: Signature = {
      _id: row.subjectId,
      petitionId: petition._id,
      state: 'pending',
      held: false,
      consent: { showName: false, shareWords: false, updates: false },
      country: '',
      source: 'direct',
      locale,
      textVersion: versionOf(petition),
      sealed: sealer.seal({ name: '', email } satisfies Person, signatureContext(row.subjectId)),
      linkVersion: randomInt(65_536),
      expiresAt: addMilliseconds(now, PENDING_DAYS * DAY),
      createdAt: row.createdAt,
    };
    if (!(await store.insertAnew(signature))) return 'changed';
    if ((await findRow(row._id)) !== null) return signature;
    await store.deleteAnew(signature);
    return 'taken back';
  }

  async function silenceFor(
    row: OutboxRow,
    petition: Petition,
    signature: Signature | null,
    emailKey: string,
  ): Promise<Prepared | undefined> {
    const now = clock.now();
    if (signature?.state === 'invalidated') return REMOVE;
    // It counts as signed when it was asked for, and not when this worker came to it.
    const isAsked = !signature || signature.state === 'withdrawn';
    const signedAt = isAsked ? row.createdAt : signature.createdAt;
    if (signature?.state !== 'confirmed' && !isConfirmable(petition, signedAt, now)) return REMOVE;
    const hold = await findHold(emailKey, 'all');
    if (hold) return hold === 'suppressed' ? REMOVE : { do: 'later', at: hold };
    if (await isDisownedNetwork(deps, signature?.network, now)) return REMOVE;
    // Withdrawing raises the version: what went before it does not stand in the way of signing anew.
    const mail = { id: row._id, about: `${row.subjectId}:${signature?.linkVersion ?? 'anew'}` };
    return (await allowUnasked(emailKey, mail, now)) ? undefined : REMOVE;
  }

  function personOf(signature: Signature): Person {
    if (!signature.sealed) throw new Error('a live signature without its person');
    return sealer.open<Person>(signature.sealed, signatureContext(signature._id));
  }

  return { prepare };
}
