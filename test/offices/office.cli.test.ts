import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { emailChannel } from '../../src/offices/office.ts';
import { loadStarter } from '../../src/starter/load-starter.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { createCli } from '../support/cli.ts';

const SOURCE = ['--source', 'https://inm.example/contact', '--checked', '2026-11-23'];

let campaign: TestCampaign;
let cli: ReturnType<typeof createCli>;
beforeAll(async () => {
  campaign = await openCampaign();
  cli = createCli(campaign.services);
});
beforeEach(async () => {
  campaign.clock.set('2026-11-24T16:00:00Z');
  await campaign.connection.collection('offices').deleteMany({});
  await campaign.services.stores.offices.insertMissing((await loadStarter()).offices);
});
afterAll(() => campaign.close());

const office = (id = 'mx-inm') => campaign.services.offices.getOffice(id);
const verify = (email = 'mail@inm.example') => cli('office', 'verify', 'mx-inm', '--email', email, ...SOURCE);

describe('showing offices', () => {
  test('the list says of each whether mail reaches it', async () => {
    await verify();
    await cli('office', 'do-not-contact', 'mx-dif', '--reason', 'they asked us');
    const { out } = await cli('office', 'list');
    expect(out).toMatch(/mx-inm .* verified 2026-11-23 +mail@inm\.example/);
    expect(out).toMatch(/mx-comar .* post only/);
    expect(out).toMatch(/mx-dif .* do not contact/);
    expect(out).toMatch(/mx-sre .* unverified/);
  });

  test('a failing address stands in the list with its day', async () => {
    await verify();
    const at = new Date('2026-11-24T15:00:00Z');
    await campaign.services.offices.failChannel('mx-inm', {
      reason: '550 5.1.1 no such user',
      at,
      hard: true,
    });
    expect((await cli('office', 'list')).out).toMatch(/mx-inm .* failing 2026-11-24 +mail@inm\.example/);
  });

  test('one office is shown whole, with what happened to its channels', async () => {
    await verify();
    await cli('office', 'block', 'mx-inm', '--reason', 'they asked us to stop');
    const { out } = await cli('office', 'show', 'mx-inm');
    expect(out).toContain('National Migration Institute, Mexico / Instituto Nacional de Migración');
    expect(out).toMatch(/e-mail +blocked 2026-11-23 mail@inm\.example/);
    expect(out).toMatch(/hours +09:00–17:00 Mon, Tue, Wed, Thu, Fri, America\/Mexico_City/);
    expect(out).toMatch(/now +2026-11-24, open/);
    expect(out).toMatch(/pace +1 digest a month, 10 single letters an hour, 200 in all/);
    expect(out).toMatch(/holder +not known: letters name nobody/);
    expect(out).toMatch(/2026-11-24 16:00 +verified +email +mail@inm\.example/);
    expect(out).toMatch(/2026-11-24 16:00 +blocked +email +mail@inm\.example +they asked us to stop/);
  });

  test('outside its hours it says when it opens', async () => {
    campaign.clock.set('2026-11-25T23:30:00Z');
    const { out } = await cli('office', 'show', 'us-dhs-secretary');
    expect(out).toMatch(/2026-11-25, closed until Friday.* 27 November 2026 at 09:00 there/);
  });

  test('as JSON, for a program', async () => {
    expect(JSON.parse((await cli('office', 'show', 'mx-inm', '--json')).out)).toMatchObject({
      _id: 'mx-inm',
    });
    expect(JSON.parse((await cli('office', 'list', '--json')).out)).toHaveLength(9);
  });

  test('its holidays in a year, with the law', async () => {
    const mexico = (await cli('office', 'holiday', 'list', 'mx-inm', '--year', '2030')).out;
    expect(mexico).toContain('Calendario Oficial (DOF 6 October 1993');
    expect(mexico).toMatch(/2030-05-05 +Anniversary of the Battle of Puebla/);
    expect(mexico).toMatch(/2030-10-01 +Transfer of the federal executive power/);
    const here = (await cli('office', 'holiday', 'list', 'us-dhs-secretary')).out;
    expect(here).toMatch(/2026-07-03 +Independence Day \(kept on this day\)/);
    expect(here).toMatch(/2026-11-26 +Thanksgiving Day/);
  });
});

describe('entering an office', () => {
  const add = ['office', 'add', 'mx-procuraduria'];
  const names = [
    '--name-en',
    'Child Protection Office, Chiapas',
    '--name-es',
    'Procuraduría de Protección, Chiapas',
  ];
  const rest = ['--country', 'MX', '--zone', 'America/Mexico_City', '--language', 'es'];

  test('gives it what offices have, and puts it last', async () => {
    expect((await cli(...add, ...names, ...rest, '--languages', 'en')).error).toBe('');
    expect(await office('mx-procuraduria')).toMatchObject({
      name: { es: 'Procuraduría de Protección, Chiapas' },
      languages: ['es', 'en'],
      hours: { days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' },
      pace: { digestsPerMonth: 1, lettersPerHour: 10, lettersInAll: 200 },
      channels: [],
      holders: [],
      isPostOnly: false,
      order: 10,
    });
  });

  test('one that serves people in need gets no mail', async () => {
    await cli(...add, ...names, ...rest, '--post-only');
    expect((await office('mx-procuraduria')).pace.lettersInAll).toBe(0);
    const email = ['office', 'verify', 'mx-procuraduria', '--email', 'a@office.example', ...SOURCE];
    expect((await cli(...email)).error).toMatch(/by post only/);
  });

  test('twice is refused', async () => {
    await cli(...add, ...names, ...rest);
    expect((await cli(...add, ...names, ...rest)).error).toBe(
      'There is an office "mx-procuraduria" already.',
    );
  });

  test.each([
    [['--name-en', 'ORR National Call Center', '--name-es', 'ORR']],
    [['--name-en', 'Locatel', '--name-es', 'Locatel']],
    [['--name-en', 'Mexico City line', '--name-es', 'Línea de la Vida']],
  ])('a helpline is refused, and nothing overrides that: %o', async (helpline) => {
    const { error } = await cli(...add, ...helpline, ...rest);
    expect(error).toMatch(/helpline.*none is ever a target, and nothing overrides that/);
    await expect(office('mx-procuraduria')).rejects.toThrow(/no office/);
  });

  test('faults are all named', async () => {
    const bad = ['--country', 'FR', '--zone', 'Mars/Base', '--language', 'fr'];
    const { error } = await cli('office', 'add', 'Bad Id', ...names, ...bad);
    expect(error).toMatch(/_id: .*\ncountry: .*\nlanguage: .*\nlanguages\.0: .*\nzone: is no IANA time zone/);
  });

  test('its name and languages may be changed, and what is not given stays', async () => {
    const { out } = await cli('office', 'set', 'mx-inm', '--name-en', 'INM, Mexico', '--languages', 'es,en');
    expect(out).toMatch(/name +INM, Mexico \/ Instituto Nacional de Migración/);
    expect(out).toMatch(/written to in es, answers in es, en/);
    expect((await office()).zone).toBe('America/Mexico_City');
    const short = await cli('office', 'set', 'mx-inm', '--short', 'INM Mexico', '--short-es', 'INM');
    expect(short.out).toContain('INM Mexico / INM');
    expect((await cli('office', 'set', 'mx-inm', '--name-en', 'INM hotline')).error).toMatch(/helpline/);
  });

  test('it may be made post only, for good', async () => {
    await verify();
    await cli('office', 'set', 'mx-inm', '--post-only');
    expect(emailChannel(await office())).toBeUndefined();
  });
});

describe('channels', () => {
  const channel = (verb: string, ...args: string[]) => cli('office', 'channel', verb, 'mx-inm', ...args);

  test('a form, post and a second address are added; the first address stays the one written to', async () => {
    await verify();
    await channel('add', '--kind', 'email', '--value', 'second@inm.example', ...SOURCE);
    await channel('add', '--kind', 'form', '--value', 'https://inm.example/form');
    const { out } = await channel('add', '--kind', 'via', '--value', 'mx-segob');
    expect(out).toMatch(/email +verified 2026-11-23 +mail@inm\.example +https:\/\/inm\.example\/contact/);
    expect(out).toMatch(/email +verified 2026-11-23 +second@inm\.example/);
    expect(out).toMatch(/form +unverified +https:\/\/inm\.example\/form/);
    expect(out).toMatch(/via +unverified +mx-segob/);
    expect(emailChannel(await office())?.value).toBe('mail@inm.example');
  });

  test('are named by their kind where there is one, and removed', async () => {
    await channel('add', '--kind', 'form', '--value', 'https://inm.example/form');
    expect((await channel('remove', 'form')).out).toBe('none\n');
    expect((await office()).changes?.map(({ change }) => change)).toEqual(['added', 'removed']);
  });

  test('are blocked and unblocked one by one', async () => {
    await verify();
    await channel('add', '--kind', 'email', '--value', 'second@inm.example', ...SOURCE);
    expect((await channel('block', 'mail@inm.example', '--reason', 'wrong desk')).out).toMatch(
      /blocked 2026-11-23 +mail@inm\.example .* wrong desk/,
    );
    expect(emailChannel(await office())?.value).toBe('second@inm.example');
    expect((await verify()).error).toMatch(
      /is blocked \(wrong desk\): first `office channel unblock mx-inm mail@/,
    );
    await channel('unblock', 'MAIL@inm.example');
    expect(emailChannel(await office())?.value).toBe('mail@inm.example');
  });

  test('blocking the office blocks every address: none takes the place of the first', async () => {
    await verify();
    await channel('add', '--kind', 'email', '--value', 'second@inm.example', ...SOURCE);
    await cli('office', 'block', 'mx-inm');
    expect(emailChannel(await office())).toBeUndefined();
  });

  test('under do-not-contact there is none, until it is lifted', async () => {
    await verify();
    await cli('office', 'do-not-contact', 'mx-inm', '--reason', 'they asked us');
    expect(emailChannel(await office())).toBeUndefined();
    const added = await channel('add', '--kind', 'form', '--value', 'https://inm.example/form');
    expect(added.error).toMatch(
      /marked do-not-contact \(they asked us\): first `office do-not-contact mx-inm --lift`/,
    );
    await cli('office', 'do-not-contact', 'mx-inm', '--lift');
    expect(emailChannel(await office())?.value).toBe('mail@inm.example');
  });

  const faults: [string, string[], RegExp][] = [
    ['an unknown kind', ['add', '--kind', 'fax', '--value', '1'], /^kind: /],
    [
      'an address that is none',
      ['add', '--kind', 'email', '--value', 'x'],
      /^value: must be an e-mail address$/,
    ],
    [
      'a form that is no page',
      ['add', '--kind', 'form', '--value', 'ftp://a.example'],
      /^value: must be the http/,
    ],
    [
      'a page without a day',
      ['add', '--kind', 'post', '--value', 'Calle 1', '--source', 'https://a.example'],
      /^source and checked go together/,
    ],
    [
      'a day to come',
      [
        'add',
        '--kind',
        'post',
        '--value',
        'Calle 1',
        '--source',
        'https://a.example',
        '--checked',
        '2027-01-01',
      ],
      /^checked: lies in the future$/,
    ],
    [
      'via an office that is not there',
      ['add', '--kind', 'via', '--value', 'mx-nobody'],
      /^value: there is no office "mx-nobody"/,
    ],
    ['via itself', ['add', '--kind', 'via', '--value', 'mx-inm'], /is itself reached via/],
    [
      'a helpline’s address',
      ['add', '--kind', 'email', '--value', 'hotline@inm.example', ...SOURCE],
      /helpline/,
    ],
    [
      'a helpline’s page',
      ['add', '--kind', 'form', '--value', 'https://inm.example/línea-de-ayuda'],
      /helpline/,
    ],
    ['a helpline’s number', ['add', '--kind', 'post', '--value', 'ORR, 1 (800) 203-7001'], /helpline/],
    [
      'one that is not there',
      ['remove', 'a@b.example'],
      /^mx-inm has no channel "a@b.example". It has:\n {2}none$/,
    ],
  ];
  test.each(faults)('%s is refused', async (_title, args, message) => {
    const [verb = '', ...rest] = args;
    expect((await channel(verb, ...rest)).error).toMatch(message);
    expect((await office()).channels).toEqual([]);
  });

  test('the same twice, and two that one word could mean, are refused', async () => {
    await verify();
    const second = ['--kind', 'email', '--value', 'second@inm.example'];
    await channel('add', ...second);
    expect((await channel('add', ...second)).error).toBe('mx-inm has this email channel already.');
    expect((await channel('block', 'email')).error).toMatch(
      /more than one channel "email".*\n.*mail@inm.*\n.*second@/,
    );
  });

  test('an office for people in need takes no form and no address', async () => {
    for (const [kind, value] of [
      ['email', 'a@comar.example'],
      ['form', 'https://comar.example/form'],
    ] as const) {
      const { error } = await cli('office', 'channel', 'add', 'mx-comar', '--kind', kind, '--value', value);
      expect(error).toMatch(/by post only/);
    }
    const post = ['--kind', 'post', '--value', 'Calle 10 No. 167'];
    expect((await cli('office', 'channel', 'add', 'mx-comar', ...post)).error).toBe('');
  });
});

describe('holders', () => {
  const holder = (verb: string, ...args: string[]) => cli('office', 'holder', verb, 'mx-inm', ...args);
  const named = (name: string) => ['--name', name, '--title-en', 'Commissioner', '--title-es', 'Titular'];

  test('are entered, end, and are shown in order', async () => {
    await holder('add', ...named('Ana Uno'), '--from', '2025-05-01');
    expect((await cli('office', 'show', 'mx-inm')).out).toMatch(/holder +Ana Uno/);
    expect((await holder('add', ...named('Luz Dos'), '--from', '2026-11-01')).error).toBe(
      'Ana Uno holds mx-inm since 2025-05-01: first `office holder end mx-inm --on 2026-11-01`.',
    );
    await holder('end', '--on', '2026-11-01');
    const { out } = await holder('add', ...named('Luz Dos'), '--from', '2026-11-01');
    expect(out).toMatch(/2025-05-01 +2026-11-01 +Ana Uno +Commissioner \/ Titular\n2026-11-01 +Luz Dos/);
    expect((await cli('office', 'show', 'mx-inm')).out).toMatch(/holder +Luz Dos/);
  });

  test('one that was entered by mistake is removed', async () => {
    await holder('add', ...named('Ana Uno'), '--from', '2025-05-01');
    expect((await holder('remove', '--name', 'Ana')).error).toBe(
      'mx-inm has no holder named "Ana", but Ana Uno.',
    );
    expect((await holder('remove', '--name', 'Ana Uno')).out).toBe('none\n');
  });

  test.each([
    [['end', '--on', '2026-11-01'], 'Nobody holds mx-inm on 2026-11-01 or later.'],
    [['end', '--on', 'today'], 'must be a calendar day, YYYY-MM-DD'],
    [['add', ...named(' '), '--from', '2026-11-01'], '--name is empty: as they write it.'],
    [['add', ...named('Ana\nBcc: a@b.example'), '--from', '2026-11-01'], 'name: must be one line of text'],
    [
      ['add', ...named('Ana'), '--from', '2026-11-01', '--to', '2026-11-01'],
      'to: must be a day after the first one',
    ],
  ])('%o is refused', async ([verb = '', ...args], message) => {
    expect((await holder(verb, ...args)).error).toBe(message);
    expect((await office()).holders).toEqual([]);
  });
});

describe('hours and pace', () => {
  test('hours are set in part, and the calendar keeps them', async () => {
    const { out } = await cli('office', 'hours', 'mx-inm', '--days', '1-3,5', '--from', '10:30');
    expect(out).toMatch(/hours +10:30–17:00 Mon, Tue, Wed, Fri, America\/Mexico_City/);
    const { calendar } = campaign.services;
    expect(calendar.isOpen(await office(), new Date('2026-11-24T16:29:00Z'))).toBe(false);
    expect(calendar.isOpen(await office(), new Date('2026-11-24T16:30:00Z'))).toBe(true);
    expect(calendar.isOpen(await office(), new Date('2026-11-26T18:00:00Z'))).toBe(false);
  });

  test('pace is set in part', async () => {
    const { out } = await cli('office', 'pace', 'mx-inm', '--letters-per-hour', '30', '--digests', '2');
    expect(out).toBe(
      'National Migration Institute, Mexico gets 2 digests a month, 30 single letters an hour, 200 in all.\n',
    );
    expect((await office()).pace).toEqual({ digestsPerMonth: 2, lettersPerHour: 30, lettersInAll: 200 });
  });

  test.each([
    [['hours', 'mx-inm', '--days', '5-1'], /^--days are 1 \(Monday\) to 7/],
    [['hours', 'mx-inm', '--days', '0,8'], /^--days are/],
    [['hours', 'mx-inm', '--from', '18:00'], /^hours: must end after they begin$/],
    [['hours', 'mx-inm', '--to', '25:00'], /^hours\.to: must be a time of day, HH:MM$/],
    [['pace', 'mx-inm', '--digests', '3'], /^digestsPerMonth: may be 2 at most$/],
    [['pace', 'mx-inm', '--letters-per-hour', 'many'], /^lettersPerHour: must be a whole number$/],
    [['pace', 'mx-inm', '--letters-per-hour', '1000'], /^lettersPerHour: may be 60 at most$/],
    [['pace', 'mx-comar', '--digests', '1'], /by post only: its pace is 0/],
  ])('%o is refused', async (args, message) => {
    const before = await office();
    expect((await cli('office', ...args)).error).toMatch(message);
    expect(await office()).toEqual(before);
  });
});

describe('the ways of a petition', () => {
  const slug = 'no-more-unsafe-returns';

  test('are shown for each of its offices, and set for one', async () => {
    expect((await cli('petition', 'ways', slug)).out).toMatch(/mx-inm +digest, hand/);
    const { out } = await cli('petition', 'ways', slug, 'mx-inm', '--set', 'letters,digest');
    expect(out).toBe('office  ways\nmx-inm  digest, letters\n');
    expect((await cli('petition', 'ways', slug, 'mx-inm', '--set', 'none')).out).toMatch(/mx-inm +none/);
  });

  test('that have no effect are said to have none', async () => {
    const comar = await cli('petition', 'ways', 'protection-and-asylum', 'mx-comar', '--set', 'digest,hand');
    expect(comar.out).toMatch(/^It is written to by post only: of these ways, only "hand" has an effect\./);
    await cli('office', 'do-not-contact', 'mx-inm', '--reason', 'they asked us');
    const inm = await cli('petition', 'ways', slug, 'mx-inm', '--set', 'digest');
    expect(inm.out).toMatch(/^Nothing reaches it while it is marked do-not-contact/);
  });

  test.each([
    [['nope'], 'There is no petition "nope".'],
    [[slug, '--set', 'hand'], '--set is for one office: petition ways <petition> <office> --set …'],
    [[slug, 'mx-inm', '--set', 'fax'], '"fax" is no way. Ways are digest, letters, hand.'],
    [[slug, 'mx-dif', '--set', 'hand'], /does not write to "mx-dif", but to us-dhs-secretary/],
    [[slug, 'mx-dif'], /does not write to "mx-dif"/],
  ])('%o is refused', async (args, message) => {
    expect((await cli('petition', 'ways', ...args)).error).toMatch(message);
  });
});
