import { freePort } from '../../src/database/local/free-port.ts';
import { openBrowser } from './browser.ts';
import type { TestCampaign } from './campaign.ts';

/** A campaign that listens, as `open` makes it, and a browser to visit it with. Call `close` in afterAll. */
export async function openSite<C extends Pick<TestCampaign, 'app' | 'close'>>(
  open: (env: Record<string, string>) => Promise<C>,
) {
  const port = await freePort();
  const campaign = await open({ PORT: String(port) });
  await campaign.app.listen({ host: '127.0.0.1', port });
  const browser = await openBrowser();
  return {
    campaign,
    browser,
    async close() {
      await browser.close();
      await campaign.close();
    },
  };
}
