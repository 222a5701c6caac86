import { describe, expect, it } from 'vitest';
import { renderDigestPdf } from '../../src/letters/digest.pdf.ts';
import type { Digest } from '../../src/letters/digest.ts';
import { readPdf } from '../support/pdf.ts';
import { COMPLETE_CAMPAIGN, openViews } from '../support/views.ts';

const { translator } = await openViews();
const base: Digest = {
  locale: 'en',
  officeName: 'Secretary of Homeland Security',
  officeShort: 'DHS',
  petitionTitle: 'No more unsafe returns of children',
  isFirst: false,
  total: 12_483,
  added: 1_204,
  removed: 3,
  late: 0,
  asOf: 'November 24, 2026',
  demands: [{ number: 1, text: 'Stop the returns.', follows: false }],
  factGroups: [],
  laws: [],
  themes: [],
  voices: 0,
  ungrouped: 0,
  quotes: [
    {
      number: '2.1',
      place: 'Texas',
      lang: 'en',
      paragraphs: ['My sister’s girl waited “two nights”.', 'She is nine — nine!'],
    },
    {
      number: '2.2',
      place: 'the State of Mexico',
      lang: 'es',
      paragraphs: ['Niñas y niños; ¿por qué? Ñandú, 100 €.'],
    },
  ],
  places: [
    { label: 'Texas', count: 4_120, isRest: false },
    { label: 'Guatemala', count: 12, isRest: false },
    { label: 'United States', count: 300, isRest: true },
  ],
  otherPlaces: 8_051,
  ledgerSeq: 211,
  ledgerHash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
};
const options = {
  translator,
  date: new Date('2026-11-24T12:00:00Z'),
  petitionUrl: 'https://petition.example/en/petitions/a',
  campaign: COMPLETE_CAMPAIGN,
};
const voices = {
  themes: [
    { label: 'family, mother, home', people: 812, quotes: ['2.1', '2.2'] },
    { label: 'asylum, interview', people: 40, quotes: [] },
  ],
  ungrouped: 31,
};

describe('the PDF of a digest', () => {
  it('says the totals, places, themes, words with their numbers, and the ledger head', async () => {
    const { text } = readPdf(await renderDigestPdf(base, { ...options, voices }));
    for (const part of [
      'Report to Secretary of Homeland Security',
      '1,204 more people have signed the petition “No more unsafe returns of children”',
      '12,483 people have now signed it.',
      '3 signatures are no longer counted',
      'Texas: 4,120',
      'United States, other states: 300',
      'Other places, and the newest signatures: 8,051',
      'family, mother, home: 812 people; quoted below: 2.1 and 2.2',
      'asylum, interview: 40 people',
      '31 more people write of something else.',
      '2.1 A person in Texas:',
      'My sister’s girl waited “two nights”. She is nine — nine!',
      '2.2 A person in the State of Mexico: Niñas y niños; ¿por qué? Ñandú, 100 €.',
      'entry 211',
      base.ledgerHash,
      options.petitionUrl,
      'Paso Seguro A.C.',
      'page 1 of',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain('[?]');
  });

  it('in Spanish for an office that is written to in Spanish', async () => {
    const spanish: Digest = { ...base, locale: 'es', officeName: 'Instituto Nacional de Migración' };
    const { text, raw } = readPdf(await renderDigestPdf(spanish, { ...options, voices }));
    expect(text).toContain('Informe para Instituto Nacional de Migración');
    expect(text).toContain('se citan abajo: 2.1 y 2.2');
    expect(raw).toContain('/Lang (es-MX)');
  });

  it('is tagged, names its language, and shows its title', async () => {
    const { raw } = readPdf(await renderDigestPdf(base, options));
    for (const part of [
      '/Marked true',
      '/StructTreeRoot',
      '/DisplayDocTitle true',
      '/Lang (en-US)',
      // What people write is in their own language.
      '/Lang (en)',
      '/Lang (es)',
      '/S /H1',
      '/S /H2',
      '/S /BlockQuote',
      '/S /LBody',
      '(Report to Secretary of Homeland Security',
    ]) {
      expect(raw).toContain(part);
    }
  });

  it('the same digest and date give the same bytes, another date others', async () => {
    const first = await renderDigestPdf(base, { ...options, voices });
    expect(await renderDigestPdf(base, { ...options, voices })).toEqual(first);
    expect(await renderDigestPdf(base, { ...options, voices, date: new Date(0) })).not.toEqual(first);
  });

  it('has the letters of Mexico’s own languages, and of others, in a face that it carries along', async () => {
    const paragraphs = ['Nikān ōniyāya; ña̱ yi̱kua̱; ʼṉu̱hu̱', 'Kʼicheʼ', 'Стоп, Παύση, Nguyễn'];
    const quotes = [{ number: '2.1', place: 'Texas', lang: 'en' as const, paragraphs }];
    const bytes = await renderDigestPdf({ ...base, quotes }, options);
    const { text, raw } = readPdf(bytes);
    // A mark is set apart from its letter.
    const letters = text.normalize('NFC').replaceAll(' ', '');
    for (const part of ['Nikānōniyāya;ña̱yi̱kua̱;’ṉu̱hu̱', 'K’iche’', 'Стоп,Παύση,Nguyễn'])
      expect(letters).toContain(part.normalize('NFC'));
    expect(text).not.toContain('[?]');
    expect(text).not.toContain('�');
    expect(raw).toContain('/FontFile2');
    expect(readPdf(await renderDigestPdf(base, options)).raw).not.toContain('/FontFile2');
    expect(await renderDigestPdf({ ...base, quotes }, options)).toEqual(bytes);
  });

  it('marks letters that its faces do not have, and says where the words are whole', async () => {
    const quotes = [
      { number: '2.1', place: 'Texas', lang: 'en' as const, paragraphs: ['توقف 🙏🏽 stop', 'Стоп 停'] },
    ];
    const { text } = readPdf(await renderDigestPdf({ ...base, quotes }, options));
    expect(text).toContain('[?] [?] stop');
    expect(text).toContain('Стоп [?]');
    expect(text).toContain('Where you see [?]');
    expect(text).toContain('has the words in full');
  });

  it('runs over pages without losing a word, each page with its number', async () => {
    const quotes = Array.from({ length: 12 }, (_, n) => ({
      number: `2.${n + 1}`,
      place: 'Texas',
      lang: 'en' as const,
      paragraphs: Array.from(
        { length: 5 },
        (__, m) => `Paragraph ${n}-${m}. ${'They wait. '.repeat(12)}End ${n}-${m}.`,
      ),
    }));
    for (const paper of ['a4', 'letter'] as const) {
      const { text, pages, sizes } = readPdf(
        await renderDigestPdf({ ...base, quotes }, { ...options, paper }),
      );
      for (let n = 0; n < 12; n += 1) for (let m = 0; m < 5; m += 1) expect(text).toContain(`End ${n}-${m}.`);
      expect(pages.length).toBeGreaterThan(3);
      expect(pages.length).toBeLessThan(9);
      for (const [n, page] of pages.entries()) expect(page).toContain(`page ${n + 1} of ${pages.length}`);
      const wanted = paper === 'a4' ? { width: 595.28, height: 841.89 } : { width: 612, height: 792 };
      for (const size of sizes) expect(size).toEqual(wanted);
    }
  });
});
