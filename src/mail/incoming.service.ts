import { createHash } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { parseEmailAddress } from '../lib/email-address.ts';
import { AppError } from '../lib/errors.ts';
import type { Logger } from '../lib/logger.ts';
import type { BounceAddresses } from './bounce-address.ts';
import type { Concern, IncomingRecord, IncomingStore } from './incoming.store.ts';
import { type Classified, classifyIncoming, type IncomingKind } from './incoming.ts';
import type { Own } from './incoming-loop.ts';
import { type Envelope, type IncomingMessage, MAX_MESSAGE_BYTES, readMessage } from './incoming-message.ts';
import { type OfficeMail, tellOffices } from './incoming-office.ts';
import { tokenIn, tokenOf } from './incoming-token.ts';
import { NO_SUCH_ADDRESS } from './smtp-reply.ts';
import type { Suppress } from './suppression.store.ts';

export type Received = { kind: IncomingKind; concern: Concern; isReplay: boolean; deliveryId?: string };

type Target =
  | { concern: 'delivery'; deliveryId: string; address?: string }
  | { concern: 'person'; emailKey: string }
  | { concern: 'nobody' | 'refused' };

/** Takes what comes back, believes it only when it comes to a token of ours, and answers nothing to anybody. */
export function createIncomingService(deps: {
  store: Pick<IncomingStore, 'take' | 'finish' | 'release' | 'listLatest'>;
  offices: OfficeMail;
  readBounceAddress: BounceAddresses['read'];
  emailKeyOf(canonicalAddress: string): string;
  suppress(address: Suppress): Promise<void>;
  own: Own;
  clock: Clock;
  logger: Logger;
}) {
  const { store, offices, readBounceAddress, emailKeyOf, suppress, own, clock, logger } = deps;

  /**
   * The same message again, by its Message-ID or by what it says, changes nothing.
   * @throws BODY_TOO_LARGE over 10 MB; MESSAGE_UNREADABLE when it is no message; MESSAGE_BUSY when another is at it
   */
  async function receive(raw: Buffer, envelope: Envelope): Promise<Received> {
    if (raw.length > MAX_MESSAGE_BYTES)
      throw new AppError('BODY_TOO_LARGE', { message: 'The message is larger than 10 MB.' });
    const message = await readMessage(raw, envelope);
    if (!message)
      throw new AppError('MESSAGE_UNREADABLE', { message: 'This is no mail message: it has no header.' });
    const found = classifyIncoming(message, own);
    const token = tokenOf(message, own.mailDomain)?.opaque ?? '';
    const target = await findTarget(message, found);
    const kind = believedKind(found, target);
    const contentHash = hashOf(token, message.from.address, message.subject, bodyOf(raw));
    const idHash = message.messageId === '' ? undefined : hashOf(token, message.messageId);
    const record = recordOf(found, kind, target, clock.now());
    const taken = await store.take({ contentHash, idHash }, record);
    if (taken === 'busy')
      throw new AppError('MESSAGE_BUSY', {
        message: 'It is being dealt with. Bring it again in a minute.',
        retryAfterSeconds: 60,
      });
    const { concern, deliveryId } = record;
    const received = { kind, concern, isReplay: taken === 'done', ...(deliveryId && { deliveryId }) };
    if (taken === 'mine') await dealWith(found, target, message, contentHash);
    tell(received, found);
    return received;
  }

  async function dealWith(
    found: Classified,
    target: Target,
    message: IncomingMessage,
    contentHash: string,
  ): Promise<void> {
    try {
      if (target.concern === 'delivery') {
        const { deliveryId, address } = target;
        const about = { id: contentHash, deliveryId, at: clock.now() };
        await tellOffices(offices, { found, message, about, address });
      }
      if (target.concern === 'person') await heed(found, target.emailKey);
    } catch (error) {
      await store.release(contentHash, clock.now()).catch(() => undefined);
      throw error;
    }
    await store.finish(contentHash);
  }

  /** A complaint comes to whoever takes complaints: its token stands in the mail that it is about. */
  async function findTarget(message: IncomingMessage, found: Classified): Promise<Target> {
    const isReport = found.kind === 'bounce' || found.kind === 'complaint';
    const none = { concern: isReport ? 'refused' : 'nobody' } as const;
    if (found.kind === 'loop') return { concern: 'nobody' };
    const { mailDomain } = own;
    const within = found.kind === 'complaint' ? tokenIn(found.about, mailDomain) : undefined;
    const token = within ?? tokenOf(message, mailDomain);
    if (!token) return none;
    if (token.purpose === 'bounces') {
      const emailKey = readBounceAddress(token.opaque);
      return emailKey === null ? none : { concern: 'person', emailKey };
    }
    const sent = await offices.findSent(token.opaque);
    return sent ? { concern: 'delivery', ...sent } : none;
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

  function tell({ isReplay, ...received }: Received, found: Classified): void {
    const fields = { ...received, ...(found.kind === 'bounce' && { severity: found.severity }) };
    if (isReplay) logger.info(fields, 'incoming.replayed');
    else if (received.concern === 'refused') logger.warn(fields, 'incoming.refused');
    else logger.info(fields, 'incoming.taken');
  }

  return { receive, listLatest: store.listLatest };
}
export type IncomingService = ReturnType<typeof createIncomingService>;

/** What somebody writes to no office of ours is nobody's answer. */
function believedKind({ kind }: Classified, { concern }: Target): IncomingKind {
  return kind === 'reply' && concern !== 'delivery' ? 'unknown' : kind;
}

function recordOf(
  found: Classified,
  kind: IncomingKind,
  target: Target,
  at: Date,
): Pick<IncomingRecord, 'kind' | 'detail' | 'code' | 'deliveryId' | 'at'> & { concern: Concern } {
  const detail = detailOf(found);
  return {
    kind,
    concern: target.concern,
    at,
    ...(detail && { detail }),
    ...(found.kind === 'bounce' && found.code && { code: found.code }),
    ...(target.concern === 'delivery' && { deliveryId: target.deliveryId }),
  };
}

function detailOf(found: Classified): string | undefined {
  if (found.kind === 'bounce') return `${found.severity} ${found.reason}`;
  if (found.kind === 'auto-reply') return found.about;
  if (found.kind === 'loop') return found.why;
  return found.kind === 'complaint' ? found.feedback : undefined;
}

function hashOf(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('base64url');
}

/** Without the head, which each server on the way adds to, and however its lines end. */
function bodyOf(raw: Buffer): string {
  const text = raw.toString('latin1').replaceAll('\r\n', '\n');
  const start = text.indexOf('\n\n');
  return start < 0 ? '' : text.slice(start).trim();
}
