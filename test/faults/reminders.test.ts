import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import type { OutboxRow } from '../../src/mail/mail.ts';
import { reminderAfter } from '../../src/signatures/reminder.composer.ts';
import {
  type Person,
  type Signature,
  signatureContext,
  signatureId,
} from '../../src/signatures/signature.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { type SmtpSink, startSmtpServer } from '../support/smtp.ts';
import { killAfter } from './kill-after.ts';

/** 1,000 in `npm run test:faults`. */
const PEOPLE = process.env.FAULT_ROUNDS ? 1_000 : 200;
const KILLS = 3;
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

const fates = [
  'due',
  'due',
  'due',
  'due',
  'due',
  'due',
  'held',
  'suppressed',
  'confirmed',
  'not me',
] as const;
const fateOf = (index: number) => fates[index % fates.length];
const emailOf = (index: number) => `person-${index}@home${index % 7}.example`;
const idOf = (index: number) => signatureId(SLUG, campaign.emailKeyOf(emailOf(index)));

function pending(index: number): Signature {
  const now = campaign.clock.now();
  const _id = idOf(index);
  const person: Person = { name: 'Ana Rosa', email: emailOf(index) };
  return {
    _id,
    petitionId: SLUG,
    state: 'pending',
    held: false,
    consent: { showName: false, shareWords: false, updates: false },
    country: 'US',
    source: 'direct',
    locale: 'en',
    sealed: campaign.services.sealer.seal(person, signatureContext(_id)),
    linkVersion: 1,
    expiresAt: new Date(now.getTime() + 30 * DAY),
    createdAt: now,
  };
}

async function meet(index: number): Promise<unknown> {
  const { stores } = campaign.services;
  const fate = fateOf(index);
  const emailKey = campaign.emailKeyOf(emailOf(index));
  if (fate === 'held')
    return campaign.connection
      .collection<Signature>('signatures')
      .updateOne({ _id: idOf(index) }, { $set: { held: true } });
  if (fate === 'suppressed')
    return stores.suppressions.suppress(
      { emailKey, scope: 'all', reason: 'complaint' },
      campaign.clock.now(),
    );
  if (fate === 'confirmed') return campaign.post(await campaign.linkTo('confirm', emailOf(index)));
  if (fate === 'not me') return campaign.post(await campaign.linkTo('notMe', emailOf(index)));
  return undefined;
}

test(`of ${PEOPLE} who wait each is reminded once where it is due, nobody elsewhere, through ${KILLS} kills of the sender`, {
  timeout: 120_000,
}, async () => {
  const everybody = Array.from({ length: PEOPLE }, (_, index) => index);
  const people = everybody.map(pending);
  await campaign.services.stores.signatures.insertSignatures(people);
  const now = campaign.clock.now();
  await campaign.services.stores.outbox.insertRows(
    people.flatMap((signature) => reminderAfter(signature, now) ?? []),
  );
  for (const index of everybody) await meet(index);
  await campaign.sendMail();
  campaign.clock.advance(DAY);
  await campaign.sendMail();
  sink.mails.length = 0;
  campaign.clock.advance(DAY + HOUR);
  const due = everybody.filter((index) => fateOf(index) === 'due');

  for (let kill = 0; kill < KILLS; kill += 1) {
    await killAfter(due.length / (KILLS + 2), { campaign, sink, sender: 'reminder-sender.fixture.ts' });
    // After every lease: the next worker finds what the one before had begun.
    campaign.clock.advance(HOUR);
  }
  await campaign.sendMail();

  const mails = Map.groupBy(sink.mails, ({ to }) => to[0] ?? '');
  const counts = everybody.map((index) => mails.get(emailOf(index))?.length ?? 0);
  const rows = await campaign.connection.collection<OutboxRow>('outbox').find({ kind: 'reminder' }).toArray();
  const doubtful = new Set(rows.filter(({ state }) => state === 'unknown').map(({ subjectId }) => subjectId));
  expect(Math.max(...counts)).toBe(1);
  for (const index of everybody) {
    const isDoubtful = doubtful.has(idOf(index));
    // Whoever's was begun and not recorded may have it or not; it is not sent again, and is known as doubtful.
    if (fateOf(index) !== 'due') expect([fateOf(index), counts[index]]).toEqual([fateOf(index), 0]);
    else if (!isDoubtful) expect([index, counts[index]]).toEqual([index, 1]);
  }
  expect(doubtful.size).toBeLessThanOrEqual(KILLS * AT_ONCE);
  expect(rows.every(({ state }) => ['sent', 'unknown', 'cancelled'].includes(state))).toBe(true);
});
