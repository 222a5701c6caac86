import { afterAll, beforeAll, expect, test } from 'vitest';
import { shellActor } from '../../src/lib/actor.ts';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import type { OutboxRow } from '../../src/mail/mail.ts';
import {
  type Person,
  type Signature,
  signatureContext,
  signatureId,
} from '../../src/signatures/signature.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { type SmtpSink, startSmtpServer } from '../support/smtp.ts';
import { killAfter } from './kill-after.ts';

const KILLS = Number(process.env.FAULT_ROUNDS ?? 3);
const PEOPLE = 60 * (KILLS + 2);
/** Under way at once in a worker: as many as one kill can leave in doubt. */
const AT_ONCE = 10;
const SLUG = 'no-more-unsafe-returns';

let campaign: TestCampaign;
let sink: SmtpSink;
beforeAll(async () => {
  sink = await startSmtpServer();
  campaign = await openCampaign({ SMTP_URL: sink.url });
});
afterAll(async () => {
  await campaign.close();
  await sink.stop();
});

const emailOf = (index: number) => `person-${index}@home${index % 7}.example`;
const idOf = (index: number) => signatureId(SLUG, campaign.emailKeyOf(emailOf(index)));
/** Every tenth did not ask. */
const asks = (index: number) => index % 10 !== 9;

function confirmed(index: number): Signature {
  const now = campaign.clock.now();
  const _id = idOf(index);
  const person: Person = { name: 'Ana Rosa', email: emailOf(index) };
  return {
    _id,
    petitionId: SLUG,
    ref: `ref-${index}`,
    state: 'confirmed',
    held: false,
    consent: { showName: false, shareWords: false, updates: asks(index) },
    country: 'US',
    source: 'direct',
    locale: 'en',
    sealed: campaign.services.sealer.seal(person, signatureContext(_id)),
    linkVersion: 1,
    createdAt: now,
    confirmedAt: now,
  };
}

test(`an update to ${PEOPLE} comes once to each who asked, through ${KILLS} kills of what writes and sends it`, {
  timeout: 60_000 + KILLS * 20_000,
}, async () => {
  const everybody = Array.from({ length: PEOPLE }, (_, index) => index);
  await campaign.services.stores.signatures.insertSignatures(everybody.map(confirmed));
  const { petitionUpdates: updates, updateWorker } = campaign.services;
  const text = { title: 'News', body: 'It happened.' };
  const written = { texts: { en: text, es: text }, hours: { from: 0, until: 24 } };
  const { _id } = await updates.write(SLUG, written, shellActor('Lena'));
  await updates.propose(_id, shellActor('Lena'));
  await updates.approve(_id, shellActor('Omar'));

  for (let kill = 0; kill < KILLS; kill += 1) {
    await killAfter(40, { campaign, sink, sender: 'update-sender.fixture.ts' });
    // After every lease: the next process finds what the one before had begun.
    campaign.clock.advance(HOUR);
  }
  while (await updateWorker.step());
  await campaign.sendMail();
  while (await updateWorker.step());
  campaign.clock.advance(DAY);
  await campaign.sendMail();

  expect((await updates.getUpdate(_id)).state).toBe('sent');
  const rows = await campaign.connection.collection<OutboxRow>('outbox').find({ kind: 'news' }).toArray();
  const doubtful = new Set(rows.filter(({ state }) => state === 'unknown').map(({ subjectId }) => subjectId));
  const mails = Map.groupBy(sink.mails, ({ to }) => to[0] ?? '');
  for (const index of everybody) {
    const count = mails.get(emailOf(index))?.length ?? 0;
    if (!asks(index)) expect([index, count]).toEqual([index, 0]);
    // Whoever's was begun and not recorded may have it or not; it is not sent again, and is known as doubtful.
    else if (!doubtful.has(idOf(index))) expect([index, count]).toEqual([index, 1]);
    else expect(count).toBeLessThanOrEqual(1);
  }
  expect(doubtful.size).toBeLessThanOrEqual(KILLS * AT_ONCE);
});
