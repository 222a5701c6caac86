import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/lib/clock.ts';
import { ACCESS } from '../../src/organisers/access.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import {
  codeFor,
  createVisitor,
  fieldOf,
  openOrganiser,
  PASSWORD,
  signIn,
  type TestOrganiser,
  type Visitor,
} from '../support/console.ts';
import { seen } from '../support/views.ts';

let campaign: TestCampaign;
let owner: TestOrganiser;

beforeAll(async () => {
  campaign = await openCampaign();
  owner = await openOrganiser(campaign, { role: 'owner', email: 'ines@team.example' });
});
afterAll(() => campaign.close());
/** Whoever was slowed down may try again, and a code of the app is new. */
beforeEach(() => campaign.clock.advance(20 * MINUTE));

const now = () => campaign.clock.now();
async function half(): Promise<Visitor> {
  const visitor = createVisitor(campaign);
  await visitor.get('/organise/sign-in');
  await visitor.post('/organise/sign-in', { email: owner.email, password: PASSWORD });
  await visitor.get('/organise/second-factor');
  return visitor;
}
const acts = async () => campaign.services.audit.listActs({}, 1_000);

describe('the second factor', () => {
  test('a code is taken once', async () => {
    const code = codeFor(owner.secret, now());
    expect((await (await half()).post('/organise/second-factor', { code })).statusCode).toBe(303);
    const again = await (await half()).post('/organise/second-factor', { code });
    expect(again.statusCode).toBe(422);
    expect(seen(again.body)).toContain('This code is not right');
  });

  test.each([
    ['30 seconds behind', -30_000, 303],
    ['30 seconds ahead', 30_000, 303],
    ['90 seconds behind', -90_000, 422],
    ['90 seconds ahead', 90_000, 422],
  ])('a telephone whose clock is %s', async (_, offMs, status) => {
    const code = codeFor(owner.secret, new Date(now().getTime() + offMs));
    expect((await (await half()).post('/organise/second-factor', { code })).statusCode).toBe(status);
  });

  test('a code may be typed with blanks', async () => {
    const code = codeFor(owner.secret, now()).replace(/(...)/, ' $1 ');
    expect((await (await half()).post('/organise/second-factor', { code })).statusCode).toBe(303);
  });

  test('a lost telephone: each recovery code lets in once, however it is typed', async () => {
    const code = (owner.codes[3] ?? '').toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o');
    const visitor = await half();
    expect((await visitor.post('/organise/second-factor', { code })).statusCode).toBe(303);
    expect(seen((await visitor.get('/organise/account')).body)).toContain('9 recovery codes are left');
    expect((await (await half()).post('/organise/second-factor', { code })).statusCode).toBe(422);
  });
});

describe('guessing', () => {
  test('is slowed down per account, in the same words for who has none, and never for good', async () => {
    for (const email of [owner.email, 'nobody@team.example']) {
      const visitor = createVisitor(campaign);
      await visitor.get('/organise/sign-in');
      const answers: string[] = [];
      for (let turn = 0; turn < 7; turn += 1) {
        const { statusCode, body } = await visitor.post('/organise/sign-in', {
          email,
          password: `wrong ${turn}`,
        });
        answers.push(`${statusCode} ${/role="alert"><p>([^<]*)/.exec(body)?.[1]}`);
      }
      const wrong = '422 The email address or the password is not right.';
      const slow =
        '429 There were too many wrong attempts. Try again in 2 seconds. A passkey works right away.';
      expect(answers).toEqual([wrong, wrong, wrong, wrong, wrong, wrong, slow]);
    }
    // The right password is not looked at either; later it works.
    const early = createVisitor(campaign);
    await early.get('/organise/sign-in');
    const right = { email: owner.email, password: PASSWORD };
    expect((await early.post('/organise/sign-in', right)).statusCode).toBe(429);
    campaign.clock.advance(5_000);
    expect((await early.post('/organise/sign-in', right)).headers.location).toMatch(
      '/organise/second-factor',
    );
  });

  test('never takes longer than a quarter of an hour', async () => {
    const { slowDown } = campaign.services.organisers;
    for (let turn = 0; turn < 60; turn += 1) await slowDown.fail({ account: 'guessed' });
    await expect(slowDown.check({ account: 'guessed' })).rejects.toThrow('SLOWED_DOWN');
    campaign.clock.advance(15 * MINUTE);
    await slowDown.check({ account: 'guessed' });
  });
});

describe('a link', () => {
  const join = { name: 'Nadia', password: PASSWORD };

  test('is used once, by one of two who open it together', async () => {
    const { invitations } = campaign.services.organisers;
    const path = await invitations.offerJoin(
      { mailTo: 'n@team.example', canonical: 'n@team.example' },
      'editor',
    );
    const both = [createVisitor(campaign), createVisitor(campaign)];
    for (const visitor of both) await visitor.get(path);
    const answers = await Promise.all(both.map((visitor) => visitor.post(path, join)));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([303, 404]);
    expect((await createVisitor(campaign).get(path)).statusCode).toBe(404);
  });

  test('ends after 72 hours, the first one after one hour', async () => {
    const { invitations } = campaign.services.organisers;
    const path = await invitations.offerJoin(
      { mailTo: 'm@team.example', canonical: 'm@team.example' },
      'editor',
    );
    campaign.clock.advance(72 * HOUR - 1);
    expect((await createVisitor(campaign).get(path)).statusCode).toBe(200);
    campaign.clock.advance(1);
    expect((await createVisitor(campaign).get(path)).statusCode).toBe(404);
  });

  test('for the first owner is not there once there is one', async () => {
    expect(await campaign.services.organisers.invitations.offerFirst()).toBeUndefined();
  });

  test.each([
    ['short', 'tooShort', 'The password needs at least 12 characters'],
    ['password123456', 'tooEasy', 'This password is easy to guess'],
    ['nadia@team.example', 'of their own address', 'This password is easy to guess'],
  ])('refuses the password %s (%s)', async (password, _, said) => {
    const { invitations } = campaign.services.organisers;
    const email = { mailTo: 'nadia@team.example', canonical: 'nadia@team.example' };
    const path = await invitations.offerJoin(email, 'editor');
    const visitor = createVisitor(campaign);
    await visitor.get(path);
    const answer = await visitor.post(path, { ...join, password });
    expect(answer.statusCode).toBe(422);
    expect(seen(answer.body)).toContain(said);
    expect(answer.body).toContain('value="Nadia"');
    expect(answer.body).not.toContain(`value="${password}"`);
  });

  test('sent by mail invites, sets a forgotten password with the second factor, and makes an address one’s own', async () => {
    const boss = await signIn(campaign, owner);
    await boss.get('/organise/people');
    await boss.post('/organise/people/invite', { email: 'olga@team.example', role: 'moderator' });
    const olga = createVisitor(campaign);
    const [invitation = ''] = await linksTo('olga@team.example');
    expect((await olga.get(invitation)).statusCode).toBe(200);

    const forgetful = createVisitor(campaign);
    await forgetful.get('/organise/forgotten');
    const known = await forgetful.post('/organise/forgotten', { email: owner.email });
    const unknown = await forgetful.post('/organise/forgotten', { email: 'nobody@team.example' });
    expect(seen(unknown.body)).toBe(seen(known.body));
    const [recover = ''] = await linksTo(owner.email);
    await forgetful.get(recover);
    const password = 'cuatro violetas azules 93';
    campaign.clock.advance(MINUTE);
    expect((await forgetful.post(recover, { code: '000000', password })).statusCode).toBe(422);
    const code = codeFor(owner.secret, now());
    expect((await forgetful.post(recover, { code, password })).statusCode).toBe(200);
    // Every session has ended, the link too.
    expect((await boss.get('/organise')).statusCode).toBe(303);
    expect((await forgetful.get(recover)).statusCode).toBe(404);
    await campaign.services.organisers.accounts.changePassword(owner.ref, PASSWORD);
  });

  async function linksTo(email: string): Promise<string[]> {
    await campaign.sendMail();
    const { mailbox } = campaign.services;
    const found: string[] = [];
    for (const { id } of await mailbox.list()) {
      const mail = await mailbox.read(id);
      if (!mail?.to.includes(email)) continue;
      found.push(...(/(\/organise\/\w+\/[\w-]+)/.exec(mail.text)?.slice(1, 2) ?? []));
    }
    return found;
  }
});

describe('where somebody wanted to go', () => {
  test.each([
    ['/organise/roles', '/organise/roles'],
    ['https://elsewhere.example', '/organise'],
    ['//elsewhere.example', '/organise'],
    ['/organise//elsewhere.example', '/organise'],
    ['/organise/../en', '/organise'],
    ['/organise\\elsewhere', '/organise'],
    ['/en', '/organise'],
  ])('%s leads to %s', async (next, to) => {
    const visitor = createVisitor(campaign);
    const page = await visitor.get(`/organise/sign-in?next=${encodeURIComponent(next)}`);
    const fields = {
      email: owner.email,
      password: PASSWORD,
      next: fieldOf(page, 'next', '/organise/sign-in') || next,
    };
    await visitor.post('/organise/sign-in', fields);
    await visitor.get('/organise/second-factor');
    const code = codeFor(owner.secret, now());
    const { headers } = await visitor.post('/organise/second-factor', { code, next });
    expect(headers.location).toBe(to);
  });
});

describe('a form', () => {
  const posts = Object.keys(ACCESS).flatMap((route) => {
    const [method, path = ''] = route.split(' ');
    return method === 'POST'
      ? [`/organise${path.replace(':ref', owner?.ref ?? 'x').replace(':token', 'x')}`]
      : [];
  });
  const typed = {
    email: 'x@team.example',
    role: 'owner',
    name: 'Otra',
    password: PASSWORD,
    locale: 'es',
    word: 'close',
  };

  test('without its token, from elsewhere, or from nowhere is refused, and changes nothing', async () => {
    const visitor = await signIn(campaign, owner);
    const page = await visitor.get('/organise/account');
    const before = await everything();
    for (const path of posts) {
      const token = fieldOf(page, '_token');
      const refused = [
        await visitor.post(path, { ...typed, _token: '' }),
        await visitor.post(path, { ...typed, _token: `${token.slice(0, -1)}x` }),
        await visitor.post(path, { ...typed, _token: token }, { origin: 'https://elsewhere.example' }),
        await visitor.post(path, { ...typed, _token: token }, { origin: 'null' }),
        await visitor.post(path, { ...typed, _token: token }, { origin: '' }),
      ];
      expect([path, refused.map(({ statusCode }) => statusCode)]).toEqual([path, [403, 403, 403, 403, 403]]);
    }
    expect(await everything()).toEqual(before);
  });

  test('that comes after the session has ended is back, filled, after signing in', async () => {
    const visitor = await signIn(campaign, owner);
    await visitor.get('/organise/campaign');
    campaign.clock.advance(HOUR);
    const fields = { legalName: 'Casa <b>Abierta</b>', postalAddress: 'Calle 1' };
    const ask = await visitor.post('/organise/campaign', fields);
    expect(ask.statusCode).toBe(401);
    expect(seen(ask.body)).toContain('Nothing has been saved yet');
    const kept = fieldOf(ask, 'kept', '/organise/sign-in');
    const factor = await visitor.post('/organise/sign-in', { email: owner.email, password: PASSWORD, kept });
    const back = await visitor.post('/organise/second-factor', {
      code: codeFor(owner.secret, now()),
      kept: fieldOf(factor, 'kept', '/organise/second-factor'),
    });
    expect(back.statusCode).toBe(200);
    expect(back.body).toContain('action="/organise/campaign"');
    expect(back.body).toContain('value="Casa &lt;b&gt;Abierta&lt;/b&gt;"');
    expect((await campaign.services.campaign.getCampaign()).legalName).toBeUndefined();
    const sent = await visitor.post('/organise/campaign', { ...fields, contactEmail: '', privacyEmail: '' });
    expect(sent.headers.location).toBe('/organise/campaign?saved');
  });

  async function everything() {
    const collections = (await campaign.connection.db?.listCollections().toArray()) ?? [];
    const names = collections.map(({ name }) => name).filter((name) => name !== 'installation');
    return Object.fromEntries(
      await Promise.all(
        names.map(
          async (name) => [name, await campaign.connection.db?.collection(name).find().toArray()] as const,
        ),
      ),
    );
  }
});

describe('roles', () => {
  test('nobody raises their own: a role in a form of one’s own changes nothing', async () => {
    const editor = await openOrganiser(campaign, { role: 'editor', email: 'e@team.example' });
    await editor.get('/organise/account');
    await editor.post('/organise/account/name', { name: 'Emilia', role: 'owner', state: 'active' });
    expect((await editor.post(`/organise/people/${editor.ref}/role`, { role: 'owner' })).statusCode).toBe(
      404,
    );
    const { role, profile } = await campaign.services.organisers.accounts.getOrganiser(editor.ref);
    expect([role, profile.name]).toEqual(['editor', 'Emilia']);
  });

  test('the last owner stays, also when two owners end each other at once', async () => {
    const { accounts } = campaign.services.organisers;
    await expect(accounts.changeRole(owner.ref, 'editor')).rejects.toThrow('LAST_OWNER');
    await expect(accounts.close(owner.ref)).rejects.toThrow('LAST_OWNER');
    const second = await openOrganiser(campaign, { role: 'owner', email: 'two@team.example' });
    await Promise.allSettled([
      accounts.changeRole(owner.ref, 'editor'),
      accounts.changeRole(second.ref, 'editor'),
    ]);
    expect(await accounts.hasOwner()).toBe(true);
    const { role } = await accounts.getOrganiser(owner.ref);
    if (role !== 'owner') await accounts.changeRole(owner.ref, 'owner');
    await accounts.close(second.ref);
  });

  test('changing them asks for the second factor again, and brings the form back', async () => {
    const analyst = await openOrganiser(campaign, { role: 'analyst', email: 'a@team.example' });
    const boss = await signIn(campaign, owner);
    campaign.clock.advance(11 * MINUTE);
    await boss.get('/organise/people');
    const asked = await boss.post(`/organise/people/${analyst.ref}/role`, { role: 'moderator' });
    expect(asked.statusCode).toBe(403);
    const kept = fieldOf(asked, 'kept', '/organise/again');
    const back = await boss.post('/organise/again', { code: codeFor(owner.secret, now()), kept });
    expect(back.body).toContain(`action="/organise/people/${analyst.ref}/role"`);
    await boss.post(`/organise/people/${analyst.ref}/role`, { role: 'moderator' });
    const [act] = await campaign.services.audit.listActs({ act: 'organiser role' }, 1);
    expect(act).toMatchObject({
      by: `organiser:${owner.ref}`,
      of: [analyst.ref],
      changes: [{ field: 'role', from: 'analyst', to: 'moderator' }],
      outcome: 'done',
    });
  });
});

test('a session is listed, ended from another, and gone with the account', async () => {
  const person = await openOrganiser(campaign, { role: 'analyst', email: 's@team.example' });
  const other = await signIn(campaign, person);
  const page = await person.get('/organise/account');
  const ref = fieldOf(page, 'ref', '/organise/account/sessions/end');
  await person.post('/organise/account/sessions/end', { ref });
  expect((await other.get('/organise')).statusCode).toBe(303);
  await person.get('/organise/account');
  const early = await person.post('/organise/account/close', { word: 'no' });
  expect(early.statusCode).toBe(422);
  expect((await person.post('/organise/account/close', { word: 'close' })).headers.location).toBe(
    '/organise/sign-in',
  );
  expect((await person.get('/organise')).statusCode).toBe(303);
  const stub = await campaign.services.organisers.store.findOrganiser(person.ref);
  expect(Object.keys(stub ?? {}).sort()).toEqual([
    '_id',
    'changedAt',
    'createdAt',
    'locale',
    'role',
    'state',
  ]);
});

test('a dump without the keys names none of 20 organisers', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `Zulema Tzotzil ${index}`);
  for (const [index, name] of names.entries()) {
    const { accounts } = campaign.services.organisers;
    const email = { mailTo: `zulema.${index}@team.example`, canonical: `zulema.${index}@team.example` };
    await accounts.begin({ name, email, password: PASSWORD, role: 'editor', locale: 'es', joinMs: DAY });
  }
  await campaign.services.organisers.invitations.invite(
    { mailTo: 'zulema.x@team.example', canonical: 'zulema.x@team.example' },
    'editor',
    'es',
  );
  const collections = (await campaign.connection.db?.listCollections().toArray()) ?? [];
  let bytes = 0;
  for (const { name } of collections) {
    for await (const document of campaign.connection.db?.collection(name).find() ?? []) {
      const text = JSON.stringify(document, (_, value) =>
        value?._bsontype === 'Binary' ? Buffer.from(value.buffer).toString('latin1') : value,
      );
      bytes += text.length;
      expect(text).not.toMatch(/zulema|tzotzil|inés prueba|team\.example/i);
    }
  }
  expect(bytes).toBeGreaterThan(10_000);
});

test('whoever signs in is written down, and the chain holds', async () => {
  const before = (await acts()).length;
  await signIn(campaign, owner);
  const all = await acts();
  expect(all.length).toBe(before + 1);
  expect(all[0]).toMatchObject({
    act: 'sign-in',
    of: ['app'],
    by: `organiser:${owner.ref}`,
    outcome: 'done',
  });
  expect(await campaign.services.audit.verify()).toMatchObject({ faults: [], open: [] });
});
