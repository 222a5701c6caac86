import { isIP } from 'node:net';
import { resolve } from 'node:path';
import * as z from 'zod';
import { AppError } from './lib/errors.ts';
import { faultLines } from './lib/form-faults.ts';
import { isLoopback } from './lib/loopback.ts';
import { smtpUrlFault } from './mail/smtp-options.ts';

export const ROLES = ['web', 'mail', 'ledger', 'letters'] as const;
export type Role = (typeof ROLES)[number];

const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'silent'] as const;
const LOCAL_DATABASE_WAYS = ['mongod', 'secantusd-rs', 'download', 'pypi'] as const;

const list = (value: string) => value.split(/[\s,]+/).filter(Boolean);

/** 32 bytes as hex, base64 or base64url. */
function readMasterKey(value: string): Buffer | undefined {
  const bytes = /^[0-9a-f]{64}$/i.test(value) ? Buffer.from(value, 'hex') : Buffer.from(value, 'base64url');
  return bytes.length === 32 ? bytes : undefined;
}

/** What stands before each @ of `Name <local@domain>`. */
function localParts(value: string): string[] {
  const before = value.split('@').slice(0, -1);
  return before.map((text) => text.split(/[\s<>]/).at(-1) ?? '');
}

function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return true;
  const { pathname, search, hash, username } = new URL(value);
  return /^\/*$/.test(pathname) && search === '' && hash === '' && username === '';
}

/** Also the words that proxy-addr, which reads them, has for such ranges. */
function isAddressOrRange(value: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(value)) return true;
  const [address = '', bits] = value.split('/', 2);
  if (isIP(address) === 0) return false;
  const most = isIP(address) === 4 ? 32 : 128;
  return bits === undefined || isIP(bits) > 0 || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
}

/** Every variable of the program, in the order of the README's table, which a test holds against this. */
export const Variables = z.object({
  HOST: z.string().default('127.0.0.1').describe('address to listen on'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000).describe('port to listen on'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .refine(isOrigin, 'must be the address of a whole host, without a path: the site cannot lie below one')
    .optional()
    .describe('how people reach the site; default is `http://localhost:PORT`'),
  MONGODB_URI: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\//, 'must start with mongodb:// or mongodb+srv://')
    .optional()
    .describe('a MongoDB replica set or cluster; without it the program starts a database of its own'),
  DATA_DIR: z
    .string()
    .min(1)
    .default('./data')
    .describe('folder for keys, the local database and the local mailbox'),
  MASTER_KEY: z
    .string()
    .optional()
    .refine(
      (value) => value === undefined || readMasterKey(value) !== undefined,
      'must be 32 bytes as hex or base64, as `openssl rand -base64 32` prints',
    )
    .describe('wraps the key ring: 32 bytes as hex or base64; without it one is made in DATA_DIR/keys'),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, { error: 'must start with smtp:// or smtps://', abort: true })
    .superRefine((value, context) => {
      const message = smtpUrlFault(value);
      if (message) context.addIssue({ code: 'custom', message });
    })
    .optional()
    .describe('the mail relay, by TLS (see below); without it mail goes to the local mailbox at /mailbox'),
  MAIL_FROM: z
    .string()
    .min(3)
    .refine(
      (value) => localParts(value).every((local) => !/[^\p{ASCII}]/u.test(local)),
      'must have an address without accents before the @, which many servers do not take',
    )
    .optional()
    .describe(
      'sender of mail to supporters, `Name <address>`; default is `Safe Passage <hello@MAIL_DOMAIN>`',
    ),
  MAIL_DOMAIN: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/i, 'must be a domain name')
    .optional()
    .describe(
      'domain of the letters and message ids; default is the host of PUBLIC_URL, or `safe-passage.example`',
    ),
  LMTP_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .optional()
    .describe(
      'port on 127.0.0.1 where a mail server hands over what comes, by LMTP; without it there is none',
    ),
  MAIL_WEBHOOK_SECRET: z
    .string()
    .min(32)
    .optional()
    .describe(
      'signs what a relay hands over at /webhooks/mail, 32 characters or more; without it there is none',
    ),
  DKIM_KEY: z
    .string()
    .optional()
    .describe(
      'RSA key in PEM (`\\n` for its line breaks) that signs all mail; without it the relay must sign',
    ),
  DKIM_SELECTOR: z
    .string()
    .regex(/^[a-z0-9-]+$/i, 'must be one label of a domain name')
    .default('safe-passage')
    .describe('where the DKIM key is published: `SELECTOR._domainkey.MAIL_DOMAIN`'),
  ROLES: z
    .string()
    .default(ROLES.join(','))
    .refine(
      (value) => list(value).every((role) => ROLES.some((known) => known === role)),
      `may name ${ROLES.join(', ')}`,
    )
    .describe('what this process does: web, mail, ledger, letters'),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info').describe('error, warn, info, debug or silent'),
  TRUSTED_PROXIES: z
    .string()
    .default('')
    .refine(
      (value) => list(value).every(isAddressOrRange),
      'may hold addresses and ranges such as 10.0.0.0/8, and no names',
    )
    .describe('addresses or CIDR ranges of proxies whose X-Forwarded-For is believed'),
  RATE_LIMITS: z.enum(['on', 'off']).default('on').describe('`off` is for benches and tests'),
  LOCAL_DATABASE: z
    .string()
    .default(LOCAL_DATABASE_WAYS.join(','))
    .refine(
      (value) => list(value).every((way) => LOCAL_DATABASE_WAYS.some((known) => known === way)),
      `may name ${LOCAL_DATABASE_WAYS.join(', ')}`,
    )
    .describe('which local databases to look for, in order: mongod, secantusd-rs, download, pypi'),
});

export type Config = ReturnType<typeof readConfig>;

/**
 * The only reader of the environment.
 * @throws CONFIG_INVALID naming every fault at once
 */
export function readConfig(env: Record<string, string | undefined>) {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = Variables.safeParse(given);
  if (!result.success) {
    throw invalid(faultLines(result.error));
  }
  const read = result.data;
  const publicUrl = (read.PUBLIC_URL ?? `http://localhost:${read.PORT}`).replace(/\/+$/, '');
  const { hostname, protocol } = new URL(publicUrl);
  const isPublic = protocol === 'https:' || !isLoopback(hostname);
  if (isPublic) {
    const missing = (['SMTP_URL', 'MASTER_KEY', 'MONGODB_URI'] as const).filter((name) => !read[name]);
    if (missing.length > 0) {
      throw invalid(
        missing.map((name) => `${name}: is required because PUBLIC_URL (${publicUrl}) is public`),
      );
    }
  }
  const mailDomain = read.MAIL_DOMAIN ?? (isPublic ? hostname : 'safe-passage.example');
  const masterKey = read.MASTER_KEY === undefined ? undefined : readMasterKey(read.MASTER_KEY);
  return {
    host: read.HOST,
    port: read.PORT,
    publicUrl,
    isPublic,
    mongodbUri: read.MONGODB_URI,
    dataDir: resolve(read.DATA_DIR),
    masterKey,
    smtpUrl: read.SMTP_URL,
    mailFrom: read.MAIL_FROM ?? `Safe Passage <hello@${mailDomain}>`,
    mailDomain,
    /** where this installation is, was set and is not merely the default */
    saysWhere: (['PUBLIC_URL', 'PORT', 'MAIL_DOMAIN', 'MAIL_FROM'] as const).some((name) => name in given),
    lmtpPort: read.LMTP_PORT,
    mailWebhookSecret: read.MAIL_WEBHOOK_SECRET,
    dkimKey: read.DKIM_KEY === undefined ? undefined : { pem: read.DKIM_KEY, selector: read.DKIM_SELECTOR },
    roles: list(read.ROLES) as Role[],
    logLevel: read.LOG_LEVEL,
    trustedProxies: list(read.TRUSTED_PROXIES),
    hasRateLimits: read.RATE_LIMITS === 'on',
    localDatabaseWays: list(read.LOCAL_DATABASE),
  };
}

function invalid(faults: string[]): AppError {
  return new AppError('CONFIG_INVALID', {
    message: `The configuration has faults:\n  ${faults.join('\n  ')}`,
    faults,
  });
}
