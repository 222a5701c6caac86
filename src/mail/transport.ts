import { createHash } from 'node:crypto';
import nodemailer from 'nodemailer';
import type { Dkim } from './dkim.ts';
import { LOOP_HEADER } from './loop-header.ts';
import type { MailMessage, RawMail, SendOutcome } from './mail.ts';
import type { LocalMailbox } from './mailbox.ts';
import { createSender, deliver, needsUtf8, withheld, withoutSecrets } from './smtp-conversation.ts';
import { POOL_CONNECTIONS, readSmtpUrl, SMTP_TIMEOUT_MS } from './smtp-options.ts';
import { withoutRecipient } from './smtp-reply.ts';

/**
 * The only place that speaks SMTP. Mail to people goes through a pool; an office's mail alone on a connection of its
 * own, to one recipient. Without a relay everything lands in the local mailbox.
 */
export function createTransport(options: {
  smtpUrl: string | undefined;
  /** in public nothing goes out in the clear */
  isPublic?: boolean;
  mailFrom: string;
  mailDomain: string;
  mailbox: Pick<LocalMailbox, 'deposit'>;
  /** the envelope sender of mail to the person of this emailKey; without it, the sender of the header */
  bounceAddressOf?: (emailKey: string) => string;
  dkim?: Dkim | undefined;
  /** of a whole conversation */
  timeoutMs?: number;
}) {
  const { smtpUrl, mailFrom, mailDomain, mailbox, bounceAddressOf, dkim } = options;
  const { timeoutMs = SMTP_TIMEOUT_MS } = options;
  const builder = nodemailer.createTransport({
    streamTransport: true,
    buffer: true,
    newline: 'windows',
    ...(dkim && { dkim }),
  });
  const smtp = smtpUrl ? readSmtpUrl(smtpUrl, options) : undefined;
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
      headers: { ...message.headers, [LOOP_HEADER]: mailDomain },
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
  async function sendToPerson(message: MailMessage, id: string, emailKey?: string): Promise<SendOutcome> {
    const { messageId, raw, envelope } = await renderRaw(message, id);
    const from = emailKey && bounceAddressOf ? bounceAddressOf(emailKey) : envelope.from;
    const mail = { raw, envelope: { ...envelope, from } };
    if (!smtp || !pool) return deposit(mail, messageId, id);
    // What a relay offers is known of a conversation of its own.
    const outcome = await (needsUtf8(mail.envelope)
      ? deliverAlone(smtp, mail, { messageId, timeoutMs })
      : deliver(pool, mail, { messageId, timeoutMs }));
    if (outcome.result === 'sent') return outcome;
    const reply = withoutSecrets(outcome.reply, smtp.auth);
    return { ...outcome, reply: withoutRecipient(reply, mail.envelope.to) };
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
      return (await mayBegin()) ? deposit(mail, messageId, id) : withheld();
    }
    const outcome = await deliverAlone(smtp, mail, { messageId, timeoutMs, mayBegin });
    return { ...outcome, reply: withoutSecrets(outcome.reply, smtp.auth) };
  }

  async function deposit(mail: RawMail, messageId: string, id: string): Promise<SendOutcome> {
    await mailbox.deposit(mail.raw, id);
    return { result: 'sent', code: 250, reply: '250 kept in the local mailbox', messageId };
  }

  return { renderRaw, sendToPerson, sendToOffice, close: () => pool?.close() };
}
export type Transport = ReturnType<typeof createTransport>;

function deliverAlone(
  smtp: object,
  mail: RawMail,
  given: Parameters<typeof deliver>[2],
): Promise<SendOutcome> {
  const single = createSender({ ...smtp, pool: false });
  return deliver(single, mail, given).finally(() => single.close());
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
