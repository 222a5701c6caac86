import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createSealer } from '../src/lib/sealed.ts';
import { type Person, signatureContext, signatureId } from '../src/signatures/signature.ts';
import { TESTER } from '../test/support/actor.ts';
import { manyVoices } from '../test/voices/voices-corpus.ts';
import { startProgram } from './program.ts';
import { attach, SLUG } from './seed.ts';
import type { Row } from './table.ts';

const SIGNATURES = 100_000;
const WORDS = 2_000;
const BATCH = 5_000;
const REGIONS = ['US-TX', 'US-CA', 'US-NM', 'US-AZ', 'MX-CHP', 'MX-TAM', 'MX-CMX', 'MX-JAL'];
const run = promisify(execFile);

/** One digest of a hundred thousand people and two thousand texts: planned, composed with its PDF, and kept. */
export async function benchDigest(): Promise<Row[]> {
  const program = await startProgram({ ROLES: 'web' });
  try {
    const database = await attach(program.dataDir);
    await seedConfirmed(database);
    const { services } = database;
    await services.offices.verifyEmailChannel(TESTER, 'us-dhs-secretary', {
      email: 'letters@dhs.example',
      source: 'https://example.org/contact',
      checked: '2026-11-24',
    });
    while (await services.ledger.step());
    await services.ledger.step();
    await database.close();

    const script = join(import.meta.dirname, 'digest-process.ts');
    const { stdout } = await run(process.execPath, [script, program.dataDir]);
    const { seconds, megabytes, results, quotes } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as {
      seconds: number;
      megabytes: number;
      results: string[];
      quotes: number;
    };
    if (results.join() !== 'released') throw new Error(`the digest was not released: ${results.join()}`);
    if (quotes === 0) throw new Error('nobody is quoted: the texts were not read');
    const one = (value: number) => ({ median: value, min: value, max: value });
    return [
      { what: 'digest of 100,000 people and 2,000 texts', ...one(seconds), unit: 's', atMost: 10 },
      { what: 'memory of the process that made it', ...one(megabytes), unit: 'MB', atMost: 300 },
    ];
  } finally {
    await program.stop();
  }
}

/** Confirmed people, waiting to be counted; every fiftieth with own words that were approved. */
async function seedConfirmed({ services, signatures }: Awaited<ReturnType<typeof attach>>): Promise<void> {
  const sealer = createSealer(services.keys.data);
  const texts = manyVoices(WORDS).map(({ words }) => words);
  const now = new Date();
  for (let from = 0; from < SIGNATURES; from += BATCH) {
    const batch = Array.from({ length: BATCH }, (_, index) => {
      const number = from + index;
      const _id = signatureId(SLUG, randomBytes(16).toString('base64url'));
      const region = REGIONS[number % REGIONS.length] ?? 'US-TX';
      const cell = { country: region.slice(0, 2), region, source: 'direct', locale: 'en' };
      const words = number % (SIGNATURES / WORDS) === 0 ? texts[number / (SIGNATURES / WORDS)] : undefined;
      const person: Person = { name: 'Ana Rosa', email: `a${number}@home.example`, ...(words && { words }) };
      return {
        _id,
        petitionId: SLUG,
        ref: randomBytes(16).toString('base64url'),
        state: 'confirmed',
        held: false,
        consent: { showName: false, shareWords: words !== undefined, updates: false },
        consentVersion: '2026-11-24',
        ...cell,
        cell,
        linkVersion: 0,
        sealed: sealer.seal(person, signatureContext(_id)),
        ...(words && { wordsState: 'approved', wordsOriginality: 1 }),
        createdAt: now,
        confirmedAt: now,
        ledgerDue: now,
      };
    });
    await signatures.insertMany(batch, { ordered: false });
  }
}
