import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { composeLinks } from '../../src/by-hand/by-hand.ts';
import { TESTER } from '../support/actor.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { seen } from '../support/views.ts';

const DHS = 'us-dhs-secretary';
const PAGE = '/en/petitions/no-more-unsafe-returns/by-hand';
const ASYLUM = '/en/petitions/protection-and-asylum/by-hand';

let campaign: TestCampaign;
beforeAll(async () => {
  campaign = await openCampaign();
});
afterAll(() => campaign.close());

/** Offices and pages are looked at again after some seconds. */
async function open(path: string): Promise<string> {
  campaign.clock.advance(10_000);
  await campaign.services.offices.listKnownOffices();
  campaign.clock.advance(1_000);
  const { body, statusCode } = await campaign.get(path);
  if (statusCode !== 200) throw new Error(`${statusCode} at ${path}`);
  return body;
}
const officeOf = (body: string, id: string) =>
  body.split('<section class="receives"').find((part) => part.includes(`id="office-${id}"`)) ?? '';
const setChannels = (id: string, channels: object[]) =>
  campaign.connection.collection('offices').updateOne({ _id: id as never }, { $set: { channels } as never });
const verify = () =>
  campaign.services.offices.verifyEmailChannel(TESTER, DHS, {
    email: 'letters@dhs.example',
    source: 'https://dhs.example/contact',
    checked: '2026-11-01',
  });

describe('the page for writing oneself', () => {
  test('shows published addresses with source and day, and no mail link where no address is verified', async () => {
    const body = await open(PAGE);
    expect(body).not.toMatch(/mailto:|mail\.google\.com|outlook\.live\.com/);
    expect(seen(officeOf(body, DHS))).toContain(
      'By post: Secretary of Homeland Security, Washington, DC 20528 Published at amnestyusa.org',
    );
    expect(seen(officeOf(body, 'mx-presidency'))).toContain('seen there: July 2019.');
    expect(seen(officeOf(body, 'mx-inm'))).toContain('We have not seen a published address for this office');
    expect(seen(body)).toContain('Some of these offices enforce immigration law');
  });

  test('holds the demands that are addressed to the office, and no other', async () => {
    const text = seen(officeOf(await open(PAGE), DHS));
    expect(text).toContain('stop forcibly returning children');
    expect(text).not.toContain('Halt the unnecessary deportation');
    expect(seen(officeOf(await open(PAGE), 'mx-inm'))).toContain('Halt the unnecessary deportation');
  });

  test('has the text in a field that can be marked and copied without a script', async () => {
    const office = officeOf(await open(PAGE), 'mx-inm');
    const [, text = ''] = /<textarea [^>]*readonly lang="es">\n([^<]*)</.exec(office) ?? [];
    expect(text).toContain('A la atención de: Instituto Nacional de Migración');
    expect(text).toContain('[Por qué me importa, con mis propias palabras:]');
    expect(text).toContain('9,543 niñas, niños y adolescentes');
    expect(text).toContain('(enero a agosto de 2021)');
    expect(text).toContain('Fuente: Erika Guevara-Rosas');
    expect(seen(office)).toContain('The letter is in Spanish');
    expect(office).not.toContain('<button type="button"');
  });

  test('a verified address can be written to by mail program, Gmail and Outlook', async () => {
    await verify();
    const office = officeOf(await open(PAGE), DHS)
      .replaceAll('&amp;', '&')
      .replaceAll('&#x3D;', '=');
    const links = [...office.matchAll(/href="((?:mailto:|https:\/\/(?:mail|outlook))[^"]+)"/g)].map(
      ([, href = '']) => new URL(href),
    );
    expect(links.map(({ protocol, host }) => protocol + host)).toEqual([
      'mailto:',
      'https:mail.google.com',
      'https:outlook.live.com',
    ]);
    expect(links[0]?.pathname).toBe('letters@dhs.example');
    expect(links.map(({ searchParams }) => searchParams.get('to'))).toEqual([
      null,
      'letters@dhs.example',
      'letters@dhs.example',
    ]);
    for (const { href, searchParams } of links) {
      expect(searchParams.get('body')).toContain('stop forcibly returning children');
      expect(searchParams.get('body')).toContain('/en/petitions/no-more-unsafe-returns');
      // Outlook on Windows cuts a link off behind 2,048 characters or so.
      expect(href.length).toBeLessThan(2_000);
    }
    expect(seen(office)).toContain('Published at https://dhs.example/contact, seen there: November 1, 2026.');
  });

  test('an office that serves people in need is never written to by e-mail, whatever is entered', async () => {
    await setChannels('mx-comar', [
      { kind: 'email', value: 'x@comar.example', state: 'verified', source: 's', verifiedOn: '2026-11-01' },
      { kind: 'post', value: 'Calle 1, CDMX', state: 'verified', source: 's', verifiedOn: '2026-11-01' },
    ]);
    const office = officeOf(await open(ASYLUM), 'mx-comar');
    expect(office).not.toContain('x@comar.example');
    expect(seen(office)).toContain('Please write to it by post only');
    expect(seen(office)).toContain('Calle 1, CDMX');
  });

  test('web forms, detours, and what is blocked or no link', async () => {
    await setChannels('mx-segob', [
      {
        kind: 'form',
        value: 'https://segob.example/form',
        state: 'verified',
        source: 's',
        verifiedOn: '2026-11-01',
      },
      {
        kind: 'form',
        value: 'javascript:alert(1)',
        state: 'verified',
        source: 's',
        verifiedOn: '2026-11-01',
      },
      { kind: 'post', value: 'Old house', state: 'blocked', source: 's', verifiedOn: '2026-11-01' },
      { kind: 'via', value: 'mx-presidency', state: 'verified', source: 's', verifiedOn: '2026-11-01' },
    ]);
    const office = officeOf(await open(ASYLUM), 'mx-segob');
    expect(office).toContain('href="https://segob.example/form"');
    expect(office).not.toMatch(/javascript:|Old house/);
    expect(seen(office)).toContain('which passes it on: Presidency of the Republic, Mexico');
    expect(office).toContain('href="#office-mx-presidency"');
  });

  test('offices that are not to be written to by hand, or by nobody, are not there', async () => {
    await campaign.connection
      .collection('petitions')
      .updateOne({ _id: 'safe-passage' as never }, { $set: { ways: { [DHS]: ['digest'] } } });
    await setChannels('mx-sre', [{ kind: 'do-not-contact', value: 'asked us not to', state: 'verified' }]);
    campaign.clock.advance(60_000);
    const path = '/en/petitions/safe-passage/by-hand';
    expect(seen(await open(path))).toContain('has no offices to write to yourself');
    for (const office of [DHS, 'mx-sre', 'nobody']) {
      expect((await campaign.get(`${path}/${office}`)).statusCode).toBe(404);
      expect((await campaign.post(`${path}/${office}`)).statusCode).toBe(404);
    }
  });

  test('is linked from the petition and from the page after signing', async () => {
    expect(await open(PAGE.replace('/by-hand', ''))).toContain(`href="${PAGE}"`);
    await campaign.addSupporter('s@home.example');
    expect(await open(await campaign.linkTo('signed', 's@home.example'))).toContain(`href="${PAGE}"`);
  });
});

describe('the letter to print', () => {
  test('has the address, lines for one’s own words, the demands, and facts with period and source', async () => {
    const body = await open(`${PAGE}/${DHS}`);
    expect(body.match(/<p class="blank/g)?.length).toBeGreaterThan(6);
    const text = seen(body);
    expect(text).toContain('Washington, DC 20528');
    expect(text).toContain('stop forcibly returning children');
    expect(text).not.toContain('Halt the unnecessary deportation');
    expect(text).toContain('twice the 4,760 of the same months a year before. (January to August 2021)');
    expect(text).toContain('Source: Erika Guevara-Rosas');
    expect(text).toContain('Name, and an address for the answer');
  });

  test('says of a demand that it follows, where the source makes none', async () => {
    expect(seen(await open(`${PAGE}/us-cbp-commissioner`))).toContain(
      '(This follows from what the source asks',
    );
    expect(seen(await open(`${PAGE}/${DHS}`))).not.toContain('(This follows');
  });
});

describe('“I have sent it”', () => {
  test('is thanked for at that office, and enters no number, however often it is pressed', async () => {
    const before = await open(PAGE);
    for (let n = 0; n < 12; n += 1) {
      const { statusCode, headers } = await campaign.post(`${PAGE}/mx-inm`);
      expect(statusCode).toBe(303);
      expect(headers.location).toBe(`${PAGE}?said=mx-inm#office-mx-inm`);
    }
    expect(await open(PAGE)).toBe(before);
    expect(seen(before)).not.toMatch(/\b(says?|said) that they have written/);
    const thanked = await open(`${PAGE}?said=mx-inm`);
    expect(seen(officeOf(thanked, 'mx-inm'))).toContain('Thank you. That is one more letter');
    expect(thanked.match(/Thank you\./g)).toHaveLength(1);
    for (const name of ['counters', 'deliveries'])
      expect(await campaign.connection.collection(name).countDocuments()).toBe(0);
  });

  test('a form from another site is refused', async () => {
    const refused = await campaign.post(`${PAGE}/${DHS}`, {}, { origin: 'https://evil.example' });
    expect(refused.statusCode).toBe(403);
  });

  test('one network cannot keep the server busy with it', async () => {
    const limited = await openCampaign({ RATE_LIMITS: 'on' });
    const answers: number[] = [];
    for (let n = 0; n < 20; n += 1) answers.push((await limited.post(`${PAGE}/${DHS}`)).statusCode);
    expect(answers.filter((status) => status === 303)).toHaveLength(12);
    expect(answers.at(-1)).toBe(429);
    await limited.close();
  });
});

test('nothing in a subject or a text adds a header or a recipient to a link', () => {
  const { mailto, gmail } = composeLinks('a@b.example', 'x&bcc=evil@b.example', 'one\ntwo?cc=evil@b.example');
  expect([...new URL(mailto).searchParams.keys()]).toEqual(['subject', 'body']);
  expect(new URL(mailto).searchParams.get('body')).toBe('one\r\ntwo?cc=evil@b.example');
  expect([...new URL(gmail).searchParams.keys()]).toEqual(['view', 'fs', 'to', 'su', 'body']);
});
