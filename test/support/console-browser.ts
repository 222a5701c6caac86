import type { Page } from 'playwright-core';
import { faultsByAxe, lookAt, openVisit, overflow } from './browser.ts';
import type { TestCampaign } from './campaign.ts';
import type { TestOrganiser } from './console.ts';
import type { openSite } from './site.ts';

type Site = Awaited<ReturnType<typeof openSite<TestCampaign>>>;

/** A browser that is signed in as the organiser. */
export async function visitAs(
  { campaign, browser }: Site,
  organiser: Pick<TestOrganiser, 'cookies'>,
  { width, locale, hasScript }: { width: number; locale: string; hasScript: boolean },
) {
  const baseURL = campaign.config.publicUrl;
  const opened = await openVisit(browser, { baseURL, width, locale, hasScript, hasAxe: hasScript });
  const cookies = [...organiser.cookies].map(([name, value]) => ({
    name,
    value,
    url: `${baseURL}/organise`,
  }));
  await opened.context.addCookies(cookies);
  return opened;
}

/** What axe finds, and what stands beside the window, at 320 px in light and 1280 px in dark; pictures of both under SHOTS. */
export async function faultsNarrowAndWide(page: Page, name: string, locale: string): Promise<string[]> {
  const faults: string[] = [];
  for (const width of [320, 1280]) {
    await lookAt(page, { width, colorScheme: width === 320 ? 'light' : 'dark' });
    if (process.env.SHOTS)
      await page.screenshot({
        path: `${process.env.SHOTS}/${name.replaceAll(/\W+/g, '-')}-${locale}-${width}.png`,
        fullPage: true,
      });
    faults.push(...(await faultsByAxe(page)).map((fault) => `${name}, ${width} px: ${fault}`));
    const pixels = await overflow(page);
    if (pixels > 0) faults.push(`${name}, ${width} px: ${pixels} px beside the window`);
  }
  return faults;
}
