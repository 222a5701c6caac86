import type { Audit } from '../audit/audit.service.ts';
import type { Infra } from '../infra.ts';
import type { Actor } from '../lib/actor.ts';
import { AppError } from '../lib/errors.ts';
import type { MailRoom } from '../mail/mail.room.ts';
import { type Person, parseSignatureId, type Signature, signatureContext } from '../signatures/signature.ts';
import type { SignaturesRoom } from '../signatures/signatures.room.ts';
import { type Desk, namesOf } from './desk.service.ts';
import type { DeskStore } from './desk.store.ts';
import { actsOn, type DeskAct, standingOf } from './desk.ts';

/** What organisers do to one signature, each with its reason. The count follows by the ledger. */
export function createDeskActs(
  deps: Pick<Infra, 'sealer' | 'clock' | 'logger'> &
    Pick<MailRoom, 'insertCounted' | 'freeAnswers'> &
    Pick<SignaturesRoom, 'answerRow' | 'optOut'> & {
      desk: Pick<Desk, 'getSignature'>;
      store: Pick<DeskStore, 'setHeld' | 'invalidate' | 'restore'>;
      signatures: Pick<SignaturesRoom['store'], 'withdrawSignature'>;
      audit: Pick<Audit, 'record'>;
    },
) {
  const { desk, store, signatures, audit, answerRow, insertCounted, freeAnswers, optOut } = deps;
  const { sealer, clock, logger } = deps;

  /** False when somebody else was first. */
  const works: Record<DeskAct, (signature: Signature) => Promise<boolean>> = {
    hold: ({ _id }) => store.setHeld(_id, true, clock.now()),
    release: ({ _id }) => store.setHeld(_id, false, clock.now()),
    invalidate: ({ _id }) => store.invalidate(_id, clock.now()),
    restore: ({ _id }) => store.restore(_id, clock.now()),
    withdraw,
    resend,
    async endNews({ _id }) {
      await optOut.endUpdates(parseSignatureId(_id).emailKey);
      return true;
    },
  };

  async function withdraw({ _id, linkVersion }: Signature): Promise<boolean> {
    if (!(await signatures.withdrawSignature(_id, clock.now(), linkVersion))) return false;
    await freeAnswers(_id);
    return true;
  }

  /** The mail that signing again would bring. @throws MAIL_ON_ITS_WAY when that was asked for within ten minutes */
  async function resend(signature: Signature): Promise<boolean> {
    const { _id, sealed, locale } = signature;
    if (!sealed) return false;
    const { email } = sealer.open<Person>(sealed, signatureContext(_id));
    const row = answerRow(_id, parseSignatureId(_id).emailKey, { email, locale });
    const { errors, inserted } = await insertCounted([row]);
    if (errors[0]) throw errors[0];
    if (inserted === 0) throw new AppError('MAIL_ON_ITS_WAY');
    return true;
  }

  /** @throws PAGE_NOT_FOUND; SIGNATURE_STATE_CONFLICT where it is no more as it was shown; MAIL_ON_ITS_WAY */
  async function act(actor: Actor, handle: string, what: DeskAct, why: string): Promise<void> {
    const signature = await desk.getSignature(handle);
    const changes = [{ field: 'state', from: standingOf(signature) }];
    const intent = { act: `signature ${what}`, of: namesOf(signature), changes, why };
    await audit.record(actor, intent, async () => {
      const mayBe = actsOn(signature).includes(what);
      if (!mayBe || !(await works[what](signature))) throw new AppError('SIGNATURE_STATE_CONFLICT');
    });
    logger.info({ ref: signature.ref, act: what }, 'signature.desk');
  }

  return { act };
}
export type DeskActs = ReturnType<typeof createDeskActs>;
