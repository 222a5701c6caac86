import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { connectLmtp } from '../support/lmtp.ts';
import { openBeside, type Program } from '../support/program.ts';

export const RECIPIENT = 'hello@safe-passage.example';
export const SENDER = 'jane@office.example';

/** An answer of a person, as large as is said; large ones are broken off in the middle of being read or kept. */
export function answer(name: string, size: number): Buffer {
  const words = `${name} ${'We answer your letter. '.repeat(3)}\r\n`;
  const head = `From: Jane <${SENDER}>\r\nTo: ${RECIPIENT}\r\nMessage-ID: <${name}@office.example>\r\nSubject: ${name}\r\n\r\n`;
  return Buffer.from(head + words.repeat(Math.ceil(size / words.length)));
}

/** One try of a mail server; empty when the connection broke off. */
export async function bringOnce(port: number, raw: Buffer): Promise<string> {
  const client = await connectLmtp(port).catch(() => undefined);
  try {
    const replies = await client?.deliver({ sender: SENDER, recipients: [RECIPIENT], raw });
    return replies?.[0] ?? '';
  } catch {
    return '';
  } finally {
    client?.end();
  }
}

/** As a mail server does: again and again, until it is told that it is taken. */
export async function bringUntilTaken(
  { port, patienceMs }: { port: number; patienceMs: number },
  { name, size }: { name: string; size: number },
  replies: string[],
): Promise<void> {
  const raw = answer(name, size);
  for (const end = Date.now() + patienceMs; Date.now() < end; await pause(500)) {
    const reply = await bringOnce(port, raw);
    if (reply !== '') replies.push(reply);
    if (reply.startsWith('250')) return;
    if (reply.startsWith('5')) throw new Error(`${name} was refused: ${reply}`);
  }
  throw new Error(`${name} was never taken`);
}

/** Each taken once, whole. */
export async function expectAllKept(program: Program, sizes: ReadonlyMap<string, number>): Promise<void> {
  const beside = await openBeside(program, await program.databaseUri());
  try {
    const { services } = beside;
    const records = await services.incoming.listLatest(10_000);
    const mails = await Promise.all(records.map(({ _id }) => services.keptMail.getMail(_id.slice(2))));
    const kept = mails.map(({ raw }) => nameOf(raw));
    expect(kept.sort()).toEqual([...sizes.keys()].sort());
    for (const { raw } of mails) {
      const name = nameOf(raw);
      expect(raw.equals(answer(name, sizes.get(name) ?? 0))).toBe(true);
    }
    expect(records.filter(({ until: held }) => held)).toEqual([]);
  } finally {
    await beside.close();
  }
}

function nameOf(raw: Buffer): string {
  return /^Subject: (.*)\r$/m.exec(raw.subarray(0, 1_000).toString())?.[1] ?? '';
}
