import { createServices, type Services } from '../src/composition.ts';
import { readConfig } from '../src/config.ts';
import { connectDatabase } from '../src/database/connect.ts';
import { findRunningDatabase } from '../src/database/local/running.ts';
import { parseEmailAddress } from '../src/lib/email-address.ts';
import { silentLogger } from '../src/lib/logger.ts';
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
