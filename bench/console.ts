import { readConfig } from '../src/config.ts';
import { createLog } from '../src/process/log.ts';
import { createApp } from '../src/site.ts';
import type { TestCampaign } from '../test/support/campaign.ts';
import { openOrganiser, type TestOrganiser } from '../test/support/console.ts';
import type { attach } from './seed.ts';

type Services = Awaited<ReturnType<typeof attach>>['services'];

/** An owner who is signed in, over a running program's own database; what they ask for is answered here, without the network. */
export async function openOwner(
  services: Services,
  dataDir: string,
): Promise<{ owner: TestOrganiser; close(): Promise<void> }> {
  const config = readConfig({ DATA_DIR: dataDir, RATE_LIMITS: 'off' });
  const log = createLog({ level: 'silent', isTerminal: false });
  const app = await createApp({ config, services, log });
  const campaign = { app, config, services, clock: services.clock } as unknown as TestCampaign;
  const owner = await openOrganiser(campaign, { email: 'owner@team.example', role: 'owner' });
  return { owner, close: () => app.close() };
}

/** The time under which 95 of 100 looks stay, in milliseconds. */
export async function p95Of(looks: number, look: () => Promise<{ statusCode: number }>): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < looks; turn += 1) {
    const start = performance.now();
    const { statusCode } = await look();
    if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.ceil(looks * 0.95) - 1] ?? 0;
}
