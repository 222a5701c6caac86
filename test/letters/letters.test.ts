import { simpleParser } from 'mailparser';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { shellActor } from '../../src/lib/actor.ts';
import { DAY, MINUTE } from '../../src/lib/clock.ts';
import { TESTER } from '../support/actor.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { releaseAll } from '../support/letters.ts';
import { type SmtpSink, smtpReply, startSmtpServer } from '../support/smtp.ts';
import { addWriters } from '../support/writers.ts';

let campaign: TestCampaign;
let sink: SmtpSink;
let isRefusing: boolean;
const dhs = 'no-more-unsafe-returns:us-dhs-secretary:digest';
const verified = {
  email: 'letters@dhs.example',
  source: 'https://example.org/contact',
  checked: '2026-11-24',
};

beforeEach(async () => {
  isRefusing = false;
  sink = await startSmtpServer({
    onRcptTo: (_a, _s, callback) => callback(isRefusing ? smtpReply(550, '5.3.0 no') : null),
  });
  campaign = await openCampaign({ SMTP_URL: sink.url });
  await campaign.services.offices.verifyEmailChannel(TESTER, 'us-dhs-secretary', verified);
});
afterEach(async () => {
  await campaign.close();
  await sink.stop();
});

async function addPeople(count: number, tag: string, fields: Record<string, string> = {}): Promise<void> {
  for (let i = 0; i < count; i += 1) await campaign.addSupporter(`${tag}${i}@home.example`, fields);
  await campaign.count();
}
const plan = async () => {
  const results = await campaign.services.planner.planDigests();
  return results.find(
    ({ petitionId, officeId }) => petitionId === 'no-more-unsafe-returns' && officeId === 'us-dhs-secretary',
  )?.result;
};
const release = () => releaseAll(campaign.services);
const send = async () => {
  await release();
  await campaign.services.mailWorker.drainOffices();
};
const toOffice = () => sink.mails.filter(({ to }) => to[0] === 'letters@dhs.example');
const stateOf = async (n: number) => (await campaign.services.letters.getDelivery(`${dhs}:${n}`)).state;

describe('planning', () => {
  test('an office without a verified address gets nothing, and it is said why', async () => {
    await addPeople(1, 'a');
    const results = await campaign.services.planner.planDigests();
    expect(results.find(({ officeId }) => officeId === 'mx-presidency')?.result).toBe('unverified');
    expect(results.find(({ officeId }) => officeId === 'mx-comar')?.result).toBe('post-only');
    expect(results.filter(({ result }) => result === 'planned')).toHaveLength(1);
  });

  test('planning twice, and by five at once, plans once', async () => {
    await addPeople(1, 'a');
    const results = await Promise.all([plan(), plan(), plan(), plan(), plan()]);
    expect(results.filter((result) => result === 'planned')).toHaveLength(1);
    expect(await plan()).toBe('in-flight');
  });

  test('with nobody new nothing more goes out; the next digest starts where the last sent one ended', async () => {
    await addPeople(2, 'a');
    await plan();
    await send();
    expect(await plan()).toBe('nothing-new');
    await send();
    expect(toOffice()).toHaveLength(1);
    await addPeople(3, 'b');
    expect(await plan()).toBe('planned');
    await send();
    const [first, second] = await Promise.all(
      [1, 2].map((n) => campaign.services.letters.getDelivery(`${dhs}:${n}`)),
    );
    expect(second?.from).toBe(first?.to);
    const mail = await simpleParser(toOffice()[1]?.raw ?? '');
    expect(mail.text).toContain('3 more people have signed');
    expect(mail.text).toContain('5 people have now signed it');
  });

  test('what was refused is merged into the next', async () => {
    await addPeople(2, 'a');
    await plan();
    isRefusing = true;
    await send();
    expect(await stateOf(1)).toBe('failed');
    isRefusing = false;
    await addPeople(1, 'b');
    expect(await plan()).toBe('planned');
    await send();
    expect(await campaign.services.letters.getDelivery(`${dhs}:2`)).toMatchObject({ from: 0, state: 'sent' });
    expect((await simpleParser(toOffice()[0]?.raw ?? '')).text).toContain('3 people have');
  });

  test('a doubtful one blocks the next until an organiser decides', async () => {
    await addPeople(1, 'a');
    await plan();
    await release();
    const row = await campaign.services.stores.outbox.findRow(`delivery:${dhs}:1:1`);
    await campaign.services.stores.outbox.claimRows([row?._id ?? ''], {
      audience: 'office',
      claim: 'gone',
      now: campaign.clock.now(),
      leaseMs: MINUTE,
    });
    campaign.clock.advance(2 * MINUTE);
    await campaign.services.mailWorker.drainOffices();
    expect(await stateOf(1)).toBe('unknown');
    await addPeople(1, 'b');
    expect(await plan()).toBe('unknown');
    await expect(campaign.services.decisions.resolve(TESTER, `${dhs}:1`, 'again')).rejects.toThrow(
      /wait two minutes/,
    );
    campaign.clock.advance(3 * MINUTE);
    await campaign.services.decisions.resolve(TESTER, `${dhs}:1`, 'again');
    await campaign.services.mailWorker.drainOffices();
    expect(await stateOf(1)).toBe('sent');
    expect(toOffice()).toHaveLength(1);
    expect(await plan()).toBe('planned');
  });

  test('a trial installation writes to no real address, and a whole campaign record lets it', async () => {
    const real = { ...verified, email: 'office@agency.gov' };
    await campaign.services.offices.verifyEmailChannel(TESTER, 'us-dhs-secretary', real);
    await addPeople(1, 'a');
    expect(await plan()).toBe('trial');
    await campaign.services.campaign.setCampaign({
      legalName: 'Acme Rights',
      postalAddress: '1 Main St, Springfield',
      contactEmail: 'us@acme.example',
      privacyEmail: 'privacy@acme.example',
    });
    campaign.clock.advance(DAY);
    expect(await plan()).toBe('planned');
  });
});

describe('what the office receives', () => {
  test('the demands addressed to it and no others, in its language, with its country’s law', async () => {
    await campaign.services.offices.verifyEmailChannel(TESTER, 'mx-inm', {
      ...verified,
      email: 'cartas@inm.example',
    });
    await addPeople(1, 'a');
    await campaign.services.planner.planDigests();
    await send();
    const english = await simpleParser(toOffice()[0]?.raw ?? '');
    const spanish = await simpleParser(
      sink.mails.find(({ to }) => to[0] === 'cartas@inm.example')?.raw ?? '',
    );
    expect(english.text).toContain('Respect the best interests of the child');
    expect(english.text).not.toContain('Halt the unnecessary deportation');
    expect(english.text?.replace(/\s+/g, ' ')).toContain('8 U.S.C. 1232');
    expect(english.text).not.toContain('Ley General');
    expect(spanish.text).toContain('Detener la deportación innecesaria');
    expect(spanish.text?.replace(/\s+/g, ' ')).toContain('artículos 89 y siguientes');
    expect(spanish.text).not.toContain('8 U.S.C.');
  });

  test('to an office that the source asks nothing of, a letter says that the demand follows by our word', async () => {
    const { offices, petitions, letterPlanner, letters, approvals } = campaign.services;
    const [slug, officeId] = ['no-more-unsafe-returns', 'us-cbp-commissioner'];
    await offices.verifyEmailChannel(TESTER, officeId, { ...verified, email: 'letters@cbp.example' });
    for (const id of [officeId, 'us-dhs-secretary'])
      await petitions.setWays(slug, id, ['letters'], shellActor('Ana'));
    const [ref] = await addWriters(campaign, slug, [1]);
    await letterPlanner.planLetters();
    const textTo = async (id: string) => {
      const delivery = await letters.getDelivery(`${slug}:${id}:letter:${ref}`);
      return (await simpleParser(await approvals.preview(delivery))).text?.replace(/\s+/g, ' ');
    };
    expect(await textTo(officeId)).toContain('this one follows from the five demands (D1 to D5)');
    expect(await textTo(officeId)).toContain('8 U.S.C. 1232');
    expect(await textTo('us-dhs-secretary')).toContain('Respect the best interests of the child');
    expect(await textTo('us-dhs-secretary')).not.toContain('D1 to D5');
  });

  test('headers are ours alone: one recipient, our domain, a stable id, the thread of the first', async () => {
    await addPeople(1, 'a');
    await plan();
    await send();
    await addPeople(1, 'b');
    await plan();
    await send();
    const [first, second] = await Promise.all(toOffice().map(({ raw }) => simpleParser(raw)));
    expect(first?.from?.text).toMatch(/^"?Safe Passage"? <letters\+[0-9a-f]{24}@safe-passage\.example>$/);
    expect(toOffice()[0]?.from).toMatch(/^letters\+[0-9a-f]{24}@safe-passage\.example$/);
    expect(first?.headers.get('auto-submitted')).toBe('auto-generated');
    expect(first?.headers.get('content-language')).toBe('en');
    expect(first?.references).toBeUndefined();
    expect(second?.references).toBe(first?.messageId);
    expect(first?.cc ?? first?.bcc).toBeUndefined();
    expect(first?.html).not.toMatch(/<img|<script|url\(/i);
  });

  test('words that were approved, by number and place, once, and never a name', async () => {
    const shared = {
      name: 'Zulema Xochitl',
      words: 'My brother was sent back to the men he fled.',
      shareWords: 'on',
    };
    await campaign.addSupporter('z@home.example', shared);
    await campaign.addSupporter('w@home.example', {
      ...shared,
      words: 'Not read yet, and so not to be quoted to anybody.',
    });
    await campaign.count();
    const [waiting] = await campaign.services.words.listWaiting();
    await campaign.services.words.decide(waiting?.ref ?? '', 'approved', { by: 'Rosa' });
    await plan();
    await send();
    const mail = await simpleParser(toOffice()[0]?.raw ?? '');
    expect(mail.text).toContain('1.1 A person in Texas');
    expect(mail.text).toContain(waiting?.words);
    expect(mail.text?.match(/A person in/g)).toHaveLength(1);
    expect(toOffice()[0]?.raw).not.toMatch(/Zulema|Xochitl|home\.example/);
    await addPeople(1, 'b');
    await plan();
    await send();
    expect((await simpleParser(toOffice()[1]?.raw ?? '')).text).not.toContain('A person in');
  });

  test('hostile words add no header, no recipient, no markup and no link', async () => {
    const words =
      'Hi\r\nBcc: victim\n\n<img src=x onerror=alert(1)> {{legalName}} {{{body}}} https://evil.example/x \u202egnp';
    await campaign.addSupporter('h@home.example', { words, shareWords: 'on' });
    await campaign.count();
    const [waiting] = await campaign.services.words.listWaiting();
    await campaign.services.words.decide(waiting?.ref ?? '', 'approved', { by: 'Rosa' });
    await plan();
    await send();
    expect(toOffice()[0]?.to).toEqual(['letters@dhs.example']);
    const mail = await simpleParser(toOffice()[0]?.raw ?? '');
    expect(mail.headers.has('bcc')).toBe(false);
    expect(String(mail.html)).toContain('&lt;img');
    expect(String(mail.html)).not.toContain('<img');
    expect(mail.text).toContain('{{legalName}}');
    expect(`${mail.text}${mail.html}`).not.toContain('evil.example');
    expect(mail.text).not.toContain('\u202e');
  });

  test('places are shown in cells of ten or more, and a place with fewer is not', async () => {
    await addPeople(12, 'mx', { country: 'MX', region: 'MX-CHP' });
    await addPeople(3, 'tx');
    await campaign.services.ledger.publishDaily();
    await plan();
    await send();
    const { text = '' } = await simpleParser(toOffice()[0]?.raw ?? '');
    expect(text).not.toContain('Texas');
    expect(text).not.toMatch(/Chiapas: 12|Mexico: 12/);
  });
});

describe('between release and sending', () => {
  async function releaseQuoting(email: string): Promise<void> {
    await campaign.addSupporter(email, {
      words: 'It was in the bus station at night. I saw it all.',
      shareWords: 'on',
    });
    await campaign.count();
    const [waiting] = await campaign.services.words.listWaiting();
    await campaign.services.words.decide(waiting?.ref ?? '', 'approved', { by: 'Rosa' });
    await plan();
    await release();
  }

  test('a quoted person who withdraws is not quoted: the digest goes back and is rendered anew', async () => {
    await addPeople(1, 'a');
    await releaseQuoting('q@home.example');
    await campaign.post(`${await campaign.linkTo('manage', 'q@home.example')}/withdraw`);
    await campaign.services.mailWorker.drainOffices();
    expect(toOffice()).toHaveLength(0);
    expect(await stateOf(1)).toBe('planned');
    await send();
    expect(toOffice()).toHaveLength(1);
    expect(toOffice()[0]?.raw).not.toContain('I saw it all');
  });

  test('an address that was blocked gets nothing', async () => {
    await addPeople(1, 'a');
    await plan();
    await release();
    await campaign.services.offices.blockEmailChannel(TESTER, 'us-dhs-secretary');
    await campaign.services.mailWorker.drainOffices();
    expect(toOffice()).toHaveLength(0);
  });

  test('released and sent by three at once, it arrives once', async () => {
    await addPeople(1, 'a');
    await plan();
    await Promise.all([send(), send(), send()]);
    expect(toOffice()).toHaveLength(1);
  });

  test('a crash between the release and its outbox row is repaired by the next release', async () => {
    await addPeople(1, 'a');
    await plan();
    await release();
    await campaign.connection.collection('outbox').deleteMany({ kind: 'delivery' });
    await send();
    expect(toOffice()).toHaveLength(1);
  });

  test('the bytes are kept as they went out, and the database shows none of them', async () => {
    await addPeople(1, 'a');
    await plan();
    await send();
    const kept = await campaign.services.letters.readBytes(`${dhs}:1`);
    expect(toOffice()[0]?.raw.trim()).toBe(kept.toString().trim());
    const stored = JSON.stringify(await campaign.connection.collection('deliveries').find().toArray());
    expect(stored).not.toContain(Buffer.from('best interests').toString('base64').slice(0, 12));
  });

  test('cancelled before it was sent, its interval goes into the next', async () => {
    await addPeople(1, 'a');
    await plan();
    await release();
    await campaign.services.decisions.cancel(TESTER, `${dhs}:1`);
    await campaign.services.mailWorker.drainOffices();
    expect(toOffice()).toHaveLength(0);
    expect(await plan()).toBe('planned');
    expect(await campaign.services.letters.getDelivery(`${dhs}:2`)).toMatchObject({ from: 0 });
  });
});
