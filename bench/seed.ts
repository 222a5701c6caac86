import { createServices, type Services } from '../src/composition.ts';
import { readConfig } from '../src/config.ts';
import { connectDatabase } from '../src/database/connect.ts';
import { findRunningDatabase } from '../src/database/local/running.ts';
import { applyEntry, buildEntry, emptyTally, type LedgerEntry } from '../src/ledger/ledger.ts';
import { HOUR } from '../src/lib/clock.ts';
import { parseEmailAddress } from '../src/lib/email-address.ts';
import { silentLogger } from '../src/lib/logger.ts';
import type { DueSignature } from '../src/signatures/marking.ts';
import { signatureId } from '../src/signatures/signature.ts';

export const SLUG = 'no-more-unsafe-returns';

/** The services over a running program's own database. */
export async function attach(
  dataDir: string,
): Promise<{ services: Services; signatures: Collection; empty(): Promise<void>; close(): Promise<void> }> {
  const uri = await findRunningDatabase(dataDir);
  if (!uri) throw new Error('no database is running');
  const connection = await connectDatabase({ uri, logger: silentLogger });
  const services = await createServices({
    config: readConfig({ DATA_DIR: dataDir }),
    connection,
    logger: silentLogger,
  });
  return {
    services,
    signatures: connection.collection('signatures') as unknown as Collection,
    /** Takes away all who have signed and what waits to be mailed to them. */
    async empty() {
      for (const name of ['signatures', 'outbox']) await connection.collection(name).deleteMany({});
    },
    async close() {
      services.close();
      await connection.close();
    },
  };
}
type Collection = {
  countDocuments(filter?: object): Promise<number>;
  deleteMany(filter: object): Promise<unknown>;
  insertMany(documents: object[], options: object): Promise<unknown>;
};

/** Stores people through the intake itself, without HTTP: the same documents as a sign POST makes. */
export async function seedSignatures(services: Services, count: number, tag: string): Promise<string[]> {
  const petition = await services.petitions.getPetition(SLUG);
  const emails = Array.from({ length: count }, (_, i) => `seed-${tag}-${i}@home.example`);
  for (let at = 0; at < emails.length; at += 1_000) {
    await Promise.all(
      emails.slice(at, at + 1_000).map((email) => {
        const address = parseEmailAddress(email);
        if (!address) throw new Error(email);
        const form = {
          name: 'Ana Rosa',
          email: address,
          country: 'US',
          region: 'US-TX',
          words: undefined,
          over16: 'on' as const,
          showName: false,
          shareWords: false,
          updates: false,
          source: 'direct',
        };
        return services.intake.sign({ petition, form, locale: 'en', network: '192.0.2.1' });
      }),
    );
  }
  return emails;
}

/** The confirm path that each address would get by mail. */
export async function confirmPaths(services: Services, emails: readonly string[]): Promise<string[]> {
  const { number } = await services.petitions.getPetition(SLUG);
  const paths: string[] = [];
  for (const email of emails) {
    const emailKey = services.keys.emailKeyOf(parseEmailAddress(email)?.canonical ?? '');
    const signature = await services.stores.signatures.findSignature(signatureId(SLUG, emailKey));
    if (!signature) throw new Error(`${email} is not stored`);
    const link = { petitionNumber: number, emailKey, linkVersion: signature.linkVersion };
    paths.push(`/en/confirm/${services.links.mint('confirm', link)}`);
  }
  return paths;
}

const SOURCES = ['direct', 'whatsapp', 'email', 'facebook', 'qr'];
const REGIONS = ['US-TX', 'US-CA', 'US-AZ', 'MX-CHP', 'MX-CMX', 'MX-VER', 'MX-OAX'];

/**
 * Confirmed people who have been counted already, spread evenly over the hours of the last days, and the ledger and tally
 * that count them: as the intake and the ledger would have left them, without the hours that these would take for a million.
 */
export async function seedCounted(services: Services, count: number, days: number): Promise<void> {
  const { connection, stores } = services;
  const end = Math.floor(Date.now() / HOUR) * HOUR;
  const hours = days * 24;
  let entry: LedgerEntry | null = null;
  let tally = emptyTally(SLUG, new Date(end - hours * HOUR));
  let person = 0;
  for (let hour = 0; hour < hours; hour += 1) {
    const people = Math.floor((count * (hour + 1)) / hours) - person;
    if (people === 0) continue;
    const at = new Date(end - (hours - hour) * HOUR);
    const due = Array.from({ length: people }, (_, index) => dueOf(person + index, at));
    const next: LedgerEntry = buildEntry(entry, due, at);
    const { members: _, ...kept } = next;
    await stores.ledger.insertEntry(kept);
    const documents = due.map((one, index) => countedOf(one, at, next.seq, person + index + 1));
    await connection.collection('signatures').insertMany(documents as never[], { ordered: false });
    tally = applyEntry(tally, next);
    person += people;
    entry = next;
  }
  await stores.ledger.putTally(await stores.ledger.getTally(SLUG), tally);
}

function dueOf(index: number, dueAt: Date): DueSignature {
  const region = REGIONS[index % REGIONS.length] ?? 'US-TX';
  const source = SOURCES[index % SOURCES.length] ?? 'direct';
  const _id = signatureId(SLUG, `bench-${index}`);
  return {
    _id,
    ref: `bench-${index}`,
    petitionId: SLUG,
    countable: true,
    cell: { country: region.slice(0, 2), region, source, locale: index % 3 === 0 ? 'en' : 'es' },
    dueAt,
    mark: { _id, seq: 0, repairs: 0 },
  };
}

function countedOf({ _id, ref, petitionId, cell }: DueSignature, at: Date, seq: number, place: number) {
  return {
    _id,
    petitionId,
    ref,
    state: 'confirmed',
    held: false,
    consent: { showName: false, shareWords: false, updates: place % 2 === 0 },
    ...cell,
    cell,
    linkVersion: 0,
    counted: { seq, on: true, place },
    createdAt: new Date(at.getTime() - (place % 50) * 60_000),
    confirmedAt: at,
  };
}
