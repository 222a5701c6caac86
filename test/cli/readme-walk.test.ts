import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createServices } from '../../src/composition.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { TESTER } from '../support/actor.ts';
import { openCampaign } from '../support/campaign.ts';
import { createCli } from '../support/cli.ts';
import { startSmtpServer } from '../support/smtp.ts';

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
/** The commands of the first walk, as a shell would split them. */
const walk = (readme.split('## Run it for real')[0] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('npm run cli -- '))
  .map((line) =>
    [...line.slice('npm run cli -- '.length).matchAll(/'([^']*)'|(\S+)/g)].map(([, a, b]) => a ?? b ?? ''),
  );

test('the first walk of the README brings a digest to an office, at night and on a Sunday', async () => {
  const sink = await startSmtpServer();
  const campaign = await openCampaign({ SMTP_URL: sink.url });
  try {
    const cli = createCli(campaign.services);
    campaign.clock.set('2026-11-29T07:40:00Z');
    await campaign.addSupporter('ana@home.example');
    await campaign.count();
    expect(walk.length).toBeGreaterThan(2);
    for (const words of walk) expect(await cli(...words)).toMatchObject({ error: '' });
    const toOffice = () => sink.mails.filter(({ to }) => to[0] === 'letters@dhs.example');
    expect(toOffice()).toHaveLength(1);
    for (const words of walk) await cli(...words);
    expect(toOffice()).toHaveLength(1);
    expect((await cli('letters', 'list')).out).toMatch(/digest:1 +sent/);
  } finally {
    process.exitCode = 0;
    await campaign.close();
    await sink.stop();
  }
});

test('to an office outside .example and .test nothing is sent by hand before it opens', async () => {
  const sink = await startSmtpServer();
  const campaign = await openCampaign({ SMTP_URL: sink.url });
  try {
    const { connection, clock, config } = campaign;
    const publicUrl = 'https://petitions.aid.invalid';
    const server = { id: 'b', host: 'h', pid: 1, isWeb: true, sends: true, isSole: true };
    const moved = { ...config, publicUrl };
    const services = await createServices({ config: moved, connection, clock, server, logger: silentLogger });
    const cli = createCli(services);
    const { offices, campaign: record, stores } = services;
    await record.setCampaign({
      legalName: 'Acme Rights',
      postalAddress: 'Acme Street 1',
      contactEmail: 'a@acme.example',
      privacyEmail: 'p@acme.example',
    });
    campaign.clock.set('2026-11-29T07:40:00Z');
    const channel = {
      email: 'letters@office.invalid',
      source: 'https://office.example',
      checked: '2026-11-24',
    };
    await offices.verifyEmailChannel(TESTER, 'us-dhs-secretary', channel);
    await campaign.addSupporter('ana@home.example');
    await campaign.count();
    await cli('letters', 'plan');
    const [planned] = await stores.deliveries.listByState(['planned']);
    if (!planned) throw new Error('nothing is planned');
    await stores.deliveries.move(planned, 'approved', {
      approvedBy: 'Rosa',
      approvedAt: campaign.clock.now(),
    });
    const { out } = await cli('letters', 'send', '--all');
    expect(out).toMatch(/the office is closed.*next at 2026-11-30T14:00:00\.000Z/);
    const toOffice = () => sink.mails.filter(({ to }) => to[0] === 'letters@office.invalid');
    expect(toOffice()).toHaveLength(0);
    campaign.clock.set('2026-11-30T14:00:00Z');
    expect((await cli('letters', 'send', '--all')).out).toMatch(/us-dhs-secretary +sent/);
    expect(toOffice()).toHaveLength(1);
  } finally {
    process.exitCode = 0;
    await campaign.close();
    await sink.stop();
  }
});
