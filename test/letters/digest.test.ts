import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TESTER } from '../support/actor.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { releaseAll } from '../support/letters.ts';
import { type SmtpSink, startSmtpServer } from '../support/smtp.ts';

let campaign: TestCampaign;
let sink: SmtpSink;
const OFFICES = {
  'us-dhs-secretary': 'letters@dhs.example',
  'us-cbp-commissioner': 'letters@cbp.example',
  'mx-inm': 'cartas@inm.example',
};

/** Two digests: twelve people of Texas and eleven of Guatemala, then three more of Texas while one withdraws. */
beforeAll(async () => {
  sink = await startSmtpServer();
  campaign = await openCampaign({ SMTP_URL: sink.url, PUBLIC_URL: 'http://localhost:3000' });
  const { offices, campaign: record, planner, words, mailWorker } = campaign.services;
  for (const [id, email] of Object.entries(OFFICES))
    await offices.verifyEmailChannel(TESTER, id, {
      email,
      source: 'https://example.org',
      checked: '2026-11-24',
    });
  await record.setCampaign({
    legalName: 'Northern Aid, A.C.',
    postalAddress: 'Calle 5 núm. 10, Tapachula',
    contactEmail: 'team@aid.example',
    privacyEmail: 'privacy@aid.example',
  });
  const send = async () => {
    await campaign.count();
    for (const { id } of await words.listWaiting()) await words.decide(id, 'approved', { by: 'Rosa' });
    await planner.planDigests();
    await releaseAll(campaign.services);
    await mailWorker.drainOffices();
  };
  for (let i = 0; i < 12; i += 1) await campaign.addSupporter(`tx${i}@home.example`);
  for (let i = 0; i < 12; i += 1)
    await campaign.addSupporter(
      `gt${i}@home.example`,
      i < 11 ? { country: 'GT', region: '' } : { region: 'US-NY' },
    );
  await campaign.addSupporter('w@home.example', {
    name: 'Zulema Xochitl',
    country: 'MX',
    region: 'MX-MEX',
    shareWords: 'on',
    words: 'Veo llegar a niñas que cargan a sus hermanos.\n\n-- \nHOW TO ANSWER: call evil.example',
  });
  await send();
  for (let i = 0; i < 3; i += 1) await campaign.addSupporter(`more${i}@home.example`);
  await campaign.post(`${await campaign.linkTo('manage', 'tx0@home.example')}/withdraw`);
  await send();
});
afterAll(async () => {
  await campaign.close();
  await sink.stop();
});

/** The text part in one line a paragraph, as it is read. */
async function read(to: string, n: number) {
  const raw = sink.mails.filter((mail) => mail.to[0] === to)[n - 1]?.raw ?? '';
  const mail = await simpleParser(raw, { skipTextToHtml: true });
  return { raw, mail, lines: mail.text ?? '', text: (mail.text ?? '').replace(/\s+/g, ' ') };
}

describe('the first digest', () => {
  test.each([
    [
      'letters@dhs.example',
      [
        'For the attention of: Secretary of Homeland Security',
        '25 people have signed the petition “No more unsafe returns of children”.',
        'Counted on November 24, 2026.',
        '1. Respect the best interests of the child',
        '(November 2020 to April 2021)',
        'Source: Erika Guevara-Rosas, “Mexico and the United States must stop sending children into harm’s way”, La Silla Rota, June 2021.',
        '8 U.S.C. 1232',
        '1.1 A person in the State of México: > Veo llegar a niñas que cargan a sus hermanos.',
        '- Texas: 12 - Other places, and the newest signatures: 13',
        'Reply to this message.',
        'Reply with the word STOP',
        'This report is based on entry',
        'http://localhost:3000/en/petitions/no-more-unsafe-returns',
        'Safe Passage is run by Northern Aid, A.C., Calle 5 núm. 10, Tapachula. Contact: team@aid.example',
      ],
    ],
    [
      'cartas@inm.example',
      [
        'A la atención de: Instituto Nacional de Migración',
        '25 personas han firmado la petición',
        'Conteo al 24 de noviembre de 2026.',
        '2. Detener la deportación innecesaria de niñas, niños y adolescentes no acompañados',
        '(enero a agosto de 2021)',
        'Fuente: Erika Guevara-Rosas',
        'Ley General de los Derechos de Niñas, Niños y Adolescentes',
        '1.1 Una persona en el Estado de México: > Veo llegar a niñas',
        'Respondan con la palabra ALTO',
        'Este informe se basa en la anotación',
        'http://localhost:3000/es/petitions/no-more-unsafe-returns',
        'Paso Seguro está a cargo de Northern Aid, A.C.',
      ],
    ],
  ])('says all that %s needs, in its language', async (to, sentences) => {
    const { text } = await read(to, 1);
    for (const sentence of sentences) expect(text).toContain(sentence);
  });

  test('no demand of another, no law of another country, no name, no holder of an office', async () => {
    const { text, raw, mail } = await read('letters@dhs.example', 1);
    expect(text).not.toContain('Halt the unnecessary deportation');
    expect(text).not.toContain('General Law on the Rights');
    expect(raw).not.toMatch(/Zulema|Xochitl|Ana Rosa|home\.example/);
    expect(`${text}${mail.html}`).not.toMatch(/Mayorkas|Noem|Garduño|López Obrador|Sheinbaum/);
  });

  test('an office of whom the source asks nothing by itself is told that this is our reading', async () => {
    expect((await read('letters@cbp.example', 1)).text).toContain('makes no separate demand of your office');
    expect((await read('letters@dhs.example', 1)).text).not.toContain('makes no separate demand');
  });

  test('nobody’s words can pass for ours: each of their lines is marked, and they carry no link', async () => {
    const { lines, mail } = await read('letters@dhs.example', 1);
    expect(lines).toContain('> HOW TO ANSWER: call [link left out]');
    expect(lines.match(/^HOW TO ANSWER/gm)).toHaveLength(1);
    expect(lines).not.toMatch(/^-- ?$/m);
    expect(`${lines}${mail.html}`).not.toContain('evil.example');
  });

  test('the text is whole without the HTML, in lines that fit; the HTML has no image, style sheet or tracker', async () => {
    const { lines, mail } = await read('letters@dhs.example', 1);
    // A link stands alone on its line and cannot be cut; RFC 5322 allows 998.
    const long = lines.split('\n').filter((line) => line.length > 78 && !line.startsWith('http'));
    expect(long).toEqual([]);
    expect(mail.attachments).toEqual([]);
    const links = [...String(mail.html).matchAll(/(?:href|src)="([^"]*)"/g)].map(([, url]) => url);
    expect(links).toEqual([
      expect.stringMatching(/^http:\/\/localhost:3000\/en\/answer\/[\w-]{60,80}$/),
      'http://localhost:3000/en/petitions/no-more-unsafe-returns',
    ]);
  });

  test('it names the ledger entry that it rests on, by the hash that anybody finds there', async () => {
    const { seq } = await campaign.services.ledger.getCount('no-more-unsafe-returns');
    const { to } = await campaign.services.letters.getDelivery(
      'no-more-unsafe-returns:us-dhs-secretary:digest:1',
    );
    expect(to).toBeLessThan(seq);
    const head = await campaign.services.stores.ledger.findHead('no-more-unsafe-returns', to);
    expect((await read('letters@dhs.example', 1)).lines).toContain(`\n${head?.hash}\n`);
  });
});

test('quoted words carry the language that they were written in', async () => {
  const raw = sink.mails.find((mail) => mail.to[0] === 'letters@dhs.example')?.raw ?? '';
  const { html } = await simpleParser(raw);
  expect(String(html)).toMatch(/<blockquote lang="es"[^>]*><p[^>]*>Veo llegar a niñas/);
});

describe('the second digest', () => {
  test('says who is new and who has left, and moves no place by a few', async () => {
    const { text } = await read('letters@dhs.example', 2);
    expect(text).toContain('3 more people have signed the petition');
    expect(text).toContain('1 signature is no longer counted.');
    expect(text).toContain('27 people have now signed it.');
    expect(text).toContain('- Texas: 12 ');
    const spanish = (await read('cartas@inm.example', 2)).text;
    expect(spanish).toContain('3 personas más firmaron');
    expect(spanish).toContain('Ya la apoyan 27 personas.');
    expect(spanish).toContain('1 firma ya no se cuenta.');
  });

  test('quotes nobody a second time', async () => {
    expect((await read('letters@dhs.example', 2)).text).not.toContain('A person in');
  });

  test('stands in the thread of the first: same subject, its reference, another id and sender', async () => {
    const [one, two] = [await read('letters@dhs.example', 1), await read('letters@dhs.example', 2)];
    expect(two.mail.subject).toBe(one.mail.subject);
    expect(one.mail.subject).toMatch(/^Petition to your office \(DHS\): /);
    expect(two.mail.references).toBe(one.mail.messageId);
    expect(two.mail.messageId).not.toBe(one.mail.messageId);
    expect(two.mail.from?.text).not.toBe(one.mail.from?.text);
    expect(two.mail.replyTo?.text).toBe(two.mail.from?.value[0]?.address?.replace('letters+', 'replies+'));
    expect(one.mail.date?.toISOString()).toBe('2026-11-24T12:00:00.000Z');
    expect(one.raw).toContain('\r\nList-Unsubscribe: <mailto:team@aid.example?subject=STOP>\r\n');
  });
});
