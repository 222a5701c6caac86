import { addMilliseconds, type Clock, DAY } from '../lib/clock.ts';
import type { Sealer } from '../lib/sealed.ts';
import type { Composer, OutboxRow, Prepared } from '../mail/mail.ts';
import { isOpen, type Petition } from '../petitions/petition.ts';
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

/**
 * Decides what an address that was posted receives: confirm, already signed, or nothing.
 * The browser learned none of this (law 3).
 */
export function createAnswerComposer(deps: {
  store: Pick<SignatureStore, 'findSignature' | 'reopenStub'>;
  findPetition(slug: string): Promise<Petition | null>;
  isSuppressed(emailKey: string, scope: 'all'): Promise<boolean>;
  allowUnasked(emailKey: string, id: string, now: Date): Promise<boolean>;
  countNotMe(network: string, since: Date): Promise<number>;
  mail: SignatureMail;
  sealer: Sealer;
  clock: Clock;
}): Composer {
  const { store, findPetition, isSuppressed, allowUnasked, countNotMe, mail, sealer, clock } = deps;

  async function prepare(row: OutboxRow): Promise<Prepared> {
    const { petitionId, emailKey } = parseSignatureId(row.subjectId);
    const petition = await findPetition(petitionId);
    const signature = await store.findSignature(row.subjectId);
    if (!petition || !signature || !row.sealed) return cancel('gone');
    const refusal = await reasonForSilence(row, petition, signature, emailKey);
    if (refusal) return cancel(refusal);
    const { email, locale } = sealer.open<AnswerRequest>(row.sealed, outboxContext(row._id));
    if (signature.state === 'confirmed') {
      return {
        do: 'send',
        message: await mail.alreadySigned({ petition, signature, person: personOf(signature), locale }),
      };
    }
    const pending = signature.state === 'withdrawn' ? await reopen(signature, email) : signature;
    if (!pending) return cancel('gone');
    return {
      do: 'send',
      message: await mail.confirm({ petition, signature: pending, person: personOf(pending), locale }),
    };
  }

  async function reasonForSilence(
    row: OutboxRow,
    petition: Petition,
    signature: Signature,
    emailKey: string,
  ) {
    const now = clock.now();
    if (signature.state === 'invalidated') return 'invalidated';
    if (signature.state !== 'confirmed' && !isOpen(petition, now)) return 'closed';
    if (await isSuppressed(emailKey, 'all')) return 'suppressed';
    const { network } = signature;
    if (network && (await countNotMe(network, addMilliseconds(now, -DAY))) >= NOT_ME_LIMIT) return 'network';
    if (!(await allowUnasked(emailKey, row._id, now))) return 'limit';
    return undefined;
  }

  async function reopen(stub: Signature, email: string): Promise<Signature | null> {
    const now = clock.now();
    const sealed = sealer.seal({ name: '', email } satisfies Person, signatureContext(stub._id));
    return store.reopenStub(stub._id, sealed, now, addMilliseconds(now, PENDING_DAYS * DAY));
  }

  function personOf(signature: Signature): Person {
    if (!signature.sealed) throw new Error('a live signature without its person');
    return sealer.open<Person>(signature.sealed, signatureContext(signature._id));
  }

  return { prepare };
}

function cancel(reason: string): Prepared {
  return { do: 'cancel', reason };
}
