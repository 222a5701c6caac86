import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/deliveries/delivery.ts';
import { nextMoment, slotOf } from '../../src/deliveries/dispatch.ts';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import type { Office } from '../../src/offices/office.ts';
import { TESTER } from '../support/actor.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { type SmtpSink, startSmtpServer } from '../support/smtp.ts';
import { addWriters, approvedLetter } from '../support/writers.ts';

/** 10,000 in `npm run test:faults`. */
const LETTERS = process.env.FAULT_ROUNDS ? 10_000 : 25;
const CAP = 30;
const DAYS = 90;
const START = '2026-11-23T15:00:00Z';
/** Their hours are chosen so that the queues reach over Thanksgiving, Christmas and New Year. */
const OFFICES = {
  'us-dhs-secretary': { from: '10:00', to: '12:00' },
  'us-cbp-commissioner': { from: '09:00', to: '17:00' },
  'mx-presidency': { from: '10:30', to: '12:00' },
  'mx-inm': { from: '09:00', to: '14:00' },
  'mx-segob': { from: '16:00', to: '18:00' },
};
const officeIds = Object.keys(OFFICES) as (keyof typeof OFFICES)[];
const petitionIds = ['no-more-unsafe-returns', 'protection-and-asylum', 'safe-passage'];

type Arrival = { officeId: string; at: number; petitionId: string; id: string };

let campaign: TestCampaign;
let sink: SmtpSink;
let arrivals: Arrival[];

beforeEach(async () => {
  arrivals = [];
  sink = await startSink();
  campaign = await openCampaign({ SMTP_URL: sink.url });
  campaign.clock.set(START);
  for (const officeId of officeIds) {
    await campaign.services.offices.verifyEmailChannel(TESTER, officeId, {
      email: `${officeId}@office.example`,
      source: 'https://example.org/contact',
      checked: '2026-11-20',
    });
    await campaign.services.offices.setPace(TESTER, officeId, { lettersPerHour: CAP, lettersInAll: 10_000 });
    await campaign.connection
      .collection('offices')
      .updateOne(
        { _id: officeId as never },
        { $set: { hours: { days: [1, 2, 3, 4, 5], ...OFFICES[officeId] } } },
      );
  }
});
afterEach(async () => {
  await campaign.close();
  await sink.stop();
});

describe(`${LETTERS} approved letters to 5 offices, 30 an hour, over 90 days`, () => {
  it('go once each, none outside hours or on holidays, no hour over the cap, petitions in turn', {
    timeout: 90 * 60_000,
  }, async () => {
    const refs = await addWriters(campaign, petitionIds[0] ?? '', [...Array(LETTERS).keys()]);
    const deliveries = refs.map((ref, index) => approved(ref, index));
    for (let at = 0; at < deliveries.length; at += 1_000)
      await campaign.connection
        .collection('deliveries')
        .insertMany(deliveries.slice(at, at + 1_000) as never[]);

    await runFor(DAYS);

    expect(arrivals).toHaveLength(LETTERS);
    expect(new Set(arrivals.map(({ id }) => id)).size).toBe(LETTERS);
    const offices = await campaign.services.offices.listOffices();
    for (const office of offices.filter(({ _id }) => _id in OFFICES)) {
      const own = arrivals.filter(({ officeId }) => officeId === office._id);
      const outside = own.filter(({ at }) => !campaign.services.calendar.isOpen(office, new Date(at)));
      expect(outside).toEqual([]);
      expect(busiestHour(own)).toBeLessThanOrEqual(CAP);
      expect(unfairness(own)).toBeLessThanOrEqual(1);
      // Said by their dates too: the calendar alone would bear witness for itself.
      const days = new Set(own.map(({ at }) => new Date(at).toISOString().slice(0, 10)));
      const closed = ['2026-12-25', '2027-01-01', '2026-11-28', '2026-11-29'];
      for (const day of office.country === 'US' ? ['2026-11-26', ...closed] : closed)
        expect([...days]).not.toContain(day);
    }
  });
});

/** Moves the clock from one moment at which something can happen to the next; nothing is skipped in between. */
async function runFor(days: number): Promise<void> {
  const { clock, services } = campaign;
  const { calendar, dispatch, mailWorker } = services;
  const end = clock.now().getTime() + days * DAY;
  const offices = (await services.offices.listOffices()).filter(({ _id }) => _id in OFFICES);
  const isWaiting = ({ _id }: Office) =>
    arrivals.filter(({ officeId }) => officeId === _id).length < LETTERS / officeIds.length;
  while (clock.now().getTime() < end) {
    await dispatch.step();
    await mailWorker.drainOffices();
    // Nothing can happen any more at an office that has had all of its own.
    const waiting = offices.filter(isWaiting);
    if (waiting.length === 0) return;
    const now = clock.now();
    const next = waiting.map((office) => {
      const open = calendar.nextOpening(office, now);
      // Whose moment is past has had its turn in the step above, whether anything waited for it or not.
      const isPast = slotOf(office, open).at <= now;
      return nextMoment(office, open, isPast).getTime();
    });
    clock.set(new Date(Math.min(...next)).toISOString());
  }
}

function approved(ref: string, index: number): Delivery {
  const officeId = officeIds[index % officeIds.length] ?? '';
  const petitionId = petitionIds[Math.floor(index / officeIds.length) % petitionIds.length] ?? '';
  return approvedLetter(petitionId, officeId, ref, new Date(Date.parse(START) + index));
}

/** The most that fell into any sixty minutes. */
function busiestHour(all: readonly Arrival[]): number {
  const times = all.map(({ at }) => at).sort((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [index, time] of times.entries()) {
    while ((times[first] ?? 0) <= time - HOUR) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

/** How far the petitions drew apart while all of them still had letters to send. */
function unfairness(all: readonly Arrival[]): number {
  const totals = Map.groupBy(all, ({ petitionId }) => petitionId);
  const counts = new Map(petitionIds.map((id) => [id, 0]));
  let worst = 0;
  for (const { petitionId } of all) {
    counts.set(petitionId, (counts.get(petitionId) ?? 0) + 1);
    if (petitionIds.some((id) => counts.get(id) === totals.get(id)?.length)) break;
    worst = Math.max(worst, Math.max(...counts.values()) - Math.min(...counts.values()));
  }
  return worst;
}

/** Takes every mail, with the time by the test's clock. */
function startSink(): Promise<SmtpSink> {
  return startSmtpServer({
    onData(stream, session, callback) {
      let raw = '';
      stream.on('data', (chunk: Buffer) => {
        raw += chunk.toString();
      });
      stream.on('end', () => {
        const [to] = session.envelope.rcptTo;
        const petitionId = petitionIds.find((id) =>
          raw.replaceAll(/=\r?\n/g, '').includes(`/petitions/${id}`),
        );
        arrivals.push({
          officeId: to?.address.split('@')[0] ?? '',
          at: campaign.clock.now().getTime(),
          petitionId: petitionId ?? '',
          id: /^Message-ID: <(.*)>/im.exec(raw)?.[1] ?? '',
        });
        callback();
      });
    },
  });
}
