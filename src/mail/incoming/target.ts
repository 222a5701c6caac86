import type { MailRoom } from '../mail.room.ts';
import { addresseeOf } from './addressee.ts';
import type { Concern } from './concern.ts';
import type { IncomingRecord, RecordKind } from './incoming.store.ts';
import type { Classified } from './incoming.ts';
import type { Own } from './loop.ts';
import type { OfficeMail } from './office.ts';
import type { IncomingReading } from './read-incoming.ts';
import { type Token, tokenIn } from './token.ts';

/** Whom a message concerns. */
export type Target =
  | { concern: 'delivery'; deliveryId: string; address?: string }
  | { concern: 'person'; emailKey: string }
  | { concern: 'organisers' | 'nobody' | 'refused' };

/** One message for one recipient; without a reading it is one that could not be read. */
export type Came = { raw: Buffer; reading: IncomingReading | undefined; recipient: string | undefined };

export function createTargetFinder(
  deps: Pick<OfficeMail, 'findSent'> & Pick<MailRoom, 'readBounceAddress'> & { own: Own },
) {
  const { findSent, readBounceAddress, own } = deps;

  /** A complaint comes to whoever takes complaints: its token stands in the mail that it is about. */
  async function findTarget(came: Came): Promise<Target> {
    const kind = came.reading?.found.kind;
    if (kind === 'loop') return { concern: 'nobody' };
    const isReport = kind === 'bounce' || kind === 'complaint';
    const none = { concern: isReport ? 'refused' : isForOrganisers(came) ? 'organisers' : 'nobody' } as const;
    const token = tokenOf(came);
    if (!token) return none;
    if (token.purpose === 'bounces') {
      const emailKey = readBounceAddress(token.opaque);
      return emailKey === null ? none : { concern: 'person', emailKey };
    }
    const sent = await findSent(token.opaque);
    return sent ? { concern: 'delivery', ...sent } : none;
  }

  /** Of a complaint: of the mail that it is about. Else of the envelope's recipient or, where nobody knows it, of the headers. */
  function tokenOf({ reading, recipient }: Came): Token | undefined {
    if (reading?.complaintToken) return reading.complaintToken;
    return recipient === undefined ? reading?.headerToken : tokenIn(recipient, own.mailDomain);
  }

  function isForOrganisers({ reading, recipient }: Came): boolean {
    if (reading && reading.found.kind !== 'reply') return false;
    const addressees = recipient === undefined ? (reading?.addressees ?? []) : [recipient];
    return addressees.some((address) => addresseeOf(address, own) === 'organisers');
  }

  return { findTarget, tokenOf };
}

export type RecordOf = Pick<IncomingRecord, 'detail' | 'code' | 'deliveryId' | 'at'> & {
  kind: RecordKind;
  concern: Concern;
};

export function recordOf(found: Classified | undefined, target: Target, at: Date): RecordOf {
  const detail = found && detailOf(found);
  return {
    kind: believedKind(found, target),
    concern: target.concern,
    at,
    ...(detail && { detail }),
    ...(found?.kind === 'bounce' && found.code && { code: found.code }),
    ...(target.concern === 'delivery' && { deliveryId: target.deliveryId }),
  };
}

/** What somebody writes neither to an office's address of ours nor to the organisers is nobody's answer. */
function believedKind(found: Classified | undefined, { concern }: Target): RecordKind {
  if (!found) return 'unread';
  const isBelieved = concern === 'delivery' || concern === 'organisers';
  return found.kind === 'reply' && !isBelieved ? 'unknown' : found.kind;
}

function detailOf(found: Classified): string | undefined {
  if (found.kind === 'bounce') return `${found.severity} ${found.reason}`;
  if (found.kind === 'auto-reply') return found.about;
  if (found.kind === 'loop') return found.why;
  return found.kind === 'complaint' ? found.feedback : undefined;
}
