import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../src/database/local/free-port.ts';
import { connectLmtp } from '../support/lmtp.ts';
import { makeDataDir, openBeside, type Program, startProgram, until } from '../support/program.ts';

/** 200 with `npm run test:faults`. */
const KILLS = 10 * Number(process.env.FAULT_ROUNDS ?? 0.6);
const SIZES = [200, 50_000, 2_000_000];
const OUR_PATIENCE_MS = 60_000;

let folder: Awaited<ReturnType<typeof makeDataDir>>;
let program: Program;
let port: number;
const start = async () => {
  program = await startProgram({ DATA_DIR: folder.path, LMTP_PORT: String(port) });
};

beforeEach(async () => {
  folder = await makeDataDir();
  port = await freePort();
  await start();
});
afterEach(async () => {
  await program.stop();
  await folder.remove();
});

/** An answer of a person; large ones are killed in the middle of being read. */
function answer(name: string, size: number): Buffer {
  const words = `${name} ${'We answer your letter. '.repeat(3)}\r\n`;
  const head = `From: Jane <jane@office.example>\r\nTo: hello@safe-passage.example\r\nMessage-ID: <${name}@office.example>\r\nSubject: ${name}\r\n\r\n`;
  return Buffer.from(head + words.repeat(Math.ceil(size / words.length)));
}

/** As a mail server does: again and again, until it is told that it is taken. */
async function bringUntilTaken(name: string, size: number, replies: string[]): Promise<void> {
  const given = {
    sender: 'jane@office.example',
    recipients: ['hello@safe-passage.example'],
    raw: answer(name, size),
  };
  for (const end = Date.now() + 4 * OUR_PATIENCE_MS + KILLS * 20_000; Date.now() < end; await pause(500)) {
    const reply = await bringOnce(given).catch(() => '');
    if (reply !== '') replies.push(reply);
    if (reply.startsWith('250')) return;
    if (reply.startsWith('5')) throw new Error(`${name} was refused: ${reply}`);
  }
  throw new Error(`${name} was never taken`);
}

async function bringOnce(given: { sender: string; recipients: string[]; raw: Buffer }): Promise<string> {
  const client = await connectLmtp(port);
  try {
    const [reply = ''] = await client.deliver(given);
    return reply;
  } finally {
    client.end();
  }
}

/** Each taken once, whole. */
async function expectAllKept(sizes: ReadonlyMap<string, number>): Promise<void> {
  const beside = await openBeside(program, await program.databaseUri());
  try {
    const { services } = beside;
    const records = await services.incoming.listLatest(10_000);
    const mails = await Promise.all(records.map(({ _id }) => services.keptMail.getMail(_id.slice(2))));
    const kept = mails.map(
      ({ raw }) => /^Subject: (.*)\r$/m.exec(raw.subarray(0, 1_000).toString())?.[1] ?? '',
    );
    expect(kept.sort()).toEqual([...sizes.keys()].sort());
    for (const { raw } of mails) {
      const name = /^Subject: (.*)\r$/m.exec(raw.subarray(0, 1_000).toString())?.[1] ?? '';
      expect(raw.equals(answer(name, sizes.get(name) ?? 0))).toBe(true);
    }
    expect(records.filter(({ until: held }) => held)).toEqual([]);
  } finally {
    await beside.close();
  }
}

describe('an answer of a person', () => {
  it('is kept or brought again, and never taken and lost, whenever the program or its database is killed', {
    timeout: 4 * OUR_PATIENCE_MS + KILLS * 20_000,
  }, async () => {
    const sizes = new Map<string, number>();
    const replies: string[] = [];
    const bringing: Promise<void>[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      for (const [index, size] of SIZES.entries()) {
        const name = `answer-${kill}-${index}`;
        sizes.set(name, size);
        bringing.push(bringUntilTaken(name, size, replies));
      }
      // From before the first byte to after the last reply.
      await pause((kill % 10) * 50);
      if (kill % 5 === 4) await program.killDatabase();
      else {
        await program.killProgram();
        await start();
      }
    }
    // Whose taker was killed is free after a minute.
    await Promise.all(bringing);
    expect(replies.filter((reply) => !/^(250|4\d\d) /.test(reply))).toEqual([]);
    await expectAllKept(sizes);
  });

  it('is brought again while the database is away, and then taken', {
    timeout: 4 * OUR_PATIENCE_MS,
  }, async () => {
    const replies: string[] = [];
    await program.killDatabase();
    await bringUntilTaken('away', 1_000, replies);
    expect(replies.at(-1)).toMatch(/^250 /);
    await until(async () => (await fetch(`${program.url}/readyz`)).ok, OUR_PATIENCE_MS);
    await expectAllKept(new Map([['away', 1_000]]));
  });
});
