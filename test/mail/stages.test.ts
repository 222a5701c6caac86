import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { DAY, MINUTE } from '../../src/lib/clock.ts';
import type { OutboxRow } from '../../src/mail/mail.ts';
import { type SmtpSink, startSmtpServer } from '../support/smtp.ts';
import { MANNERS, type Manner, type RelayStage, STAGES, startFaultyRelay } from './faulty-relay.ts';
import { type MailRoom, openMailRoom } from './mail-room.ts';

let room: MailRoom;
let sink: SmtpSink | undefined;
let plain: SmtpSink | undefined;
let stop: (() => void) | undefined;

beforeAll(async () => {
  room = await openMailRoom();
});
afterEach(async () => {
  await room.clear();
  stop?.();
  await sink?.stop();
  await plain?.stop();
  [sink, plain, stop] = [undefined, undefined, undefined];
});
afterAll(() => room.close());

/** An office's mail and that of an address with an accent go alone; any other goes through the pool. */
const SENDINGS: { who: string; row: () => OutboxRow }[] = [
  { who: 'an office', row: () => room.officeRow('x') },
  { who: 'a person, through the pool', row: () => room.row('x') },
  { who: 'a person, alone', row: () => room.row('x', { subjectId: 'josé' }) },
];
const BEFORE: readonly RelayStage[] = ['greeting', 'EHLO', 'STARTTLS', 'TLS', 'AUTH'];

/** What becomes of a mail whose relay goes wrong there; the words of a faulty content are the last. */
function expectedOf(stage: RelayStage, manner: Manner, who: string) {
  const again = (attempts: number) => ({ state: 'due', attempts });
  if (BEFORE.includes(stage)) return again(0);
  if (manner === '4xx') return again(1);
  if (manner === '5xx') return stage === 'MAIL' ? again(0) : { state: 'failed' };
  return who === 'an office' ? { state: 'unknown' } : again(1);
}

const cases = STAGES.flatMap((stage) =>
  (Object.keys(MANNERS) as Manner[]).flatMap((manner) =>
    SENDINGS.map((sending) => ({ stage, manner, ...sending })),
  ),
);

describe('a relay that goes wrong', () => {
  test.each(cases)('at $stage, by $manner, with mail of $who', async ({ stage, manner, who, row }) => {
    const relay = await startFaultyRelay(stage, manner);
    stop = relay.stop;
    await room.outbox.insertRows([row()]);
    await room.openWorker(relay.url, { timeoutMs: 250 }).step();
    expect(await room.outbox.findRow('x')).toMatchObject(expectedOf(stage, manner, who));
    expect(relay.contents()).toBe(stage === 'content' ? 1 : 0);
    expect(room.settled.length).toBe(who === 'an office' && (await room.stateOf('x')) !== 'due' ? 1 : 0);
    expect(await room.suppressions.findSuppression('key-x')).toBeNull();
  });

  test.each([
    ['whose name nobody knows', () => 'smtp://relay.invalid:25'],
    ['that is not there', () => 'smtp://127.0.0.1:9'],
    ['whose certificate nobody vouches for', () => `${sink?.url}?requireTLS=true`],
    ['that offers no TLS where it is required', () => `${plain?.url}?requireTLS=true`],
    ['that speaks no TLS at all', () => `${plain?.url.replace('smtp:', 'smtps:')}`],
  ])('%s: an office’s mail waits and is sent when it is well again', async (_title, url) => {
    sink = await startSmtpServer({ disabledCommands: [] });
    plain = await startSmtpServer();
    await room.outbox.insertRows([room.officeRow('dhs'), room.row('ana')]);
    await room.openWorker(url(), { timeoutMs: 2_000 }).step();
    for (const id of ['dhs', 'ana'])
      expect(await room.outbox.findRow(id)).toMatchObject({ state: 'due', attempts: 0 });
    room.clock.advance(10 * MINUTE);
    await room.openWorker(plain.url).step();
    expect(plain.mails.map(({ to }) => to[0]).sort()).toEqual(['ana@home.example', 'dhs@office.example']);
  });

  test('for three days: an office’s mail has failed then, and is not in doubt', async () => {
    await room.outbox.insertRows([room.officeRow('dhs')]);
    const worker = room.openWorker('smtp://127.0.0.1:9');
    for (let day = 0; day < 8; day += 1) {
      await worker.step();
      room.clock.advance(DAY / 2);
    }
    expect(await room.stateOf('dhs')).toBe('failed');
    expect(room.settled).toMatchObject([{ outcome: { result: 'again' } }]);
  });
});
