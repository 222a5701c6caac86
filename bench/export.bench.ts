import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileOf } from '../src/exports/export.file.ts';
import { COLUMNS, type ExportKind } from '../src/exports/export.ts';
import { shellActor } from '../src/lib/actor.ts';
import { signatureContext } from '../src/signatures/signature.ts';
import { startProgram } from './program.ts';
import { attach, SLUG } from './seed.ts';
import { type Row, spread } from './table.ts';

const ACTS = 20_000;
const SAMPLE_MS = 200;

/** Rows a second of an export with people and of one without, and what it adds to the memory of the process that makes it. */
export async function benchExport(people: number): Promise<Row[]> {
  const program = await startProgram({ ROLES: 'web' });
  const { services, close } = await attach(program.dataDir);
  try {
    await seedSubscribers(services, people);
    const one = await takeAway(services, 'subscribers', people);
    const hours = await seedHours(services, people);
    const numbers = await takeAway(services, 'numbers', hours);
    const name = people.toLocaleString('en');
    const rows = (what: string, rate: number, atLeast: number): Row => ({
      what,
      ...spread([rate]),
      unit: '/s',
      atLeast,
    });
    return [
      rows(`export of ${name} with people, rows`, one.perSecond, 10_000),
      rows(`export of ${hours.toLocaleString('en')} without people, rows`, numbers.perSecond, 20_000),
      {
        what: 'memory that they add',
        ...spread([one.grewBy, numbers.grewBy]),
        median: Math.max(one.grewBy, numbers.grewBy),
        unit: 'MB',
        atMost: 60,
      },
    ];
  } finally {
    await close();
    await program.stop();
  }
}

type Services = Awaited<ReturnType<typeof attach>>['services'];

async function takeAway(services: Services, kind: ExportKind, expected: number) {
  const rosa = shellActor('Rosa');
  const { _id } = await services.exports.ask(rosa, { kind, petitionId: SLUG, why: 'to measure it' });
  if (kind === 'subscribers') await services.exports.grant(shellActor('Inés'), _id, false);
  globalThis.gc?.();
  await sleep(1_000);
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, SAMPLE_MS);
  let lines = 0;
  const begun = performance.now();
  await services.exports.download(rosa, { id: _id, format: 'csv' }, async (rows) => {
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        for (const byte of chunk) if (byte === 10) lines += 1;
        done();
      },
    });
    await pipeline(fileOf(rows, COLUMNS[kind], 'csv'), sink);
  });
  clearInterval(timer);
  if (lines - 1 !== expected) throw new Error(`${lines - 1} rows of ${expected}`);
  const seconds = (performance.now() - begun) / 1_000;
  return { perSecond: expected / seconds, grewBy: (most - before) / 1e6 };
}

async function seedSubscribers({ connection, sealer }: Services, count: number): Promise<void> {
  const at = new Date();
  for (let from = 0; from < count; from += ACTS) {
    const documents = Array.from({ length: Math.min(ACTS, count - from) }, (_, index) => {
      const _id = `${SLUG}:bench-${from + index}`;
      const person = { name: 'Ana Rosa Núñez', email: `ana-${from + index}@home.example` };
      return {
        _id: _id as never,
        petitionId: SLUG,
        ref: `bench-${from + index}`,
        state: 'confirmed',
        held: false,
        consent: { showName: false, shareWords: false, updates: true },
        country: 'US',
        region: 'US-TX',
        source: 'direct',
        locale: 'en',
        sealed: sealer.seal(person, signatureContext(_id)),
        linkVersion: 0,
        createdAt: at,
        confirmedAt: at,
      };
    });
    await connection.collection('signatures').insertMany(documents, { ordered: false });
  }
}

/** As many hours of one petition as there would be in a century: a row each. */
async function seedHours({ connection }: Services, count: number): Promise<number> {
  const first = Date.parse('1900-01-01T00:00:00Z');
  for (let from = 0; from < count; from += ACTS) {
    const documents = Array.from({ length: Math.min(ACTS, count - from) }, (_, index) => {
      const at = new Date(first + (from + index) * 3_600_000);
      const _id = `${SLUG}:${at.toISOString().slice(0, 13)}` as never;
      return { _id, petitionId: SLUG, at, seq: from + index, added: 1, removed: 0, seen: { direct: 2 } };
    });
    await connection.collection('hours').insertMany(documents, { ordered: false });
  }
  return count;
}
