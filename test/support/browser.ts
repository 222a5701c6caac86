import sparticuz from '@sparticuz/chromium';
import { type Browser, chromium, type Page } from 'playwright-core';

/** Flags of the package that serve a function platform and harm here. */
const UNFIT = /single-process|no-zygote|web-security/;

/** A real Chromium, from the package registry, that speaks to loopback alone. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await sparticuz.executablePath(),
    args: [
      ...sparticuz.args.filter((flag) => !UNFIT.test(flag)),
      '--no-sandbox',
      '--disable-background-networking',
    ],
    headless: true,
  });
}

export type PageOptions = { width?: number; isScripted?: boolean; locale?: string };

/** A page as on a cheap telephone (320 px) or a desk, with or without JavaScript. */
export async function openPage(
  browser: Browser,
  { width = 320, isScripted = false, locale = 'en' }: PageOptions = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width, height: width < 600 ? 640 : 900 },
    javaScriptEnabled: isScripted,
    locale,
  });
  return context.newPage();
}
