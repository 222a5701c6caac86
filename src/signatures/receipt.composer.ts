import type { Infra } from '../infra.ts';
import { addMilliseconds, SECOND } from '../lib/clock.ts';
import type { MailRoom } from '../mail/mail.room.ts';
import type { Composer, OutboxRow, Prepared } from '../mail/mail.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { phaseOf } from '../petitions/petition.ts';
import type { SignatureMail } from './signature.mail.ts';
import type { SignatureStore } from './signature.store.ts';
import { type Person, parseSignatureId, signatureContext } from './signature.ts';

/** The mail after confirming, with the manage link; it was asked for by the button. */
export function createReceiptComposer(
  deps: Pick<Infra, 'sealer' | 'clock'> &
    Pick<PetitionService, 'findPetition'> &
    Pick<MailRoom, 'findHold'> & {
      store: Pick<SignatureStore, 'findSignature'>;
      mail: SignatureMail;
      /** so long it may wait for its place in the count; 0 where no ledger works beside it */
      waitsForPlaceMs: number;
    },
): Composer {
  const { store, findPetition, findHold, mail, waitsForPlaceMs, sealer, clock } = deps;

  async function prepare(row: OutboxRow): Promise<Prepared> {
    const { petitionId, emailKey } = parseSignatureId(row.subjectId);
    const petition = await findPetition(petitionId);
    const signature = await store.findSignature(row.subjectId);
    if (!petition || signature?.state !== 'confirmed' || !signature.sealed)
      return { do: 'cancel', reason: 'gone' };
    const hold = await findHold(emailKey, 'all');
    if (hold) return hold === 'suppressed' ? { do: 'cancel', reason: hold } : { do: 'later', at: hold };
    const now = clock.now();
    const isUnplaced = signature.counted?.place === undefined;
    // The ledger takes a second; whoever it never places, since they are held, waits no longer than the others could.
    if (isUnplaced && addMilliseconds(row.createdAt, waitsForPlaceMs) > now)
      return { do: 'later', at: addMilliseconds(now, SECOND / 2) };
    const person = sealer.open<Person>(signature.sealed, signatureContext(signature._id));
    return {
      do: 'send',
      message: await mail.receipt({
        petition,
        signature,
        person,
        locale: signature.locale,
        isClosed: phaseOf(petition, now) === 'closed',
      }),
    };
  }

  return { prepare };
}
