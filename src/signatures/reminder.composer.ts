import type { Infra } from '../infra.ts';
import { addMilliseconds, DAY, HOUR } from '../lib/clock.ts';
import type { MailRoom } from '../mail/mail.room.ts';
import type { Composer, OutboxRow, Prepared } from '../mail/mail.ts';
import { dueRow } from '../mail/mail.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { isConfirmable } from '../petitions/petition.ts';
import { isDisownedNetwork } from './disowned.ts';
import type { SignatureMail } from './signature.mail.ts';
import type { SignatureStore } from './signature.store.ts';
import {
  PENDING_DAYS,
  type Person,
  parseSignatureId,
  type Signature,
  signatureContext,
} from './signature.ts';

/** So long after the confirm mail was taken by its server. */
const AFTER_MS = 48 * HOUR;
/** No row waits longer without being looked at; many have confirmed by then. */
const FIRST_LOOK_MS = DAY;
/** The row of a reminder stays 30 days after its end: as long as none is planned, or goes, after these, none can come twice. */
const PLANNED_WITHIN_MS = (PENDING_DAYS - 2) * DAY;

/** One for each time that a signature waits for its owner: withdrawing and signing anew raise the version. */
function reminderId({ _id, linkVersion }: Pick<Signature, '_id' | 'linkVersion'>): string {
  return `reminder:${_id}:${linkVersion}`;
}

/** The one reminder, as the server takes the confirm mail of this signature; the first row of it stays. */
export function reminderAfter(signature: Signature, now: Date): OutboxRow | undefined {
  if (signature.state !== 'pending' || signature.held) return undefined;
  if (isTooLate(signature, now)) return undefined;
  const row = {
    _id: reminderId(signature),
    kind: 'reminder',
    audience: 'person' as const,
    subjectId: signature._id,
    emailKey: parseSignatureId(signature._id).emailKey,
    isOnce: true,
  };
  return dueRow(row, now, addMilliseconds(now, FIRST_LOOK_MS));
}

function isTooLate({ createdAt }: Pick<Signature, 'createdAt'>, now: Date): boolean {
  return addMilliseconds(createdAt, PLANNED_WITHIN_MS) <= now;
}

/** Reminds once, inside what law 17 allows; says nothing where anything has happened meanwhile. */
export function createReminderComposer(
  deps: Pick<Infra, 'sealer' | 'clock'> &
    Pick<PetitionService, 'findPetition'> &
    Pick<MailRoom, 'findHold' | 'allowUnasked' | 'countNotMe'> & {
      store: Pick<SignatureStore, 'findSignature'>;
      mail: Pick<SignatureMail, 'reminder'>;
    },
): Composer {
  const { store, findPetition, findHold, allowUnasked, mail, sealer, clock } = deps;

  async function prepare(row: OutboxRow): Promise<Prepared> {
    const { petitionId, emailKey } = parseSignatureId(row.subjectId);
    const now = clock.now();
    const petition = await findPetition(petitionId);
    const signature = await store.findSignature(row.subjectId);
    if (!petition || !isWaiting(row, signature)) return cancel('gone');
    if (!isConfirmable(petition, signature.createdAt, now)) return cancel('closed');
    // Its link has little time left; who asks for a new one in these days must not be told that enough was sent.
    if (isTooLate(signature, now)) return cancel('late');
    const at = addMilliseconds(row.createdAt, AFTER_MS);
    if (now < at) return { do: 'later', at };
    const hold = await findHold(emailKey, 'all');
    if (hold) return hold === 'suppressed' ? cancel(hold) : { do: 'later', at: hold };
    if (await isDisownedNetwork(deps, signature.network, now)) return cancel('disowned');
    const unasked = { id: row._id, about: `${row.subjectId}:${signature.linkVersion}` };
    if (!(await allowUnasked(emailKey, unasked, now))) return cancel('enough was sent');
    const person = sealer.open<Person>(signature.sealed, signatureContext(signature._id));
    const message = await mail.reminder({ petition, signature, person, locale: signature.locale });
    return { do: 'send', message };
  }

  return { prepare };
}

/** Pending, not held, and the very one that the confirm mail was about. */
function isWaiting(row: OutboxRow, signature: Signature | null): signature is Signature & { sealed: Buffer } {
  return (
    signature?.state === 'pending' &&
    !signature.held &&
    signature.sealed !== undefined &&
    reminderId(signature) === row._id
  );
}

function cancel(reason: string): Prepared {
  return { do: 'cancel', reason };
}
