import { createHash } from 'node:crypto';
import nodemailer from 'nodemailer';
import type { LocalMailbox } from './local-mailbox.ts';
import type { MailMessage, RawMail, SendOutcome } from './mail.ts';
import { classifyFailure } from './smtp-reply.ts';

const SECOND = 1_000;
/** Of each step of a conversation; a lease exceeds twice their sum. */
const TIMEOUTS = { connectionTimeout: 10 * SECOND, greetingTimeout: 10 * SECOND, socketTimeout: 30 * SECOND };
export const SMTP_TIMEOUT_MS = 50 * SECOND;
export const POOL_CONNECTIONS = 5;

/**
 * The only place that speaks SMTP. Mail to people goes through a pool; an office's mail alone on a connection of its
 * own, to one recipient. Without a relay everything lands in the local mailbox.
 */
export function createTransport(options: {
  smtpUrl: string | undefined;
  mailFrom: string;
  mailDomain: string;
  mailbox: LocalMailbox;
}) {
  const { smtpUrl, mailFrom, mailDomain, mailbox } = options;
  const builder = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  const smtp = smtpUrl ? smtpOptions(smtpUrl) : undefined;
  const pool =
    smtp &&
    nodemailer.createTransport({
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
      ...(message.replyTo && { replyTo: message.replyTo }),
      ...(message.references && { references: message.references.map((one) => `<${one}>`) }),
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const { envelope } = info as unknown as { envelope: { from: string; to: string[] } };
    const [to] = envelope.to;
    // One mail, one person: a second recipient could only come from an address that is not one.
    if (envelope.to.length !== 1 || to === undefined) throw new Error('a mail has exactly one recipient');
    return { raw: info.message as unknown as Buffer, envelope: { from: envelope.from, to }, messageId };
  }

  async function sendToPerson(message: MailMessage, id: string): Promise<SendOutcome> {
    const mail = await renderRaw(message, id);
    return pool ? deliver(pool, mail, mail.messageId) : deposit(mail, mail.messageId, id);
  }

  async function sendToOffice(mail: RawMail, messageId: string, id: string): Promise<SendOutcome> {
    if (!smtp) return deposit(mail, messageId, id);
    const single = nodemailer.createTransport({ ...smtp, pool: false });
    return deliver(single, mail, messageId).finally(() => single.close());
  }

  async function deposit(mail: RawMail, messageId: string, id: string): Promise<SendOutcome> {
    await mailbox.deposit(mail.raw, id);
    return { result: 'sent', code: 250, reply: '250 kept in the local mailbox', messageId };
  }

  return { renderRaw, sendToPerson, sendToOffice, close: () => pool?.close() };
}
export type Transport = ReturnType<typeof createTransport>;

type Sender = { sendMail(mail: object): Promise<{ response?: string }> };

async function deliver(sender: Sender, { raw, envelope }: RawMail, messageId: string): Promise<SendOutcome> {
  try {
    const { response = '' } = await sender.sendMail({
      envelope: { from: envelope.from, to: [envelope.to] },
      raw,
    });
    return {
      result: 'sent',
      code: Number.parseInt(response, 10) || 250,
      reply: response.slice(0, 500),
      messageId,
    };
  } catch (error) {
    return classifyFailure(error);
  }
}

function smtpOptions(smtpUrl: string) {
  const url = new URL(smtpUrl);
  const isSecure = url.protocol === 'smtps:';
  const query = Object.fromEntries(
    [...url.searchParams].map(([key, value]) => [
      key,
      value === 'true' ? true : value === 'false' ? false : value,
    ]),
  );
  return {
    ...query,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (isSecure ? 465 : 587),
    secure: isSecure,
    ...(url.username && {
      auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    }),
    ...TIMEOUTS,
  };
}

/** nodemailer folds and encodes; a line break in a header can only be an attempt to add one. */
function refuseLineBreaks(message: MailMessage): void {
  const lines = [
    message.to,
    message.replyTo ?? '',
    message.subject,
    message.from?.name ?? '',
    ...Object.values(message.headers ?? {}),
  ];
  if (lines.some((line) => /[\r\n\0]/.test(line))) throw new Error('a header holds a line break');
}
