import { beforeAll, describe, expect, it } from 'vitest';
import { PAPERS } from '../../src/lib/pdf/pdf.ts';
import type { Office } from '../../src/offices/office.ts';
import { renderMexicanPack } from '../../src/packs/mx-article-8.pdf.ts';
import { type Pack, packsOf } from '../../src/packs/pack.ts';
import { renderUsPack } from '../../src/packs/us-rulemaking.pdf.ts';
import { loadStarter, type Starter } from '../../src/starter/load-starter.ts';
import { readPdf } from '../support/pdf.ts';

const options = {
  date: new Date('2026-11-24T00:00:00Z'),
  petitionUrl: 'https://petition.example/es/petitions/a',
};
const HOLDER = 'Perengano Zutánez';

let starter: Starter;
let packs: { petition: string; pack: Pack }[];
const renderNew = (pack: Pack, paper: 'a4' | 'letter') =>
  pack.kind === 'us-rulemaking'
    ? renderUsPack(pack, { ...options, paper })
    : renderMexicanPack(pack, { ...options, paper });
const rendered = new Map<string, Promise<Buffer>>();
function render(pack: Pack, paper: 'a4' | 'letter'): Promise<Buffer> {
  const key = `${pack.title} ${pack.officeId} ${paper}`;
  const known = rendered.get(key) ?? renderNew(pack, paper);
  rendered.set(key, known);
  return known;
}
const wordsOf = (text: string) => text.replace(/\s+/g, ' ');

beforeAll(async () => {
  starter = await loadStarter();
  const offices: Office[] = starter.offices.map((office) => ({
    ...office,
    holders: [{ name: HOLDER, title: { en: 'Head', es: 'Titular' }, from: '2020-01-01' }],
  }));
  packs = starter.petitions.flatMap((petition) =>
    packsOf(petition, offices, starter.catalog).map((pack) => ({ petition: petition._id, pack })),
  );
});

describe('which packs a petition has', () => {
  it('one for each body of Mexico of which it demands something, and one for the US department', () => {
    expect(packs.map(({ petition, pack }) => `${petition} ${pack.officeId}`)).toEqual([
      'no-more-unsafe-returns mx-presidency',
      'no-more-unsafe-returns mx-inm',
      'no-more-unsafe-returns us-dhs-secretary',
      'protection-and-asylum mx-presidency',
      'protection-and-asylum mx-inm',
      'protection-and-asylum mx-segob',
      'protection-and-asylum mx-comar',
      'safe-passage mx-sre',
      'safe-passage us-dhs-secretary',
    ]);
  });

  it('each carries the demands addressed to its office and no others', () => {
    const inm = packs.find(({ pack }) => pack.officeId === 'mx-inm')?.pack;
    const { D1, D3, D5 } = Object.fromEntries(starter.catalog.demands);
    expect(inm?.demands.map(({ text }) => text)).toEqual([D1?.text.es, D3?.text.es]);
    expect(inm?.demands.map(({ text }) => text)).not.toContain(D5?.text.es);
  });

  it('an office of which nothing is demanded has none', () => {
    const [petition] = starter.petitions;
    if (!petition) throw new Error('no petition');
    const nothing = { ...petition, demandIds: ['D5'] };
    expect(packsOf(nothing, starter.offices, starter.catalog).map(({ officeId }) => officeId)).toEqual([
      'us-dhs-secretary',
    ]);
  });
});

describe.each(PAPERS)('every pack, on %s', (paper) => {
  it('holds each fact with its period and source, each demand and each law, and names no holder', async () => {
    for (const { pack } of packs) {
      const { text } = readPdf(await render(pack, paper));
      const told = [
        ...pack.facts.flatMap((fact) => [fact.text, fact.period, fact.source]),
        ...pack.demands.map((demand) => demand.text),
        ...pack.laws.flatMap((law) => [law.name, law.text]),
      ];
      for (const part of told) expect(text).toContain(wordsOf(part));
      expect(text).not.toContain('Zutánez');
      expect(text).not.toContain('[?]');
    }
  });

  it('is three to six sheets of that size, the first of which says that it is a template', async () => {
    const size = paper === 'a4' ? { width: 595.28, height: 841.89 } : { width: 612, height: 792 };
    for (const { pack } of packs) {
      const { pages, sizes } = readPdf(await render(pack, paper));
      expect(pages.length).toBeGreaterThanOrEqual(3);
      expect(pages.length).toBeLessThanOrEqual(6);
      for (const one of sizes) expect(one).toEqual(size);
      expect(pages[0]).toMatch(/plantilla, no asesoría jurídica|template, not legal advice/);
      for (const page of pages) expect(page.length, page).toBeGreaterThan(150);
    }
  });

  it('the same data and date give the same bytes', async () => {
    for (const { pack } of packs) expect(await renderNew(pack, paper)).toEqual(await render(pack, paper));
  });

  it('is tagged, in its language', async () => {
    for (const { pack } of packs) {
      const { raw } = readPdf(await render(pack, paper));
      expect(raw).toContain(`/Lang (${pack.kind === 'us-rulemaking' ? 'en-US' : 'es-MX'})`);
      expect(raw).toContain('/Marked true');
      expect(raw).toContain('/S /H2');
    }
  });
});

describe('the petition under article 8', () => {
  it('is addressed to the body, has room for name, address and signature, and comes twice, once for the stamp', async () => {
    const pack = packs.find(({ pack: one }) => one.officeId === 'mx-inm')?.pack;
    if (!pack) throw new Error('no pack');
    const { pages, text } = readPdf(await render(pack, 'letter'));
    for (const part of [
      'Instituto Nacional de Migración Presente',
      'artículo 8o. de la Constitución',
      'Domicilio para oír y recibir notificaciones:',
      'persona con ciudadanía mexicana',
      'Firma:',
    ]) {
      expect(text.split(part).length - 1).toBeGreaterThanOrEqual(2);
    }
    expect(pages.filter((page) => page.includes('Acuse de recibo (lo llena la oficina)'))).toHaveLength(1);
    expect(pages[0]).toContain('Solo para personas con ciudadanía mexicana');
    expect(pages[0]).toContain('artículo 33');
    expect(pages.slice(1).join(' ')).not.toContain('plantilla');
  });

  it('gives only an address that is published, with where and when, or none', async () => {
    const of = async (officeId: string) => {
      const pack = packs.find(({ pack: one }) => one.officeId === officeId)?.pack;
      if (!pack) throw new Error('no pack');
      return readPdf(await render(pack, 'a4')).text;
    };
    expect(await of('mx-presidency')).toContain('Palacio Nacional');
    expect(await of('mx-presidency')).toContain('2019-07');
    expect(await of('mx-segob')).toContain('No tenemos un domicilio publicado de esta oficina');
  });
});

describe('the US petition for rulemaking', () => {
  it('has what 6 CFR 3.5 requires and 3.7 asks for, and goes to the address of 3.5 by post', async () => {
    const pack = packs.find(({ pack: one }) => one.kind === 'us-rulemaking')?.pack;
    if (!pack) throw new Error('no pack');
    const { text, pages } = readPdf(await render(pack, 'letter'));
    for (const part of [
      'PETITION FOR RULEMAKING',
      'Petitioner’s name:',
      'Mailing address:',
      '1. The problem (6 CFR 3.7(a)(1))',
      '2. How a rule would resolve it (6 CFR 3.7(a)(2))',
      '3. Data and sources (6 CFR 3.7(a)(3))',
      '4. The rule asked for (6 CFR 3.7(a)(4))',
      '5. Law and authority (6 CFR 3.7(a)(5))',
      'Signature:',
      '5 U.S.C. 555(e)',
    ]) {
      expect(text).toContain(part);
    }
    expect(pages[0]).toContain('enforces immigration law');
    expect(pages[0]).toContain('none that is delivered by courier');
    expect(pages[1]).toContain('Mail Stop 0485 Attn: Regulatory Affairs Law Division 245 Murray Lane SW.');
  });
});
