import { SECOND } from '../lib/clock.ts';

/** Of the steps of a conversation: connecting (with name and greeting), and a silence in it. */
const TIMEOUTS = { connectionTimeout: 10 * SECOND, greetingTimeout: 10 * SECOND, socketTimeout: 30 * SECOND };
/** Of the whole conversation, however slowly a server answers each step: a lease exceeds twice this (law 7). */
export const SMTP_TIMEOUT_MS = 60 * SECOND;
export const POOL_CONNECTIONS = 5;

/** nodemailer's connection options of an `smtp:` or `smtps:` URL; its query may set further ones, such as `ignoreTLS=true`. */
export function readSmtpUrl(smtpUrl: string) {
  const url = new URL(smtpUrl);
  const isSecure = url.protocol === 'smtps:';
  const words: Record<string, boolean> = { true: true, false: false };
  const query = Object.fromEntries([...url.searchParams].map(([key, value]) => [key, words[value] ?? value]));
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
