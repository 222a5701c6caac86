import { Readable } from 'node:stream';
import nodemailer from 'nodemailer';
import type { RawMail, SendOutcome } from './mail.ts';
import { classifyFailure, readAcceptance } from './smtp-reply.ts';

export type Sender = {
  sendMail(mail: object): Promise<{ response?: string }>;
  close(): void;
  /** of a sender that has one conversation: whether the server said, as it does by now, that it takes SMTPUTF8 */
  offersUtf8(): boolean;
};

/** How far one conversation has come. */
type Progress = { isNamed: boolean; lacksUtf8: boolean };
type Opening = { open(): Readable | null };
type Sending = { data: { opening?: Opening }; message: { createReadStream(): Readable | null } };

const WITHHELD = 'withheld before the content';
const NO_UTF8 = '553 5.6.7 not sent: the relay does not take addresses with accents (SMTPUTF8)';

/**
 * nodemailer asks for the message when the connection stands, is encrypted and signed in, and before MAIL FROM: until then
 * nothing of this mail was named. The content is read when DATA is answered.
 */
export function createSender(options: { pool: boolean } & Record<string, unknown>): Sender {
  let isUtf8 = false;
  const note = ({ tnx }: { tnx?: string }, text: unknown) => {
    // After STARTTLS the client greets again (EHLO), and this second answer replaces the first.
    if (tnx === 'client' && /^(EHLO|HELO)\b/i.test(String(text))) isUtf8 = false;
    if (tnx === 'server' && /^250[ -]SMTPUTF8\b/im.test(String(text))) isUtf8 = true;
  };
  const transport = nodemailer.createTransport({
    ...options,
    ...(!options.pool && listenTo(note)),
  } as object);
  transport.use('stream', (sending, done) => {
    const { data, message } = sending as unknown as Sending;
    const { opening } = data;
    if (opening) message.createReadStream = opening.open;
    done();
  });
  return {
    sendMail: (mail) => transport.sendMail(mail),
    close: () => transport.close(),
    offersUtf8: () => isUtf8,
  };
}

/** What a server offers is told by nodemailer's log of the conversation, and nowhere else before the first mail. */
function listenTo(note: (about: { tnx?: string }, text: unknown) => void): object {
  const nothing = () => undefined;
  const levels = { trace: nothing, info: nothing, warn: nothing, error: nothing, fatal: nothing };
  return { logger: { ...levels, level: nothing, debug: note }, transactionLog: true };
}

/** One mail by one conversation, which ends within `timeoutMs`. `mayBegin`: see Transport.sendToOffice. */
export async function deliver(
  sender: Sender,
  { raw, envelope }: RawMail,
  given: { messageId: string; timeoutMs: number; mayBegin?: () => Promise<boolean> },
): Promise<SendOutcome> {
  const { messageId, timeoutMs, mayBegin } = given;
  const body = createBody(raw, mayBegin);
  const progress: Progress = { isNamed: false, lacksUtf8: false };
  const open = () => {
    progress.lacksUtf8 = needsUtf8(envelope) && !sender.offersUtf8();
    progress.isNamed = !progress.lacksUtf8;
    // Without a message nodemailer says nothing more.
    return progress.isNamed ? body : null;
  };
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), timeoutMs);
  try {
    const { response = '' } = await sender.sendMail({
      envelope: { from: envelope.from, to: [envelope.to] },
      raw,
      opening: { open },
      signal: limit.signal,
    });
    return readAcceptance(response, messageId);
  } catch (error) {
    if (progress.lacksUtf8)
      return { result: 'refused', code: 553, enhancedCode: '5.6.7', reply: NO_UTF8, isLocal: true };
    return classifyFailure(error, { isNamed: progress.isNamed, hasBegun: body.readableDidRead });
  } finally {
    clearTimeout(timer);
  }
}

/** RFC 6531: a local part beyond ASCII. Domains go out in ASCII. */
export function needsUtf8({ from, to }: RawMail['envelope']): boolean {
  return /[^\p{ASCII}]/u.test(`${from}${to}`);
}

/** A relay that repeats how we signed in does not get it into our records. */
export function withoutSecrets(words: string, auth: { user: string; pass: string } | undefined): string {
  if (!auth?.pass) return words;
  const { user, pass } = auth;
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return [base64(`\0${user}\0${pass}`), base64(pass), pass].reduce(
    (rest, secret) => rest.replaceAll(secret, '…'),
    words,
  );
}

export function withheld(): SendOutcome {
  return { result: 'unknown', reply: WITHHELD };
}

function createBody(raw: Buffer, mayBegin: (() => Promise<boolean>) | undefined): Readable {
  return new Readable({
    read() {
      const begin = () => {
        this.push(raw);
        this.push(null);
      };
      if (!mayBegin) return begin();
      mayBegin().then(
        (may) => (may ? begin() : this.destroy(new Error(WITHHELD))),
        (error) => this.destroy(error),
      );
    },
  });
}
