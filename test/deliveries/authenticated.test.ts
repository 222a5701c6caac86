import { generateKeyPairSync } from 'node:crypto';
import { authenticate } from 'mailauth';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { shellActor } from '../../src/lib/actor.ts';
import { isAppError } from '../../src/lib/errors.ts';
import { readDkim } from '../../src/mail/dkim.ts';
import { TESTER } from '../support/actor.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { releaseAll } from '../support/letters.ts';
import { type SmtpSink, startSmtpServer } from '../support/smtp.ts';
import { addWriters } from '../support/writers.ts';

const slug = 'no-more-unsafe-returns';
const officeId = 'us-dhs-secretary';
const domain = 'letters.aid.example';
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
const published = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');

/** The DNS of the sending domain, and of nothing else. */
const records: Record<string, string> = {
  [domain]: 'v=spf1 ip4:192.0.2.25 -all',
  [`mail1._domainkey.${domain}`]: `v=DKIM1; k=rsa; p=${published}`,
  [`_dmarc.${domain}`]: 'v=DMARC1; p=reject; adkim=s; aspf=s',
};
async function resolver(name: string, type: string): Promise<string[][]> {
  const record = records[name.toLowerCase()];
  if (type !== 'TXT' || !record) throw Object.assign(new Error(`no ${name}`), { code: 'ENOTFOUND' });
  return [record.match(/.{1,255}/g) ?? []];
}

let campaign: TestCampaign;
let sink: SmtpSink;

beforeEach(async () => {
  sink = await startSmtpServer();
  campaign = await openCampaign({
    SMTP_URL: sink.url,
    MAIL_DOMAIN: domain,
    // As it stands in an environment file.
    DKIM_KEY: pem.replaceAll('\n', '\\n'),
    DKIM_SELECTOR: 'mail1',
  });
  campaign.clock.set('2026-11-24T17:00:00Z');
  await campaign.services.offices.verifyEmailChannel(TESTER, officeId, {
    email: 'letters@dhs.example',
    source: 'https://example.org/contact',
    checked: '2026-11-24',
  });
});
afterEach(async () => {
  await campaign.close();
  await sink.stop();
});

/** As the office's own server looks at it. */
async function judge(raw: string, sender: string, ip = '192.0.2.25') {
  const { spf, dkim, dmarc } = await authenticate(raw, {
    ip,
    helo: 'relay.aid.example',
    sender,
    resolver: resolver as never,
    disableArc: true,
    disableBimi: true,
  });
  return {
    spf: (spf || undefined)?.status.result,
    dkim: dkim?.results.map(({ status }) => status.result),
    dkimAligned: dkim?.results.map(({ status }) => status.aligned),
    dmarc: (dmarc || undefined)?.status.result,
  };
}
const whole = { spf: 'pass', dkim: ['pass'], dkimAligned: [domain], dmarc: 'pass' };

describe('mail to an office, as its server authenticates it', () => {
  test('a digest and a letter pass SPF, DKIM and DMARC, strictly aligned', async () => {
    const { services } = campaign;
    await campaign.addSupporter('ana@home.example');
    await campaign.count();
    await services.petitions.setWays(slug, officeId, ['digest', 'letters'], shellActor('Ana'));
    await addWriters(campaign, slug, [1]);
    await services.planner.planDigests('hand', { withPdf: true });
    await services.letterPlanner.planLetters();
    await services.approvals.approve(shellActor('Lucía'), {});
    for (let minute = 0; minute < 20; minute += 1) {
      await services.dispatch.step();
      await services.mailWorker.drainOffices();
      campaign.clock.advance(60_000);
    }
    const mails = sink.mails.filter(({ to }) => to[0] === 'letters@dhs.example');
    expect(mails).toHaveLength(2);
    for (const { raw, from } of mails) expect(await judge(raw, from)).toEqual(whole);
  });

  test('the same mail changed on its way, or sent by a stranger’s server, does not', async () => {
    await campaign.addSupporter('ana@home.example');
    await campaign.count();
    await campaign.services.planner.planDigests();
    await releaseAll(campaign.services);
    await campaign.services.mailWorker.drainOffices();
    const { raw, from } = sink.mails.find(({ to }) => to[0] === 'letters@dhs.example') ?? {
      raw: '',
      from: '',
    };
    const changed = await judge(raw.replace('1 person has', '9 people have'), from);
    expect(changed.dkim).not.toContain('pass');
    expect((await judge(raw, from, '198.51.100.7')).spf).toBe('fail');
  });

  test('a confirm mail is signed too', async () => {
    await campaign.post(`/en/petitions/${slug}/signatures`, {
      name: 'Ana Rosa',
      email: 'ana@home.example',
      country: 'US',
      over16: 'on',
    });
    await campaign.sendMail();
    expect((await judge(sink.mails[0]?.raw ?? '', sink.mails[0]?.from ?? '')).dkim).toEqual(['pass']);
  });
});

describe('a DKIM key', () => {
  const readKey = (value: string) => () => readDkim({ domain, selector: 'mail1', pem: value });
  const exported = (key: ReturnType<typeof generateKeyPairSync>['privateKey']) =>
    String((key as typeof privateKey).export({ type: 'pkcs8', format: 'pem' }));

  test.each([
    ['is no key', 'nonsense', /no private key/],
    ['is of another kind', exported(generateKeyPairSync('ed25519').privateKey as never), /must be RSA/],
    ['is short', exported(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey), /2048 bits/],
  ])('that %s stops the program at its start, since mail would go out unsigned', (_, value, says) => {
    expect(readKey(value)).toThrow(says);
    try {
      readKey(value)();
    } catch (error) {
      expect(isAppError(error, 'CONFIG_INVALID')).toBe(true);
    }
  });
});
