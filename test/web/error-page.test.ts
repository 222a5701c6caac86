import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '../../src/process/log.ts';
import { createApp } from '../../src/site.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { seen } from '../support/views.ts';

let campaign: TestCampaign;

beforeAll(async () => {
  campaign = await openCampaign();
});
afterAll(() => campaign.close());

/** The app with templates of its own, which are gone once it runs. */
async function openWithoutFiles() {
  const { services, config } = campaign;
  const folder = await mkdtemp(join(tmpdir(), 'templates-'));
  await cp(services.templates.folder, folder, { recursive: true });
  const app = await createApp({
    config,
    services: { ...services, templates: { ...services.templates, folder } },
    log: createLog({ level: 'silent', isTerminal: false }),
  });
  await rm(folder, { recursive: true });
  return { app, folder };
}

test('what went wrong is said also when no template can be read any more, and names no file', async () => {
  const { app, folder } = await openWithoutFiles();
  const missing = await app.inject('/en/no-such-page');
  expect(missing.statusCode).toBe(404);
  expect(seen(missing.body)).toContain('There is no such page');
  const broken = await app.inject('/en/privacy');
  expect(broken.statusCode).toBe(500);
  expect(broken.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(seen(broken.body)).toContain('Something went wrong');
  expect(broken.body).not.toContain(folder);
  expect(broken.body).not.toContain('.hbs');
  await app.close();
});
