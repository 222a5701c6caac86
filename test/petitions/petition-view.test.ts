import { beforeAll, describe, expect, test } from 'vitest';
import { LOCALES, type Locale } from '../../src/lib/locales.ts';
import type { Petition } from '../../src/petitions/petition.ts';
import { petitionCard, petitionView } from '../../src/petitions/petition.view.ts';
import { createFormView } from '../../src/signatures/form.view.ts';
import { loadStarter, type Starter } from '../../src/starter/load-starter.ts';
import { openViews, seen } from '../support/views.ts';

const now = new Date('2026-11-24T12:00:00Z');
const { pages, translator } = await openViews();
let starter: Starter;

beforeAll(async () => {
  starter = await loadStarter();
});

function first(over: Partial<Petition> = {}): Petition {
  const [petition] = starter.petitions;
  if (!petition) throw new Error('the starter has no petition');
  return { ...petition, ...over };
}

function viewOf(locale: Locale, more: Partial<Parameters<typeof petitionView>[0]> = {}) {
  const { catalog, offices } = starter;
  return petitionView({
    petition: first(),
    catalog,
    offices,
    count: 12_483,
    locale,
    zone: 'America/Mexico_City',
    now,
    ...more,
  });
}

async function pageOf(locale: Locale, view = viewOf(locale)): Promise<string> {
  const form = createFormView(translator)({ locale, action: '/sign', submit: 'Sign', isFirst: true });
  const frame = { locale, path: `/${locale}/petitions/x`, title: view.petitionTitle };
  return pages.renderPage('petition', frame, { ...view, form });
}

const published = {
  day: '2026-11-23',
  total: 600,
  country: { cells: { MX: 300, US: 200, ES: 40 }, other: 60 },
  region: { cells: { 'MX-CHP': 120, 'MX-CMX': 90 }, other: 390 },
  locale: { cells: {}, other: 600 },
};

describe('the view of a petition', () => {
  test.each(LOCALES)('shows in %s every fact with its period and its source', (locale) => {
    const { facts, sources } = viewOf(locale);
    expect(facts).toHaveLength(first().factIds.length);
    for (const { text, period, source } of facts) {
      expect(text).not.toMatch(/[{}]/);
      expect(period).toMatch(/20(19|2\d)/);
      expect(source).toMatch(/Erika Guevara-Rosas, La Silla Rota|Migra.*, EFE/);
    }
    expect(sources).toHaveLength(2);
  });

  test('sets the figure large as the text has it, with what bounds it', () => {
    expect(viewOf('en').facts[0]?.figure).toEqual({ bound: 'more than', value: '95%' });
    expect(viewOf('es').facts[0]?.figure).toEqual({ bound: 'más del', value: '95%' });
    expect(viewOf('es').facts[1]?.figure).toEqual({ bound: '', value: '9,543' });
    for (const { text, figure } of viewOf('en').facts) expect(text).toContain(figure?.value);
  });

  test('says of each demand whom it asks, and of nobody else', () => {
    const [d1, d3] = viewOf('en').demands;
    expect(d1?.offices).toHaveLength(4);
    expect(d3?.offices).toEqual([
      { name: 'Presidency of the Republic, Mexico', path: '/en/offices/mx-presidency' },
      { name: 'National Migration Institute, Mexico', path: '/en/offices/mx-inm' },
    ]);
  });

  test('shows a country by its states where these are published, and what is left in one number', () => {
    const { places } = viewOf('en', { published });
    expect(places?.rows.map(({ label }) => label)).toEqual([
      'United States',
      'Chiapas',
      'Mexico City',
      'Spain',
    ]);
    expect(places?.other).toBe(600 - 200 - 120 - 90 - 40);
    expect(places?.asOf).toBe('November 23, 2026');
  });

  test('has no table of places before one is published', async () => {
    expect(viewOf('en')).not.toHaveProperty('places');
    expect(await pageOf('en')).not.toContain('<table');
  });
});

describe('the page of a petition', () => {
  test.each(LOCALES)(
    'in %s has its form before its long text, and a way to it from the top',
    async (locale) => {
      const html = await pageOf(locale);
      expect(html.indexOf('href="#sign"')).toBeLessThan(html.indexOf('<form'));
      expect(html.indexOf('<form')).toBeLessThan(html.indexOf('id="why"'));
      expect(seen(html)).toContain('12,483');
      const own = html.replace(/<style>.*?<\/style>/gs, '');
      expect(Buffer.byteLength(own)).toBeLessThan(30_000);
    },
  );

  test('of a closed petition has no form, and says since when', async () => {
    const petition = first({ closesAt: new Date('2026-11-01T00:00:00Z') });
    const html = await pageOf('es', viewOf('es', { petition }));
    expect(html).not.toContain('/signatures');
    expect(html).not.toContain('href="#sign"');
    expect(seen(html)).toContain('Cerró el 31 de octubre de 2026 y ya no recibe firmas.');
  });

  test('that opens later says when, takes no signature yet, and is not called closed', async () => {
    const petition = first({ opensAt: new Date('2026-12-10T06:00:00Z') });
    const html = await pageOf('en', viewOf('en', { petition }));
    expect(html).not.toContain('<form');
    expect(seen(html)).toContain('It opens for signatures on December 10, 2026.');
    expect(seen(html)).not.toContain('petition is closed');
  });

  test('that will close says until when one can sign: the last day, as its readers count days', async () => {
    // Midnight in Mexico City, which is six in the morning in UTC.
    const petition = first({ closesAt: new Date('2026-12-11T06:00:00Z') });
    expect(seen(await pageOf('en', viewOf('en', { petition })))).toContain(
      'You can sign until December 10, 2026.',
    );
    expect(seen(await pageOf('es', viewOf('es', { petition })))).toContain(
      'Puede firmar hasta el 10 de diciembre de 2026.',
    );
    expect(viewOf('en', { petition, zone: 'UTC' }).closesOn).toBe(
      'December 11, 2026 at 6:00 AM Coordinated Universal Time',
    );
  });

  test('is reached from its card', () => {
    expect(petitionCard(first(), 7, { locale: 'es', zone: 'America/Mexico_City', now })).toMatchObject({
      count: 7,
      path: '/es/petitions/no-more-unsafe-returns',
      signPath: '/es/petitions/no-more-unsafe-returns#sign',
    });
  });
});
