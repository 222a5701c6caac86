import { createHash, randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HeaderLines } from 'mailparser';
import type { Clock } from '../lib/clock.ts';

export type MailSummary = { id: string; date: Date; to: string; subject: string };
export type LocalMail = MailSummary & {
  from: string;
  headers: { name: string; value: string }[];
  text: string;
  html: string;
  source: string;
};

const KEY_LENGTH = 16;
const NAME = /^\d{15}-[\w-]{16}$/;
const SHOWN = 200;

/** Where mail lands when there is no relay: `.eml` files under DATA_DIR, the newest first when listed. */
export function createLocalMailbox({ dataDir, clock }: { dataDir: string; clock: Clock }) {
  const folder = join(dataDir, 'mailbox');
  let known: Promise<Map<string, string>> | undefined;

  /** The same mail sent again after a crash does not lie there twice. */
  async function deposit(raw: Buffer, id: string): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    known ??= readNames();
    const names = await known;
    const key = createHash('sha256').update(id).digest('base64url').slice(0, KEY_LENGTH);
    const name = names.get(key) ?? `${String(clock.now().getTime()).padStart(15, '0')}-${key}.eml`;
    names.set(key, name);
    const draft = join(folder, `.${randomUUID()}`);
    await writeFile(draft, raw, { flush: true, mode: 0o600 });
    await rename(draft, join(folder, name));
  }

  /** Read once: a crash is over by the next start, and looking at every name costs more with each mail. */
  async function readNames(): Promise<Map<string, string>> {
    const names = (await listIds()).map((id) => `${id}.eml`);
    // Earlier versions left them to be read by everybody on the machine.
    await chmod(folder, 0o700);
    for (const name of names) await chmod(join(folder, name), 0o600);
    return new Map(names.map((name) => [name.slice(-KEY_LENGTH - '.eml'.length, -'.eml'.length), name]));
  }

  async function listIds(): Promise<string[]> {
    const names = await readdir(folder).catch(() => []);
    const ids = names.filter((name) => name.endsWith('.eml')).map((name) => name.slice(0, -4));
    return ids.filter((id) => NAME.test(id));
  }

  async function list(): Promise<MailSummary[]> {
    const newest = (await listIds()).sort().reverse().slice(0, SHOWN);
    const mails = await Promise.all(newest.map((id) => read(id)));
    return mails.flatMap((mail) =>
      mail ? [{ id: mail.id, date: mail.date, to: mail.to, subject: mail.subject }] : [],
    );
  }

  /** Null for a name that is no mail of ours; nothing outside the folder can be asked for. */
  async function read(id: string): Promise<LocalMail | null> {
    if (!NAME.test(id)) return null;
    const raw = await readFile(join(folder, `${id}.eml`)).catch(() => null);
    if (!raw) return null;
    const { simpleParser } = await import('mailparser');
    const parsed = await simpleParser(raw, { skipTextToHtml: true, skipImageLinks: true });
    return {
      id,
      date: new Date(Number(id.slice(0, 15))),
      to: addressText(parsed.to),
      from: addressText(parsed.from),
      subject: parsed.subject ?? '',
      headers: parsed.headerLines.map(toHeader),
      text: parsed.text ?? '',
      html: typeof parsed.html === 'string' ? parsed.html : '',
      source: raw.toString('utf8'),
    };
  }

  return { deposit, list, read };
}
export type LocalMailbox = ReturnType<typeof createLocalMailbox>;

function addressText(address: { text: string } | { text: string }[] | undefined): string {
  return [address ?? []]
    .flat()
    .map(({ text }) => text)
    .join(', ');
}

function toHeader({ line }: HeaderLines[number]): { name: string; value: string } {
  const cut = line.indexOf(':');
  return {
    name: line.slice(0, cut),
    value: line
      .slice(cut + 1)
      .replace(/\r?\n\s+/g, ' ')
      .trim(),
  };
}
