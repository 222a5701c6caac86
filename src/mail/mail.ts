import type { Locale } from '../lib/locales.ts';

/** One composed message, ready for MIME. Knows nothing of petitions. */
export type MailMessage = {
  to: string;
  from?: { name: string; address: string };
  replyTo?: string;
  subject: string;
  text: string;
  html: string;
  /** without angle brackets */
  messageId?: string;
  references?: readonly string[];
  attachments?: readonly { filename: string; contentType: string; content: Buffer }[];
  /** further headers, names and values as they go out; values must be single lines */
  headers?: Readonly<Record<string, string>>;
};

/** An office's mail: the bytes kept at release (law 7), with their envelope. */
export type RawMail = { raw: Buffer; envelope: { from: string; to: string } };

/** due → sending (leased) → one of the ends. */
export const OUTBOX_STATES = ['due', 'sending', 'sent', 'failed', 'cancelled', 'unknown'] as const;
export type OutboxState = (typeof OUTBOX_STATES)[number];

/**
 * `person` is composed when sent and may be tried again after a crash, and so is `organiser`, who works with this
 * installation; `office` is never tried again without an organiser.
 */
export const AUDIENCES = ['person', 'office', 'organiser'] as const;
export type Audience = (typeof AUDIENCES)[number];

export type OutboxRow = {
  /** the reason: a unique key such as `answer:<signature>:<window>` */
  _id: string;
  /** which composer prepares it */
  kind: string;
  audience: Audience;
  /** what the composer needs; personal data only inside `sealed` */
  subjectId: string;
  emailKey?: string;
  sealed?: Buffer;
  state: OutboxState;
  /** exists only while due or sending; of a sending row it is the end of the lease */
  dueAt?: Date;
  attempts: number;
  leaseOwner?: string;
  /** sent once at the most: a person is better left without it than written to twice */
  isOnce?: boolean;
  /** of such a one: it is being sent, and may have arrived until the server's word is recorded */
  begunAt?: Date;
  createdAt: Date;
  endedAt?: Date;
  /** the server's reply, or why it was cancelled */
  outcome?: string;
  replyCode?: number;
  messageId?: string;
};

/** What names a mail, and what its composer needs; the rest of its row is the outbox's own. */
type NewRow = Pick<OutboxRow, '_id' | 'kind' | 'audience' | 'subjectId'> &
  Partial<Pick<OutboxRow, 'emailKey' | 'sealed' | 'isOnce' | 'messageId'>>;

/** A mail as it is left in the outbox: due at once, or at `dueAt`. */
export function dueRow(row: NewRow, now: Date, dueAt = now): OutboxRow {
  return { ...row, state: 'due', dueAt, attempts: 0, createdAt: now };
}

/** What a composer answers for a claimed row. */
export type Prepared =
  /** `id`: the same for each try, where the row's key may come again for another mail */
  | {
      do: 'send';
      message: MailMessage;
      id?: string;
      /** what is left in the outbox once its server has taken this one; the first row of a key stays */
      next?(takenAt: Date): OutboxRow | undefined;
    }
  | { do: 'send-raw'; mail: RawMail }
  | { do: 'cancel'; reason: string }
  /** it says nothing now, and its reason may come again: the row goes, so that its key is free */
  | { do: 'remove' }
  | { do: 'later'; at: Date };

export type SendOutcome =
  | { result: 'sent'; code: number; reply: string; messageId: string }
  /** a numeric 4xx, or anything at all before the mail was named (`isBefore`): nothing was taken, try again */
  | { result: 'again'; code?: number; command?: string; reply: string; isBefore?: true }
  /** a numeric 5xx; `isLocal`: we ourselves did not send it, and no server has said anything of it */
  | {
      result: 'refused';
      code: number;
      enhancedCode?: string;
      command?: string;
      reply: string;
      isLocal?: true;
    }
  /** no reply code after the conversation began: nobody knows (law 7) */
  | { result: 'unknown'; reply: string /** the content had begun to go out */; mayHaveArrived?: true };

/** A room that sends mail gives one of these for each kind. */
export type Composer = {
  prepare(row: OutboxRow): Promise<Prepared>;
  /** called before the row ends, also when an office row's lease ran out (`unknown`) */
  settle?(row: OutboxRow, outcome: SendOutcome): Promise<void>;
};

/** no mail of that scope goes to the address: `updates` was unsubscribed, `all` is final */
export const SUPPRESSION_SCOPES = ['updates', 'all'] as const;
export type SuppressionScope = (typeof SUPPRESSION_SCOPES)[number];
export const SUPPRESSION_REASONS = ['unsubscribed', 'not-me', 'no-such-address', 'complaint'] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];
/** Why nothing goes to an address now: for good, or until its rest is over. */
export type Hold = 'suppressed' | Date;

/** Renders a mail's template by its name. */
export type RenderMail = (
  name: string,
  locale: Locale,
  view: object,
) => Promise<{ subject: string; html: string; text: string }>;
