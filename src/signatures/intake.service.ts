import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Infra } from '../infra.ts';
import type { Batcher } from '../lib/batcher.ts';
import { addMilliseconds, DAY, MINUTE } from '../lib/clock.ts';
import { AppError, type ErrorCode } from '../lib/errors.ts';
import type { Locale } from '../lib/locales.ts';
import type { MailRoom } from '../mail/mail.room.ts';
import { dueRow, type OutboxRow } from '../mail/mail.ts';
import { type Petition, type PetitionPhase, phaseOf, versionOf } from '../petitions/petition.ts';
import { type AnswerTime, isCrowd } from './answer-time.ts';
import type { SignForm } from './signature.schema.ts';
import type { SignatureStore } from './signature.store.ts';
import { PENDING_DAYS, type Person, type Signature, signatureContext, signatureId } from './signature.ts';

/** The two documents of one sign request; both are durable before anybody is answered. */
export type Intake = { signature: Signature; row: OutboxRow };

/** What an outbox row tells the composer of the answer: where it goes, in the language that was asked in. */
export type AnswerRequest = {
  email: string;
  locale: Locale;
  /** only the private link was asked for: nothing is signed by it */
  isForLink?: true;
};
export type AnswerRow = ReturnType<typeof createAnswerRow>;

/** Within this window a repeated post is the same request and gets the same one mail. */
const ANSWER_WINDOW = 10 * MINUTE;

export type SignRequest = { petition: Petition; form: SignForm; locale: Locale; network: string };

/** The same from a page that knows the address already. */
export type KnownRequest = {
  petition: Petition;
  emailKey: string;
  person: Person;
  details: Pick<Signature, 'consent' | 'country' | 'region' | 'source'>;
  locale: Locale;
  network: string;
};

export function createIntakeService(
  deps: Pick<Infra, 'sealer' | 'clock'> &
    Pick<Infra['keys'], 'emailKeyOf' | 'networkKeyOf'> & {
      batcher: Pick<Batcher<Intake>, 'add'>;
      answerRow: AnswerRow;
    },
) {
  const { batcher, sealer, answerRow, emailKeyOf, networkKeyOf, clock } = deps;

  /**
   * The same two inserts for everybody, new or known (law 3).
   * @throws what REFUSALS names unless it is open; whatever the database refused, as DATABASE_UNAVAILABLE
   */
  async function sign({ petition, form, locale, network }: SignRequest): Promise<void> {
    const { name, words, country, region, source, showName, shareWords, updates } = form;
    const consent = { showName, shareWords, updates };
    return signKnown({
      petition,
      emailKey: emailKeyOf(form.email.canonical),
      person: { name, email: form.email.mailTo, ...(words && { words }) },
      details: { consent, country, ...(region && { region }), source },
      locale,
      network,
    });
  }

  /** @throws as `sign` does */
  async function signKnown(request: KnownRequest): Promise<void> {
    const { petition, emailKey, person, details, locale, network } = request;
    const now = clock.now();
    refuseUnlessOpen(petition, now);
    const _id = signatureId(petition._id, emailKey);
    const signature: Signature = {
      _id,
      petitionId: petition._id,
      state: 'pending',
      held: false,
      ...details,
      locale,
      textVersion: versionOf(petition),
      sealed: sealer.seal(person, signatureContext(_id)),
      linkVersion: randomInt(65_536),
      network: networkKeyOf(network),
      expiresAt: addMilliseconds(now, PENDING_DAYS * DAY),
      createdAt: now,
    };
    await batcher.add({ signature, row: answerRow(_id, emailKey, { email: person.email, locale }) });
  }

  return { sign, signKnown };
}
export type IntakeService = ReturnType<typeof createIntakeService>;

/** A request for the answer to an address; its key is the same for ten minutes. */
export function createAnswerRow({ sealer, clock }: Pick<Infra, 'sealer' | 'clock'>) {
  return function answerRow(subjectId: string, emailKey: string, request: AnswerRequest): OutboxRow {
    const now = clock.now();
    const _id = `answer:${subjectId}:${Math.floor(now.getTime() / ANSWER_WINDOW)}`;
    const sealed = sealer.seal(request, outboxContext(_id));
    return dueRow({ _id, kind: 'answer', audience: 'person', subjectId, emailKey, sealed }, now);
  };
}

const REFUSALS: Readonly<Record<Exclude<PetitionPhase, 'open'>, ErrorCode>> = {
  draft: 'PETITION_NOT_FOUND',
  upcoming: 'PETITION_NOT_OPEN',
  paused: 'PETITION_PAUSED',
  closed: 'PETITION_CLOSED',
  takenDown: 'PETITION_TAKEN_DOWN',
};

/** @throws what REFUSALS names */
export function refuseUnlessOpen(petition: Petition, now: Date): void {
  const phase = phaseOf(petition, now);
  if (phase !== 'open') throw new AppError(REFUSALS[phase]);
}

export function outboxContext(id: string): string {
  return `outbox:${id}`;
}

/**
 * What the batcher runs: first the signatures, then the mails about them, so that no mail lacks its signature. It does not
 * end before the time that hides who among a few has signed before.
 */
export function createIntakeWriter(
  deps: Pick<SignatureStore, 'insertSignatures'> & Pick<MailRoom, 'insertRows'> & { answerTime: AnswerTime },
) {
  const { insertSignatures, insertRows, answerTime } = deps;
  return async function writeIntakes(intakes: readonly Intake[]): Promise<(Error | undefined)[]> {
    const begun = performance.now();
    // Begun before the writes, so that it ends at the same moment however long they take.
    const floor = isCrowd(intakes.length) ? undefined : pause(answerTime.floorMs());
    const { errors, inserted } = await insertSignatures(intakes.map(({ signature }) => signature));
    const second = await insertRows(intakes.map(({ row }) => row));
    const milliseconds = performance.now() - begun;
    const missing = floor ? 0 : answerTime.crowdMs(inserted) - milliseconds;
    answerTime.note({ size: intakes.length, inserted, milliseconds });
    await (missing > 0 ? pause(missing) : floor);
    return intakes.map((_, index) => errors[index] ?? second[index]);
  };
}
