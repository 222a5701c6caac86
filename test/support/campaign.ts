import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from 'mongoose';
import { createServices } from '../../src/composition.ts';
import { readConfig } from '../../src/config.ts';
import { parseEmailAddress } from '../../src/lib/email-address.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { createLog } from '../../src/process/log.ts';
import { signatureId } from '../../src/signatures/signature.ts';
import { createApp } from '../../src/site.ts';
import { createTestClock } from './clock.ts';
import { openTestDatabase } from './database.ts';

/** The whole product over a database of its own, with a clock that the test drives. Call `close` in afterAll. */
export async function openCampaign(
  env: Record<string, string> = {},
  prepare: (connection: Connection, clock: ReturnType<typeof createTestClock>) => void = () => undefined,
) {
  const database = await openTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'campaign-'));
  const config = readConfig({ DATA_DIR: dataDir, RATE_LIMITS: 'off', LOG_LEVEL: 'silent', ...env });
  const clock = createTestClock();
  prepare(database.connection, clock);
  const services = await createServices({
    config,
    connection: database.connection,
    logger: silentLogger,
    clock,
  });
  const app = await createApp({ config, services, log: createLog({ level: 'silent', isTerminal: false }) });
  const emailKeyOf = (email: string) => services.keys.emailKeyOf(parseEmailAddress(email)?.canonical ?? '');

  async function post(
    url: string,
    fields: Record<string, string> = {},
    headers: Record<string, string> = {},
  ) {
    return app.inject({
      method: 'POST',
      url,
      payload: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });
  }

  /** Signs and confirms one person, and counts them. */
  async function addSupporter(
    email: string,
    fields: Record<string, string> = {},
    slug = 'no-more-unsafe-returns',
  ) {
    const form = { name: 'Ana Rosa', email, country: 'US', region: 'US-TX', over16: 'on', ...fields };
    await post(`/en/petitions/${slug}/signatures`, form);
    await post(await linkTo('confirm', email, slug));
    const signature = await services.stores.signatures.findSignature(signatureId(slug, emailKeyOf(email)));
    if (signature?.state !== 'confirmed') throw new Error(`${email} was not confirmed`);
    return signature;
  }

  /** The path of the link that a mail to this address would carry now. */
  async function linkTo(
    purpose: 'confirm' | 'manage' | 'signed' | 'unsubscribe' | 'notMe',
    email: string,
    slug = 'no-more-unsafe-returns',
  ) {
    const { number } = await services.petitions.getPetition(slug);
    const emailKey = emailKeyOf(email);
    const signature = await services.stores.signatures.findSignature(signatureId(slug, emailKey));
    const page = {
      confirm: 'confirm',
      manage: 'my-signature',
      signed: 'signed',
      unsubscribe: 'unsubscribe',
      notMe: 'not-me',
    }[purpose];
    const token = services.links.mint(purpose, {
      petitionNumber: number,
      emailKey,
      linkVersion: signature?.linkVersion ?? 0,
    });
    return `/en/${page}/${token}`;
  }

  /** Until nobody is due: the first turn of a petition only opens its tally. */
  async function count(): Promise<void> {
    while (await services.ledger.step());
    await services.ledger.step();
  }

  async function sendMail(): Promise<void> {
    while (await services.mailWorker.step());
  }

  return {
    ...database,
    config,
    clock,
    services,
    app,
    post,
    get: (url: string, headers: Record<string, string> = {}) => app.inject({ method: 'GET', url, headers }),
    addSupporter,
    linkTo,
    emailKeyOf,
    count,
    sendMail,
    async close() {
      await app.close();
      services.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
export type TestCampaign = Awaited<ReturnType<typeof openCampaign>>;
