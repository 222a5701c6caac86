import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { linksOfMail } from '../../src/deliveries/links-in-mail.ts';
import { CHILD_ENV } from '../support/child-env.ts';
import { makeDataDir, type Program, readMailbox, startProgram, until } from '../support/program.ts';

const CLI = join(import.meta.dirname, '../../src/cli.mjs');
let directory: Awaited<ReturnType<typeof makeDataDir>>;
/** One process does everything; test/faults/parts.test.ts has the two of `npm start`. */
const env = () => ({
  DATA_DIR: directory.path,
  LOCAL_DATABASE: 'mongod,secantusd-rs,pypi',
  ROLES: 'web,mail,ledger,letters',
});
let program: Program;

beforeAll(async () => {
  directory = await makeDataDir();
  program = await startProgram(env());
});
afterAll(async () => {
  await program.stop();
  await directory.remove();
});

/** As from a shell that knows nothing of the server's PORT. */
async function cli(args: string, env: Record<string, string> = {}) {
  return promisify(execFile)(process.execPath, [CLI, ...args.split(' ')], {
    env: { ...CHILD_ENV, DATA_DIR: directory.path, ...env },
  });
}
async function rawMailTo(address: string): Promise<Buffer[]> {
  const folder = join(directory.path, 'mailbox');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.eml'));
  const all = await Promise.all(names.map((name) => readFile(join(folder, name))));
  const to = await Promise.all(all.map(async (raw) => (await simpleParser(raw)).to));
  return all.filter((_, at) => [to[at] ?? []].flat()[0]?.value[0]?.address === address);
}
async function sign(url: string, email: string): Promise<string> {
  const form = new URLSearchParams({ name: 'Ana', email, country: 'US', region: 'US-TX', over16: 'on' });
  await fetch(`${url}/en/petitions/no-more-unsafe-returns/signatures`, { method: 'POST', body: form });
  let link = '';
  await until(async () => {
    const mail = (await readMailbox(directory.path)).find(({ to }) => to === email);
    link = /^(http\S+\/confirm\/\S+)$/m.exec(mail?.text ?? '')?.[1] ?? '';
    return link !== '';
  }, 20_000);
  return link;
}
const confirm = (link: string) => fetch(link, { method: 'POST', body: new URLSearchParams() });

test('a command without the server’s PORT, and a server started with a new one, mail links that open', {
  timeout: 90_000,
}, async () => {
  const port = new URL(program.url).port;
  const own = `http://localhost:${port}`;
  const link = await sign(program.url, 'ana@home.example');
  expect(link.startsWith(own)).toBe(true);
  expect((await confirm(link)).ok).toBe(true);
  await cli(
    'office verify us-dhs-secretary --email a@dhs.example --source https://example.org/c --checked 2026-11-24 --by Lucia',
  );
  await until(async () => {
    await cli('letters plan --by Lucia');
    return (await cli('letters list')).stdout.includes('us-dhs-secretary:digest:1');
  }, 20_000);
  const { stderr } = await cli('letters check', { PUBLIC_URL: 'http://localhost:1' });
  expect(stderr).toContain('installation.configured-otherwise');
  await program.stop();
  program = await startProgram(env());
  const next = `http://localhost:${new URL(program.url).port}`;
  expect(next).not.toBe(own);
  await cli('letters approve --all --by Lucia');
  // The server may be quicker than the command.
  await cli('letters send --all --by Lucia');
  await until(async () => (await rawMailTo('a@dhs.example')).length > 0, 20_000);
  const [digest] = await rawMailTo('a@dhs.example');
  const links = await linksOfMail(digest ?? Buffer.alloc(0));
  expect(links.length).toBeGreaterThan(1);
  for (const found of links) expect(found.startsWith(next)).toBe(true);
});
