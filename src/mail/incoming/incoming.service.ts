import type { Infra } from '../../infra.ts';
import { parseEmailAddress } from '../../lib/email-address.ts';
import { AppError } from '../../lib/errors.ts';
import { sealWhole } from '../../lib/sealed-pieces.ts';
import { findAddresses } from '../../lib/text/addresses-in-text.ts';
import type { MailRoom } from '../mail.room.ts';
import { NO_SUCH_ADDRESS } from '../smtp-reply.ts';
import type { Concern } from './concern.ts';
import { hashOf, hashWhole } from './content-hash.ts';
import { type Envelope, MAX_MESSAGE_BYTES } from './envelope.ts';
import { type IncomingStore, keptUntil, type RecordKind } from './incoming.store.ts';
import type { Classified } from './incoming.ts';
import type { KeptMailStore } from './kept-mail.store.ts';
import type { Own } from './loop.ts';
import { type OfficeMail, tellOffices } from './office.ts';
import type { IncomingReading } from './read-incoming.ts';
import type { Reader } from './reader.ts';
import { type Came, createTargetFinder, type RecordOf, recordOf, type Target } from './target.ts';

export type Received = { kind: RecordKind; concern: Concern; isReplay: boolean; deliveryId?: string };

/** Takes what comes back, believes it only when it comes to a token of ours, and answers nothing to anybody. */
export function createIncomingService(
  deps: Pick<Infra, 'sealer' | 'clock' | 'logger'> &
    Pick<Infra['keys'], 'emailKeyOf' | 'mailKeyOf'> &
    Pick<MailRoom, 'suppress' | 'readBounceAddress'> &
    Pick<KeptMailStore, 'insertMail' | 'putPiece'> &
    Pick<Reader, 'read'> & {
      store: Pick<IncomingStore, 'take' | 'finish' | 'release' | 'listLatest'>;
      offices: OfficeMail;
      own: Own;
    },
) {
  const { store, offices, emailKeyOf, suppress, clock, logger } = deps;
  const { findTarget, tokenOf } = createTargetFinder({ ...deps, findSent: offices.findSent });

  /**
   * The same message again, by its Message-ID or by what it says, changes nothing.
   * @throws BODY_TOO_LARGE over 10 MB; MESSAGE_UNREADABLE when it is no message; MESSAGE_BUSY when another is at it
   */
  async function receive(raw: Buffer, envelope: Envelope): Promise<Received> {
    const [outcome] = await receiveForAll(raw, { ...envelope, recipients: [envelope.recipient] });
    if (outcome?.status === 'fulfilled') return outcome.value;
    throw outcome?.reason;
  }

  /**
   * One message to several recipients is read once, and taken for each of them.
   * @returns an outcome for each recipient, in their order: what one of them meets is not the others'
   * @throws BODY_TOO_LARGE, MESSAGE_UNREADABLE
   */
  async function receiveForAll(
    given: Buffer,
    { sender, recipients }: { sender?: string; recipients: readonly (string | undefined)[] },
  ): Promise<PromiseSettledResult<Received>[]> {
    if (given.length > MAX_MESSAGE_BYTES)
      throw new AppError('BODY_TOO_LARGE', { message: 'The message is larger than 10 MB.' });
    const read = await deps.read(given, sender);
    if (!read)
      throw new AppError('MESSAGE_UNREADABLE', { message: 'This is no mail message: it has no header.' });
    const reading = read === 'unread' ? undefined : read;
    const raw = given.subarray(reading?.start ?? 0);
    const outcomes: PromiseSettledResult<Received>[] = [];
    for (const recipient of recipients) {
      const [outcome] = await Promise.allSettled([take({ raw, reading, recipient })]);
      outcomes.push(outcome);
    }
    return outcomes;
  }

  async function take(came: Came): Promise<Received> {
    const { raw, reading } = came;
    const target = await findTarget(came);
    const token = tokenOf(came)?.opaque ?? '';
    const contentHash = reading ? hashOf(token, reading.contentHash) : await hashWhole(token, raw);
    const idHash = reading && reading.messageId !== '' ? hashOf(token, reading.messageId) : undefined;
    const record = recordOf(reading?.found, target, clock.now());
    const taken = await store.take({ contentHash, idHash }, record);
    if (taken === 'busy')
      throw new AppError('MESSAGE_BUSY', {
        message: 'It is being dealt with. Bring it again in a minute.',
        retryAfterSeconds: 60,
      });
    const { kind, concern, deliveryId } = record;
    const received = { kind, concern, isReplay: taken !== 'mine', ...(deliveryId && { deliveryId }) };
    if (taken !== 'done')
      await keepAndDealWith(came, taken === 'mine' ? target : undefined, record, contentHash);
    tell(received, reading?.found);
    return received;
  }

  /** It is kept whole before anything comes of it, and before anybody is told that it is taken. */
  async function keepAndDealWith(
    { raw, reading }: Came,
    target: Target | undefined,
    record: RecordOf,
    contentHash: string,
  ): Promise<void> {
    try {
      const _id = `c:${contentHash}`;
      const whole = await sealWhole(deps.sealer, raw, keptMailContext(_id), (piece) =>
        deps.putPiece(_id, piece, clock.now()),
      );
      const people = peopleOf(reading, target, deps);
      await deps.insertMail({ _id, ...whole, people, expiresAt: keptUntil(record) });
      if (reading && target?.concern === 'delivery') {
        const { deliveryId, address } = target;
        const about = { id: contentHash, deliveryId, at: record.at };
        await tellOffices(offices, { reading, raw, about, address });
      }
      if (reading && target?.concern === 'person') await heed(reading.found, target.emailKey);
    } catch (error) {
      await store.release(contentHash, clock.now()).catch(() => undefined);
      throw error;
    }
    await store.finish(contentHash);
  }

  /** Of a person's address only two words end all mail: theirs, and their server's that there is nobody (law 17). */
  async function heed(found: Classified, emailKey: string): Promise<void> {
    if (found.kind === 'complaint') return suppress({ emailKey, scope: 'all', reason: 'complaint' });
    if (found.kind !== 'bounce' || found.severity !== 'hard' || !NO_SUCH_ADDRESS.has(found.code ?? ''))
      return;
    const keys = found.recipients.map((address) => emailKeyOf(parseEmailAddress(address)?.canonical ?? ''));
    // A mailbox that passes mail on to one that is gone is not itself gone.
    if (keys.length > 0 && !keys.includes(emailKey)) return;
    await suppress({ emailKey, scope: 'all', reason: 'no-such-address' });
  }

  function tell({ isReplay, ...received }: Received, found: Classified | undefined): void {
    const fields = { ...received, ...(found?.kind === 'bounce' && { severity: found.severity }) };
    if (isReplay) logger.info(fields, 'incoming.replayed');
    else if (received.concern === 'refused') logger.warn(fields, 'incoming.refused');
    else logger.info(fields, 'incoming.taken');
  }

  return { receive, receiveForAll, listLatest: store.listLatest };
}
export type IncomingService = ReturnType<typeof createIncomingService>;

/** Whose a kept mail is: its sender's, its addressees', and of a report the person's whom it is about. */
export function peopleOf(
  reading: Pick<IncomingReading, 'from' | 'addressees' | 'found'> | undefined,
  target: Target | undefined,
  { emailKeyOf, mailKeyOf }: { emailKeyOf(address: string): string; mailKeyOf(emailKey: string): string },
): string[] {
  const sender = findAddresses(reading?.from ?? '').at(-1)?.address;
  const reported = reading?.found.kind === 'bounce' ? reading.found.recipients : [];
  const addresses = [...(sender ? [sender] : []), ...(reading?.addressees ?? []), ...reported];
  const canonical = addresses.flatMap((address) => parseEmailAddress(address)?.canonical ?? []);
  const keys = [...canonical.map(emailKeyOf), ...(target?.concern === 'person' ? [target.emailKey] : [])];
  return [...new Set(keys.map(mailKeyOf))];
}

export function keptMailContext(id: string): string {
  return `incoming:${id}`;
}
