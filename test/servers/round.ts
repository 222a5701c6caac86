import { execFile } from 'node:child_process';
import { chmod, chown, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { simpleParser } from 'mailparser';
import { createTransport } from 'nodemailer';
import { freePort } from '../../src/database/local/free-port.ts';
import type { Delivery, IncomingNote } from '../../src/deliveries/delivery.ts';
import { emailChannel } from '../../src/offices/office.ts';
import { TESTER } from '../support/actor.ts';
import { releaseAll } from '../support/letters.ts';
import { linkIn, makeDataDir, openBeside, type Program, startProgram, until } from '../support/program.ts';
import { OURS, ours, theirs, type Way } from './sides.ts';

const run = promisify(execFile);
const PATIENCE_MS = 40_000;

export type Seen = { what: string; saw: string; isRight: boolean };
export type Round = { ours: 'postfix' | 'exim'; theirs: 'postfix' | 'exim'; home: 'lmtp' | 'pipe' };

const PETITIONS = ['no-more-unsafe-returns', 'protection-and-asylum', 'safe-passage'];
const OFFICES: Record<string, string> = {
  answer: 'us-dhs-secretary',
  gone: 'us-cbp-commissioner',
  alias: 'mx-presidency',
  away: 'mx-inm',
  list: 'mx-segob',
  stop: 'mx-sre',
};

/** One program, two mail servers, and everything that can come home; what was seen of each. */
export async function playRound(round: Round): Promise<Seen[]> {
  const dir = await mkdtemp(join(tmpdir(), 'servers-'));
  await chmod(dir, 0o755);
  const folder = await makeDataDir();
  const [outPort, inPort, lmtpPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const env = {
    DATA_DIR: folder.path,
    SMTP_URL: `smtp://127.0.0.1:${outPort}`,
    MAIL_DOMAIN: OURS,
    ...(round.home === 'lmtp' && { LMTP_PORT: String(lmtpPort) }),
  };
  let program = await startProgram(env);
  const pipeUser = round.ours === 'exim' ? 'Debian-exim' : 'nobody';
  const way: Way =
    round.home === 'lmtp'
      ? { kind: 'lmtp', port: lmtpPort }
      : {
          kind: 'pipe',
          envFile: await writeEnvFile(dir, program, round.ours === 'exim' ? 'Debian-exim' : 'nobody'),
        };
  const here = await ours[round.ours]({ dir: join(dir, 'ours'), port: outPort, other: inPort, way });
  const there = await theirs[round.theirs]({ dir: join(dir, 'theirs'), port: inPort, other: outPort });
  let isWhole = false;
  try {
    const seen = await mailGoesOut(program, there.mail, inPort, round);
    await program.stop();
    const restart = async () => {
      program = await startProgram(env);
      // A database of its own has another port by now.
      if (way.kind === 'pipe') await writeEnvFile(dir, program, pipeUser);
      return program;
    };
    seen.push(await comesWhileDown({ restart, stop: () => program.stop(), mail: there.mail, inPort, here }));
    isWhole = seen.every(({ isRight }) => isRight);
    return seen;
  } finally {
    // What the servers did says why.
    if (!isWhole) console.log(await here.log(), await there.log());
    await Promise.all([here.stop(), there.stop()]);
    await program.stop();
    await rm(dir, { recursive: true, force: true });
    await folder.remove();
  }
}

/** Readable by the pipe's user alone. */
async function writeEnvFile(dir: string, program: Program, user: string): Promise<string> {
  const path = join(dir, 'environment');
  const key = (await readFile(join(program.dataDir, 'keys/master.key'), 'utf8')).trim();
  const uri = await program.databaseUri();
  await writeFile(path, `MONGODB_URI='${uri}'\nMASTER_KEY='${key}'\n`, { mode: 0o600 });
  await chown(path, Number((await run('id', ['-u', user])).stdout), 0);
  return path;
}

async function mailGoesOut(program: Program, mail: string, inPort: number, round: Round): Promise<Seen[]> {
  const beside = await openBeside(program, await program.databaseUri());
  const { services, connection } = beside;
  try {
    for (const [index, slug] of PETITIONS.entries()) await sign(program, mail, slug, index);
    for (const [name, id] of Object.entries(OFFICES))
      await services.offices.verifyEmailChannel(TESTER, id, {
        email: `${name}@office.example`,
        source: 'https://example.org/contact',
        checked: '2026-11-24',
      });
    await until(
      async () =>
        (await services.ledger.verify()).petitions.filter(({ total }) => total > 0).length ===
        PETITIONS.length,
      PATIENCE_MS,
    );
    await services.planner.planDigests();
    await releaseAll(services);
    const notesOf = async (name: string): Promise<IncomingNote[]> => {
      const sent = await connection
        .collection('deliveries')
        .find({ officeId: OFFICES[name] ?? '' })
        .toArray();
      return (sent as unknown as Delivery[]).flatMap(({ incoming = [] }) => incoming);
    };
    const reply = async (name: string, from: string, text: string) => {
      const digest = await readBox(mail, `office.example/${from}`, name);
      await send(inPort, {
        from: `${from}@office.example`,
        to: digest.replyTo,
        subject: `Re: ${digest.subject}`,
        text,
      });
    };
    await reply('answer', 'answer', 'We have received your letter and will act on it.');
    await reply('list', 'member', 'As a member of the list I answer for my office.');
    await reply('stop', 'stop', 'STOP');
    await send(inPort, {
      from: 'ana@home.example',
      to: `hello@${OURS}`,
      subject: 'Re: Please confirm your signature',
      text: 'Yes, I confirm.',
    });
    const noted = (name: string, what: string, kind: string, pattern = /./) =>
      look(what, async () => {
        const note = (await notesOf(name)).find((one) => one.kind === kind);
        return note && pattern.test(`${note.code} ${note.text}`)
          ? `${kind} ${note.code ?? ''} ${note.text}`
          : undefined;
      });
    const channelOf = async (name: string) =>
      emailChannel(await services.offices.getOffice(OFFICES[name] ?? ''));
    return [
      await noted('answer', 'an answer', 'reply'),
      await look('… is kept whole with the answers', async () => {
        const [first] = (await services.answers.listAnswers()).filter(
          ({ officeId }) => officeId === OFFICES.answer,
        );
        const { content } = await services.answers.getAnswer(first?._id ?? '');
        return content.text.includes('will act on it') ? content.text : undefined;
      }),
      await noted('gone', 'a bounce', 'bounce'),
      await look('… ends mail to that address', async () =>
        (await channelOf('gone')) === undefined ? 'the channel has failed' : undefined,
      ),
      await noted('alias', 'a dead member of an alias', 'bounce'),
      await look('… and the other member has it', async () =>
        (await listBox(mail, 'office.example/member')).length > 0 ? 'in its mailbox' : undefined,
      ),
      round.theirs === 'exim'
        ? await noted('away', 'a vacation', 'auto-reply')
        : await look('a vacation: Dovecot answers no mail with List-Unsubscribe', async () =>
            (await listBox(mail, 'office.example/away')).length > 0 && (await notesOf('away')).length === 0
              ? 'the digest is in the mailbox, and no answer came'
              : undefined,
          ),
      await noted('list', 'a reply through a list', 'reply'),
      await noted('stop', 'STOP', 'reply'),
      await look('… ends mail to that office', async () =>
        (await channelOf('stop')) === undefined ? 'the channel is blocked' : undefined,
      ),
      await look('a reply to the confirm mail', async () => {
        const records = await services.incoming.listLatest(50);
        return records.some(({ concern }) => concern === 'organisers')
          ? 'kept for the organisers'
          : undefined;
      }),
    ];
  } finally {
    await beside.close();
  }
}

/** A program that is down costs no mail: the server keeps it, and brings it again. */
async function comesWhileDown(given: {
  restart(): Promise<Program>;
  stop(): Promise<unknown>;
  mail: string;
  inPort: number;
  here: { flush(): Promise<unknown> };
}): Promise<Seen> {
  const { restart, mail, inPort, here } = given;
  const digest = await readBox(mail, 'office.example/answer', 'answer');
  await send(inPort, {
    from: 'answer@office.example',
    to: digest.replyTo,
    subject: `Re: ${digest.subject}`,
    text: 'A second answer, while nobody was there.',
  });
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  const program = await restart();
  const beside = await openBeside(program, await program.databaseUri());
  try {
    return await look('an answer while the program is down', async () => {
      await here.flush();
      const kept = await beside.services.answers.listAnswers();
      const texts = await Promise.all(kept.map(({ _id }) => beside.services.answers.getAnswer(_id)));
      return texts.find(({ content }) => content.text.includes('nobody was there'))?.content.text;
    });
  } finally {
    await beside.close();
  }
}

async function look(what: string, see: () => Promise<string | undefined>): Promise<Seen> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; ) {
    const saw = await see().catch(() => undefined);
    if (saw !== undefined) return { what, saw: saw.replace(/\s+/g, ' ').trim(), isRight: true };
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return { what, saw: 'it was not seen', isRight: false };
}

async function sign(program: Program, mail: string, slug: string, index: number): Promise<void> {
  const body = new URLSearchParams({
    name: 'Ana Rosa',
    email: 'ana@home.example',
    country: 'US',
    region: 'US-TX',
    over16: 'on',
  });
  await fetch(`${program.url}/en/petitions/${slug}/signatures`, { method: 'POST', body, redirect: 'manual' });
  await until(
    async () => (await listLinks(mail)).length > index,
    PATIENCE_MS,
    () => 'no confirm mail came',
  );
  for (const path of await listLinks(mail))
    await fetch(`${program.url}${path}`, { method: 'POST', redirect: 'manual' });
}

async function listLinks(mail: string): Promise<string[]> {
  const mails = await listBox(mail, 'home.example/ana');
  return mails.filter(({ text }) => text.includes('/en/confirm/')).map((one) => linkIn(one, 'confirm'));
}

type Boxed = { subject: string; text: string; to: string; replyTo: string };

async function listBox(mail: string, box: string): Promise<Boxed[]> {
  const folder = join(mail, box);
  const names = (await readdir(folder, { recursive: true }).catch(() => [])).filter((name) =>
    /(new|cur)\/./.test(name),
  );
  return Promise.all(
    names.map(async (name) => {
      const read = await simpleParser(await readFile(join(folder, name)), { skipHtmlToText: true });
      const [to] = [read.to ?? []].flat();
      return {
        subject: read.subject ?? '',
        text: read.text ?? '',
        to: to?.text ?? '',
        replyTo: read.replyTo?.value[0]?.address ?? '',
      };
    }),
  );
}

/** The first mail in a mailbox that was written to `name`. */
async function readBox(mail: string, box: string, name: string): Promise<Boxed> {
  let found: Boxed | undefined;
  await until(
    async () => {
      found = (await listBox(mail, box)).find(({ to }) => to.includes(`${name}@`));
      return found !== undefined;
    },
    PATIENCE_MS,
    () => `no mail to ${name} came into ${box}`,
  );
  return found as Boxed;
}

async function send(
  port: number,
  mail: { from: string; to: string; subject: string; text: string },
): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
  await transport.sendMail(mail);
  transport.close();
}
