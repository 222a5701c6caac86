import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import nodemailer from 'nodemailer';
import type { Dkim } from './dkim.ts';
import type { LocalMailbox } from './local-mailbox.ts';
import type { MailMessage, RawMail, SendOutcome } from './mail.ts';
import { POOL_CONNECTIONS, readSmtpUrl, SMTP_TIMEOUT_MS } from './smtp-options.ts';
import { classifyFailure, withoutRecipient } from './smtp-reply.ts';

/**
 * The only place that speaks SMTP. Mail to people goes through a pool; an office's mail alone on a connection of its
 * own, to one recipient. Without a relay everything lands in the local mailbox.
 */
export function createTransport(options: {
  smtpUrl: string | undefined;
  mailFrom: string;
  mailDomain: string;
  mailbox: Pick<LocalMailbox, 'deposit'>;
  dkim?: Dkim | undefined;
  /** of a whole conversation */
  timeoutMs?: number;
}) {
  const { smtpUrl, mailFrom, mailDomain, mailbox, dkim, timeoutMs = SMTP_TIMEOUT_MS } = options;
  const builder = nodemailer.createTransport({
    streamTransport: true,
    buffer: true,
    newline: 'windows',
    ...(dkim && { dkim }),
  });
  const smtp = smtpUrl ? readSmtpUrl(smtpUrl) : undefined;
  const pool =
    smtp &&
    createSender({
      ...smtp,
      pool: true,
      maxConnections: POOL_CONNECTIONS,
      maxMessages: 10_000,
      maxRequeues: 0,
    });

  /** The bytes as they go out, CRLF lines. `id` names the mail: the same one built again has the same Message-ID. */
  async function renderRaw(message: MailMessage, id: string): Promise<RawMail & { messageId: string }> {
    refuseLineBreaks(message);
    const messageId =
      message.messageId ??
      `${createHash('sha256').update(id).digest('base64url').slice(0, 22)}@${mailDomain}`;
    const info = await builder.sendMail({
      from: message.from ?? mailFrom,
      to: message.to,
      subject: message.subject,
      text: message.text,
      html: message.html,
      messageId: `<${messageId}>`,
      headers: { ...message.headers },
      ...(message.attachments && { attachments: [...message.attachments] }),
      ...(message.replyTo && { replyTo: message.replyTo }),
      ...(message.references && { references: message.references.map((one) => `<${one}>`) }),
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const { envelope } = info as unknown as { envelope: { from: string; to: string[] } };
    const [to] = envelope.to;
    // A key that nodemailer cannot use leaves the mail unsigned without a word.
    if (dkim && !/^DKIM-Signature:/im.test(String(info.message))) throw new Error('the mail was not signed');
    // One mail, one person: a second recipient could only come from an address that is not one.
    if (envelope.to.length !== 1 || to === undefined) throw new Error('a mail has exactly one recipient');
    return { raw: info.message as unknown as Buffer, envelope: { from: envelope.from, to }, messageId };
  }

  /** @throws Error when it cannot be built: then nothing was sent */
  async function sendToPerson(message: MailMessage, id: string): Promise<SendOutcome> {
    const { messageId, ...mail } = await renderRaw(message, id);
    if (!pool) return deposit(mail, messageId, id);
    const outcome = await deliver(pool, mail, messageId, timeoutMs);
    if (outcome.result === 'sent') return outcome;
    return { ...outcome, reply: withoutRecipient(outcome.reply, mail.envelope.to) };
  }

  /**
   * `mayBegin` is asked when the server has said "go on" to DATA and before the first byte of the content; when it
   * says no, the line is cut and the server has taken nothing.
   */
  async function sendToOffice(
    mail: RawMail,
    given: { messageId: string; id: string; mayBegin(): Promise<boolean> },
  ): Promise<SendOutcome> {
    const { messageId, id, mayBegin } = given;
    if (!smtp) {
      return (await mayBegin()) ? deposit(mail, messageId, id) : { result: 'unknown', reply: WITHHELD };
    }
    const single = createSender({ ...smtp, pool: false });
    return deliver(single, mail, messageId, timeoutMs, mayBegin).finally(() => single.close());
  }

  async function deposit(mail: RawMail, messageId: string, id: string): Promise<SendOutcome> {
    await mailbox.deposit(mail.raw, id);
    return { result: 'sent', code: 250, reply: '250 kept in the local mailbox', messageId };
  }

  return { renderRaw, sendToPerson, sendToOffice, close: () => pool?.close() };
}
export type Transport = ReturnType<typeof createTransport>;

const WITHHELD = 'withheld before the content';

type Sender = { sendMail(mail: object): Promise<{ response?: string }>; close(): void };
type Sending = { data: { body?: Readable }; message: { createReadStream(): Readable } };

/** nodemailer reads a message ahead of the conversation; this one is read when DATA is answered, and says so. */
function createSender(options: object): Sender {
  const sender = nodemailer.createTransport(options);
  sender.use('stream', (sending, done) => {
    const { data, message } = sending as unknown as Sending;
    const { body } = data;
    if (body) message.createReadStream = () => body;
    done();
  });
  return sender;
}

async function deliver(
  sender: Sender,
  { raw, envelope }: RawMail,
  messageId: string,
  timeoutMs: number,
  mayBegin?: () => Promise<boolean>,
): Promise<SendOutcome> {
  const body = createBody(raw, mayBegin);
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), timeoutMs);
  try {
    const { response = '' } = await sender.sendMail({
      envelope: { from: envelope.from, to: [envelope.to] },
      raw,
      body,
      signal: limit.signal,
    });
    const code = Number.parseInt(response, 10) || 250;
    return { result: 'sent', code, reply: response.slice(0, 500), messageId };
  } catch (error) {
    return classifyFailure(error, body.readableDidRead);
  } finally {
    clearTimeout(timer);
  }
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

/** nodemailer folds and encodes; a line break in a header can only be an attempt to add one. */
function refuseLineBreaks({ to, from, replyTo, subject, messageId, references, headers }: MailMessage): void {
  const lines = [
    to,
    subject,
    from?.name,
    from?.address,
    replyTo,
    messageId,
    ...(references ?? []),
    ...Object.entries(headers ?? {}).flat(),
  ];
  if (lines.some((line) => line && /[\r\n\0]/.test(line))) throw new Error('a header holds a line break');
}
