import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { createServices } from '../../src/composition.ts';
import { linkFaults, linksOfMail } from '../../src/deliveries/links-in-mail.ts';
import { SECOND } from '../../src/lib/clock.ts';
import { isLocalHost } from '../../src/lib/hosts.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { TESTER } from '../support/actor.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { releaseAll } from '../support/letters.ts';

const publicUrl = 'https://petitions.aid.org';
const published = ['https://www.dhs.gov/contact'];
const mailOf = (html: string, text = 'Nothing.') =>
  Buffer.from(
    [
      'From: a@aid.org',
      'MIME-Version: 1.0',
      'Content-Type: multipart/alternative; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain; charset=utf-8',
      '',
      text,
      '--b',
      'Content-Type: text/html; charset=utf-8',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      html.replaceAll('=', '=3D'),
      '--b--',
      '',
    ].join('\r\n'),
  );
const faultsOf = async (html: string, text?: string) =>
  linkFaults(await linksOfMail(mailOf(html, text)), { publicUrl, published });

describe('the links of a mail', () => {
  it.each([
    ['http://localhost:3000/en', true],
    ['http://127.9.0.1/en', true],
    ['http://0.0.0.0:8080/', true],
    ['http://[::1]:3000/', true],
    ['http://[::ffff:127.0.0.1]/', true],
    ['http://petitions.localhost/', true],
    ['http://10.1.2.3/', true],
    ['http://192.168.1.2/', true],
    ['http://server/', true],
    ['http://printer.local/', true],
    ['https://petitions.aid.org/', false],
    ['https://172.32.0.1/', false],
  ])('%s leads nowhere from outside: %s', (url, isLocal) => {
    expect(isLocalHost(new URL(url).hostname)).toBe(isLocal);
  });

  it('of this installation and of published sources are in order, mail addresses too', async () => {
    const html = `<a href="${publicUrl}/en">x</a> <a href='https://www.dhs.gov/other'>y</a> <a href=mailto:a@aid.org>z</a>`;
    expect(await faultsOf(html, `${publicUrl}/es/petitions/x`)).toEqual({ foreign: [], dead: [] });
  });

  it.each([
    ['an address in an attribute', '<a href="https://evil.example/x">here</a>'],
    ['an address without a scheme', '<a href="//evil.example/x">here</a>'],
    ['a picture', '<img src="https://evil.example/x.png">'],
    ['an address in the shown text', '<p>see https://evil.example/x</p>'],
    ['a host that only begins like ours', `<a href="${publicUrl}.evil.example/">here</a>`],
    ['our host behind a name', '<a href="https://petitions.aid.org@evil.example/">here</a>'],
    ['another port', `<a href="${publicUrl}:8443/">here</a>`],
  ])('%s is seen as foreign', async (_, html) => {
    expect((await faultsOf(html)).foreign).toHaveLength(1);
  });

  it('text that looks like a tag is text', async () => {
    expect(await faultsOf('<p>&lt;img src=x onerror=alert(1)&gt;</p>')).toEqual({ foreign: [], dead: [] });
  });
});

describe('a mail to a real office', () => {
  let campaign: TestCampaign;
  const officeId = 'us-dhs-secretary';
  beforeAll(async () => {
    campaign = await openCampaign();
    await campaign.services.campaign.setCampaign({
      legalName: 'Northern Aid, A.C.',
      postalAddress: 'Calle 5 núm. 10, Tapachula',
      contactEmail: 'team@aid.example',
      privacyEmail: 'privacy@aid.example',
    });
    await campaign.addSupporter('ana@home.example');
    await campaign.count();
  });
  afterAll(() => campaign.close());

  async function checkTo(email: string) {
    const { offices, planner, approvals } = campaign.services;
    const given = { email, source: 'https://example.org/contact', checked: '2026-11-24' };
    await offices.verifyEmailChannel(TESTER, officeId, given);
    await planner.planDigests('hand', { withPdf: true });
    const [report] = await approvals.check({ officeId });
    return report?.checks.find(({ name }) => name === 'links');
  }

  test('is stopped while its links lead to this machine; a test address is only told', async () => {
    expect(await checkTo('office@agency.gov')).toEqual({
      name: 'links',
      level: 'stop',
      says: 'nobody else can open http://localhost:3000 (PUBLIC_URL)',
    });
    expect(await checkTo('office@agency.example')).toMatchObject({ level: 'warn' });
  });

  test('is not handed to a server even when it was let go before anybody checked', async () => {
    const { letters, mailWorker, mailbox } = campaign.services;
    await checkTo('office@agency.gov');
    // In its hours: outside them nothing would be tried.
    campaign.clock.set('2026-11-24T15:00:00Z');
    await releaseAll(campaign.services);
    await mailWorker.drainOffices();
    expect((await mailbox.list()).filter(({ to }) => to === 'office@agency.gov')).toEqual([]);
    const id = `no-more-unsafe-returns:${officeId}:digest:1`;
    expect(await letters.getDelivery(id)).toMatchObject({ state: 'planned' });
  });

  test('its documents are looked through as well', async () => {
    const { letters, approvals } = campaign.services;
    const delivery = await letters.getDelivery(`no-more-unsafe-returns:${officeId}:digest:1`);
    const raw = (await approvals.preview(delivery)).toString();
    const pdf = raw.slice(raw.indexOf('application/pdf'));
    const alone = Buffer.from(`From: a@aid.org\r\nMIME-Version: 1.0\r\nContent-Type: ${pdf}`);
    expect((await linksOfMail(alone)).join(' ')).toContain('http://localhost:3000/en/petitions/');
  });
  test('that was rendered before the site moved is rendered anew, and goes out with the new address', async () => {
    const { planner } = campaign.services;
    await checkTo('office@agency.example');
    await planner.planDigests();
    await releaseAll(campaign.services);
    const moved = { ...campaign.config, publicUrl: 'https://petitions.aid.org' };
    const { connection, clock } = campaign;
    const server = { id: 'b', host: 'h', pid: 1, isWeb: true, sends: true, isSole: true };
    const next = await createServices({ config: moved, connection, clock, server, logger: silentLogger });
    clock.advance(2 * SECOND);
    await campaign.services.mailWorker.drainOffices();
    expect(await campaign.services.mailbox.list()).toEqual([]);
    await next.mailWorker.drainOffices();
    const id = `no-more-unsafe-returns:${officeId}:digest:1`;
    expect(await next.letters.getDelivery(id)).toMatchObject({ state: 'planned' });
    await releaseAll(next);
    await next.mailWorker.drainOffices();
    expect(await next.letters.getDelivery(id)).toMatchObject({ state: 'sent' });
    const links = await linksOfMail(await next.letters.readBytes(id));
    expect(links.filter((link) => !link.startsWith('https://petitions.aid.org/'))).toEqual([]);
    next.close();
  });
});
