import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadCommands } from '../../src/command-tree.ts';
import { runCommandLine } from '../../src/commands/command-line.ts';
import { dayIn } from '../../src/lib/days.ts';
import { daysBetween } from '../../src/packs/pack.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { readPdf } from '../support/pdf.ts';
import { seen } from '../support/views.ts';

const SLUG = 'no-more-unsafe-returns';
const PAGE = `/petitions/${SLUG}/packs`;

let campaign: TestCampaign;
beforeAll(async () => {
  campaign = await openCampaign();
});
afterAll(() => campaign.close());
beforeEach(async () => {
  await campaign.connection.collection('packs').deleteMany({});
  campaign.clock.advance(10_000);
});

const get = (url: string, headers: Record<string, string> = {}) =>
  campaign.app.inject({ method: 'GET', url, headers });
const page = async (locale: 'en' | 'es') => seen((await get(`/${locale}${PAGE}`)).body);

async function cli(...rawArgs: string[]): Promise<string> {
  const lines: string[] = [];
  const print = vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(line));
  try {
    await runCommandLine(await loadCommands((work) => work(campaign.services)), rawArgs);
  } finally {
    print.mockRestore();
  }
  return lines.join('\n');
}
const handIn = (on: string, folio: string, office = 'mx-inm') =>
  cli('pack', 'handed-in', SLUG, office, '--on', on, '--folio', folio, '--by', 'Rosa Márquez');
/** The day where the offices are, so many days before the clock's. */
const daysAgo = (days: number) =>
  dayIn('America/Mexico_City', new Date(campaign.clock.now().getTime() - days * 86_400_000));

describe('the page', () => {
  it('is linked from the petition, in both languages', async () => {
    for (const locale of ['en', 'es']) {
      expect((await get(`/${locale}/petitions/${SLUG}`)).body).toContain(`href="/${locale}${PAGE}"`);
      expect((await get(`/${locale}${PAGE}`)).statusCode).toBe(200);
    }
  });

  it('tells people who are not citizens of Mexico before the first download, and that these are templates', async () => {
    for (const [locale, articles, template] of [
      ['en', /article 8 .*article 33/, 'not legal advice'],
      ['es', /artículo 8o\. .*artículo 33/, 'no asesoría jurídica'],
    ] as const) {
      const { body } = await get(`/${locale}${PAGE}`);
      const before = seen(body.slice(0, body.indexOf('.pdf"')));
      expect(before).toMatch(articles);
      expect(before).toContain(template);
    }
  });

  it('warns that the US department enforces immigration law and gets name and address', async () => {
    expect(await page('en')).toContain('enforces immigration law');
    expect(await page('es')).toContain('aplica las leyes migratorias');
  });

  it('says what the law says about time', async () => {
    expect(await page('en')).toContain('en breve término');
    expect(await page('en')).toContain('5 U.S.C. 555(e)');
    expect(await page('es')).toContain('«en breve término»');
  });

  it('for a petition that is not there is 404', async () => {
    expect((await get('/en/petitions/nothing/packs')).statusCode).toBe(404);
    expect((await get('/fr/petitions/nothing/packs')).statusCode).toBe(404);
  });
});

describe('a download', () => {
  it('every link of the page leads to its PDF, whichever language the page is in', async () => {
    for (const locale of ['en', 'es']) {
      const { body } = await get(`/${locale}${PAGE}`);
      const links = [...body.matchAll(/href="([^"]+\.pdf)"/g)].map(([, path = '']) => path);
      expect(links).toHaveLength(6);
      for (const link of links) {
        const answer = await get(link);
        expect(answer.statusCode).toBe(200);
        expect(answer.headers['content-type']).toBe('application/pdf');
        expect(answer.headers['content-disposition']).toMatch(/^attachment; filename="[a-z0-9-]+\.pdf"$/);
        expect(readPdf(answer.rawPayload).pages.length).toBeGreaterThan(2);
      }
    }
  });

  it('is the same bytes until something changes, and 304 for who has them', async () => {
    const url = `/es${PAGE}/mx-inm-a4.pdf`;
    const first = await get(url);
    expect((await get(url)).rawPayload).toEqual(first.rawPayload);
    const again = await get(url, { 'if-none-match': String(first.headers.etag) });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    expect((await get(`/es${PAGE}/mx-inm-letter.pdf`)).headers.etag).not.toBe(first.headers.etag);
  });

  it.each(['mx-inm-a5.pdf', 'mx-sre-a4.pdf', 'mx-inm.pdf', '..%2f..%2fx.pdf', 'us-cbp-commissioner-a4.pdf'])(
    '%s is 404',
    async (file) => {
      expect((await get(`/en${PAGE}/${file}`)).statusCode).toBe(404);
    },
  );
});

describe('the public clock', () => {
  it('counts the days since it was handed in, and never shows who recorded it', async () => {
    await handIn(daysAgo(37), 'INM-2026/114');
    await handIn(daysAgo(0), 'DHS 9407', 'us-dhs-secretary');
    expect(await page('en')).toContain('folio INM-2026/114: 37 days without an answer');
    expect(await page('en')).toContain('folio DHS 9407: since today');
    expect(await page('es')).toContain('folio INM-2026/114: 37 días sin respuesta');
    expect(await page('en')).not.toContain('Márquez');
    expect(await cli('pack', 'list', SLUG)).toContain('Rosa Márquez');
  });

  it('goes on by itself the next day, and stops when the office has answered', async () => {
    await handIn(daysAgo(3), 'F1');
    expect(await page('en')).toContain('3 days without an answer');
    campaign.clock.advance(86_400_000);
    expect(await page('en')).toContain('4 days without an answer');
    await cli('pack', 'answered', SLUG, 'mx-inm', '--on', daysAgo(1), '--by', 'Rosa Márquez');
    campaign.clock.advance(5 * 86_400_000);
    expect(await page('en')).toMatch(/folio F1: answered on [A-Z][a-z]+ \d+, \d{4}, after 3 days/);
    expect(await page('es')).toContain('después de 3 días');
  });

  it('recorded twice, it is there once; the answer is recorded once', async () => {
    await handIn(daysAgo(3), 'F1');
    await handIn(daysAgo(3), 'F1');
    expect(await campaign.services.packs.listHandedIn(SLUG)).toHaveLength(1);
    const answer = () => cli('pack', 'answered', SLUG, 'mx-inm', '--on', daysAgo(1), '--by', 'R');
    await answer();
    await expect(answer()).rejects.toThrow('No pack that waits');
  });

  it('where several wait, the folio says which was answered', async () => {
    await handIn(daysAgo(9), 'F1');
    await handIn(daysAgo(5), 'F2');
    const answered = (...more: string[]) =>
      cli('pack', 'answered', SLUG, 'mx-inm', '--on', daysAgo(1), '--by', 'R', ...more);
    await expect(answered()).rejects.toThrow('F1, F2');
    await answered('--folio', 'F2');
    expect(await page('en')).toContain('folio F1: 9 days without an answer');
    expect(await page('en')).toMatch(/folio F2: answered on .*? after 4 days/);
  });

  it.each([
    [
      'an office without a pack',
      ['mx-dif', '--on', '2026-01-02', '--folio', 'F', '--by', 'R'],
      'mx-presidency, mx-inm',
    ],
    [
      'no calendar day',
      ['mx-inm', '--on', '2026-02-30', '--folio', 'F', '--by', 'R'],
      'on: must be a calendar day',
    ],
    ['a day to come', ['mx-inm', '--on', '2099-01-01', '--folio', 'F', '--by', 'R'], 'lies in the future'],
    ['no folio', ['mx-inm', '--on', '2026-01-02', '--folio', ' ', '--by', 'R'], '--folio is empty'],
    [
      'a folio of two lines',
      ['mx-inm', '--on', '2026-01-02', '--folio', 'a\nb', '--by', 'R'],
      'folio: must be one line',
    ],
    [
      'a folio that would not fit its id',
      ['mx-inm', '--on', '2026-01-02', '--folio', 'a:b', '--by', 'R'],
      'colon',
    ],
  ])('%s is refused with a reason', async (_, args, reason) => {
    await expect(cli('pack', 'handed-in', SLUG, ...args)).rejects.toThrow(reason);
  });

  it('an answer before the handing in is refused', async () => {
    await handIn(daysAgo(3), 'F1');
    await expect(cli('pack', 'answered', SLUG, 'mx-inm', '--on', daysAgo(4), '--by', 'R')).rejects.toThrow(
      'before it was handed in',
    );
  });
});

describe('days', () => {
  it('are those of the office', () => {
    const late = new Date('2026-11-25T04:30:00Z');
    expect(dayIn('America/Mexico_City', late)).toBe('2026-11-24');
    expect(dayIn('America/New_York', late)).toBe('2026-11-24');
    expect(dayIn('UTC', late)).toBe('2026-11-25');
  });

  it.each([
    ['2026-11-24', '2026-11-24', 0],
    ['2026-02-28', '2026-03-01', 1],
    ['2026-03-07', '2026-03-09', 2],
    ['2026-11-24', '2026-11-20', 0],
  ])('from %s to %s are %d', (from, to, days) => {
    expect(daysBetween(from, to)).toBe(days);
  });
});
