import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import chromium, { inflate } from '@sparticuz/chromium';
import axe from 'axe-core';
import { type Browser, type BrowserContext, type Page, chromium as playwright } from 'playwright-core';
import { claimFile } from '../../src/database/local/claim-file.ts';

const HEIGHT = 800;
const MISSING_LIBRARY = /error while loading shared libraries: [^\n]*/;
/** Nothing but the pages: no look-ups of its own, no updates, no sandbox (which a container has not). */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-sync',
  '--disable-extensions',
  '--no-first-run',
  '--mute-audio',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
];

/** What a bare Debian lacks, for who reads it on a machine where nothing else helps. */
const REMEDY = 'Debian, Ubuntu: apt install libnss3 fontconfig fonts-dejavu-core; macOS: Google Chrome';

/**
 * The browser of the tests: the package's own on Linux x64, elsewhere Google Chrome.
 * @throws Error of one sentence that says what it lacks and how to get it
 */
export async function openBrowser(more: readonly string[] = []): Promise<Browser> {
  const isPackaged = process.platform === 'linux' && process.arch === 'x64';
  const options = { args: [...ARGS, ...more], headless: true };
  try {
    if (!isPackaged) return await playwright.launch({ ...options, channel: 'chrome' });
    // Two test workers must not unpack it at the same time.
    const executablePath = await alone(() => chromium.executablePath());
    const hasFonts = existsSync('/etc/fonts/fonts.conf');
    if (hasFonts) {
      const browser = await playwright.launch({ ...options, executablePath }).catch(ifLibraryIsMissing);
      if (browser) return browser;
    }
    const env = await alone(unpackLibraries);
    return await playwright.launch({ ...options, executablePath, env });
  } catch (error) {
    throw new Error(`The browser of the tests does not start: ${reasonOf(error)} (${REMEDY}).`);
  }
}

/** The package brings the libraries and a font, for machines that have none. */
async function unpackLibraries(): Promise<Record<string, string>> {
  const archive = fileURLToPath(new URL('../bin/al2023.tar.br', import.meta.resolve('@sparticuz/chromium')));
  const libraries = join(await inflate(archive), 'lib');
  return { ...process.env, LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: join(tmpdir(), 'fonts') } as Record<
    string,
    string
  >;
}

function ifLibraryIsMissing(error: Error): undefined {
  if (!MISSING_LIBRARY.test(error.message)) throw error;
}

/** The line of a launch's long report that says why. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.match(MISSING_LIBRARY)?.[0] ?? message.split('\n')[0] ?? '';
}

async function alone<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    const claim = await claimFile(join(tmpdir(), 'safe-passage-chromium.lock'));
    if ('release' in claim) return work().finally(claim.release);
    await pause(100);
  }
}

export type Visit = {
  context: BrowserContext;
  page: Page;
  /** what the browser complained of: script errors, refused resources, broken policies */
  complaints: string[];
};

/** A person's browser: nothing remembered from before. `hasScript: false` is one with JavaScript off. */
export async function openVisit(
  browser: Browser,
  options: {
    baseURL: string;
    width: number;
    locale: string;
    hasScript: boolean;
    /** axe is there on every page from its beginning: sooner than brought to each for itself */
    hasAxe?: boolean;
  },
): Promise<Visit> {
  const { baseURL, width, locale, hasScript, hasAxe = false } = options;
  const context = await browser.newContext({
    baseURL,
    locale,
    javaScriptEnabled: hasScript,
    viewport: { width, height: HEIGHT },
  });
  context.setDefaultTimeout(10_000);
  if (hasAxe) await context.addInitScript({ content: axe.source });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // The browser also notes every 4xx answer; those are asked for.
    if (message.type() === 'error' && !message.text().includes('the server responded with a status of')) {
      complaints.push(message.text());
    }
  });
  page.on('request', (request) => {
    if (/^https?:/.test(request.url()) && !request.url().startsWith(baseURL))
      complaints.push(`asked ${request.url()}`);
  });
  return { context, page, complaints };
}

// Run in the page, where the tests' own types know nothing: kept as text. The mailbox shows a mail in a frame that runs
// nothing; what is in it is looked at as a page of its own.
const RUN_AXE = `axe.run(document, { iframes: false, resultTypes: ['violations'] }).then(({ violations }) => violations.flatMap(({ id, nodes }) =>
  nodes.map((node) => id + ': ' + node.html.slice(0, 160) + ' ' + node.failureSummary)))`;
const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

/** Every fault that axe finds (WCAG 2.2 A and AA, and its best practices), one line each. Needs JavaScript. */
export async function faultsByAxe(page: Page): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe.source);
  return page.evaluate<string[]>(RUN_AXE);
}

export type Look = { width: number; colorScheme: 'light' | 'dark' };

/** Shows the page that is open in a window of this width, and in light or dark. */
export async function lookAt(page: Page, { width, colorScheme }: Look): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize({ width, height: HEIGHT });
}

/** By how many pixels a page is wider than its window; 0 when nobody has to scroll sideways. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate<number>(OVERFLOW);
}
