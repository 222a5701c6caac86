import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY } from '../../src/lib/clock.ts';
import { newRef } from '../../src/lib/ref.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { openOrganiser, signIn, type TestOrganiser, type Visitor } from '../support/console.ts';
import { seen } from '../support/views.ts';

const SLUG = 'no-more-unsafe-returns';
const WHY = 'They asked by letter';

let campaign: TestCampaign;
const people = {} as Record<'owner' | 'moderator', TestOrganiser>;
let owner: Visitor;
let moderator: Visitor;

beforeAll(async () => {
  campaign = await openCampaign({ TRUSTED_PROXIES: 'loopback' });
  for (const role of ['owner', 'moderator'] as const)
    people[role] = await openOrganiser(campaign, { role, email: `${role}@team.example` });
});
afterAll(() => campaign.close());
beforeEach(async () => {
  for (const name of ['signatures', 'outbox', 'suppressions', 'ledger', 'tallies'])
    await campaign.connection.collection(name).deleteMany({});
  owner = await signIn(campaign, people.owner);
  moderator = await signIn(campaign, people.moderator);
});

const sign = (email: string, fields: Record<string, string> = {}, ip = '203.0.113.9') =>
  campaign.post(
    `/en/petitions/${SLUG}/signatures`,
    { name: 'Ana Rosa', email, country: 'US', region: 'US-TX', over16: 'on', ...fields },
    { 'x-forwarded-for': ip },
  );
async function confirm(email: string, fields: Record<string, string> = {}, ip?: string) {
  await sign(email, fields, ip);
  await campaign.post(await campaign.linkTo('confirm', email));
  return stored(email);
}
async function stored(email: string) {
  const found = await campaign.services.stores.signatures.findSignature(
    `${SLUG}:${campaign.emailKeyOf(email)}`,
  );
  if (!found) throw new Error(`nothing is held of ${email}`);
  return found;
}
const total = async () => {
  await campaign.count();
  return (await campaign.services.stores.ledger.getTally(SLUG))?.total ?? 0;
};
/** Looks for it as a person does: the form, and the page that it leads to. */
async function find(visitor: Visitor, fields: Record<string, string>) {
  await visitor.get('/organise/signatures');
  const sent = await visitor.post('/organise/signatures/find', fields);
  return sent.statusCode === 303 ? visitor.get(sent.headers.location ?? '') : sent;
}
const linksIn = ({ body }: { body: string }) =>
  [...body.matchAll(/<h3><a href="([^"]+)">/g)].map(([, href = '']) => href);
const acts = async (limit = 10) => campaign.services.audit.listActs({}, limit);
async function act(visitor: Visitor, path: string, what: string, why = WHY) {
  await visitor.get(path);
  return visitor.post(`${path}/act`, { act: what, why });
}
async function remove(visitor: Visitor, path: string, what: string) {
  await visitor.get(path);
  return visitor.post(`${path}/remove`, { removal: what, whyRemoval: WHY });
}

describe('a signature is found', () => {
  test('by its address, before it is confirmed too, and no address stands in a URL or in the audit', async () => {
    await sign('ana@home.example');
    const page = await find(moderator, { box: ' ANA@home.example ' });
    expect(seen(page.body)).toContain('Ana Rosa');
    expect(seen(page.body)).toContain('Not confirmed yet');
    const [path = ''] = linksIn(page);
    expect(path).not.toContain(campaign.emailKeyOf('ana@home.example'));
    expect(seen((await moderator.get(path)).body)).toContain('ana@home.example');
    const found = await acts(3);
    expect(found.map(({ act: what, of, outcome }) => [what, of, outcome])).toEqual([
      ['signature read', [SLUG, 'pending'], 'done'],
      ['signatures find', [], 'done'],
      ['sign-in', ['app'], 'done'],
    ]);
    expect(JSON.stringify(found)).not.toMatch(/home\.example|Ana|ana@/);
    const changed = `${path.slice(0, -3)}${path.endsWith('AAA') ? 'BBB' : 'AAA'}`;
    const nowhere = await moderator.get('/organise/no-such-page');
    for (const other of [changed, `/organise/signatures/${newRef()}`]) {
      const answer = await moderator.get(other);
      expect([answer.statusCode, answer.body]).toEqual([404, nowhere.body]);
    }
  });

  test('by domain, network, source, place, state, time and ref', async () => {
    const one = await confirm('ana@home.example', { source: 'whatsapp' }, '198.51.100.7');
    await confirm('bea@other.example', { country: 'MX', region: 'MX-CHP' }, '2001:db8:1:2::9');
    campaign.clock.advance(DAY);
    owner = await signIn(campaign, people.owner);
    await confirm('cleo@third.example');
    const rows: [Record<string, string>, string[]][] = [
      [{ box: '@home.example' }, ['ana@home.example']],
      [{ box: '198.51.100.7' }, ['ana@home.example']],
      [{ box: '2001:db8:1:2::1' }, ['bea@other.example']],
      [{ source: 'whatsapp' }, ['ana@home.example']],
      [{ place: 'mx' }, ['bea@other.example']],
      [{ place: 'US-TX', standing: 'counted' }, ['cleo@third.example', 'ana@home.example']],
      [{ standing: 'held' }, []],
      [{ from: campaign.clock.now().toISOString().slice(0, 10) }, ['cleo@third.example']],
      [{ to: campaign.clock.now().toISOString().slice(0, 10) }, ['bea@other.example', 'ana@home.example']],
      [{}, ['cleo@third.example', 'bea@other.example', 'ana@home.example']],
    ];
    for (const [fields, emails] of rows) {
      const { body } = await find(owner, fields);
      const shown = [...body.matchAll(/[a-z]+@[a-z]+\.example(?=<br>)/g)].map(String);
      expect([fields, shown]).toEqual([fields, emails]);
      if (emails.length === 0) expect(seen(body)).toContain('There are no signatures like this.');
    }
    expect((await find(owner, { box: one.ref ?? '' })).body).toContain('ana@home.example');
  });

  test('page by page, each once, also those of one moment', async () => {
    const now = campaign.clock.now();
    const base = await confirm('ana@home.example');
    const { _id, ref, sealed, ledgerDue, ...rest } = base;
    await campaign.connection.collection('signatures').insertMany(
      Array.from({ length: 59 }, (_, index) => ({
        ...rest,
        _id: `${SLUG}:copy-${index}` as never,
        ref: `${String(index).padStart(3, '0')}-${newRef()}`.slice(0, 22),
        confirmedAt: new Date(now.getTime() - Math.floor(index / 40) * 1_000),
      })),
    );
    const seenRefs: string[] = [];
    let page = await find(owner, { place: 'US' });
    for (;;) {
      seenRefs.push(...linksIn(page));
      const next = /class="button" href="([^"]+)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&');
      if (!next) break;
      page = await owner.get(`/organise/signatures${next.replaceAll('&#x3D;', '=')}`);
    }
    expect(seenRefs).toHaveLength(60);
    expect(new Set(seenRefs).size).toBe(60);
  });

  test('what cannot be read is said at its field, and nothing that was typed is lost', async () => {
    const page = await find(owner, { box: 'Ana Rosa', place: 'Texas', from: '2026-02-30', source: 'x' });
    expect(page.statusCode).toBe(422);
    expect(seen(page.body)).toContain('We do not know this code');
    expect(seen(page.body)).toContain('Enter a day such as 2026-11-28');
    for (const typed of ['Ana Rosa', 'Texas', '2026-02-30']) expect(page.body).toContain(`value="${typed}"`);
    expect(seen((await find(owner, { box: 'Ana Rosa' })).body)).toContain('a reference of 22 characters');
  });
});

describe('one signature', () => {
  test('is held and released: the count follows, the audit has it all, and the person notices nothing', async () => {
    const { ref } = await confirm('ana@home.example');
    await confirm('bea@home.example');
    expect(await total()).toBe(2);
    const path = `/organise/signatures/${ref}`;
    expect((await act(moderator, path, 'hold')).headers.location).toBe(`${path}?done=hold`);
    expect(await total()).toBe(1);
    expect((await campaign.get(await campaign.linkTo('manage', 'ana@home.example'))).statusCode).toBe(200);
    expect((await act(moderator, path, 'hold')).statusCode).toBe(409);
    await act(moderator, path, 'release');
    expect(await total()).toBe(2);
    expect((await stored('ana@home.example')).counted?.place).toBe(1);
    const done = (await acts(20)).filter(({ act: what }) => /^signature (hold|release)/.test(what));
    const by = `organiser:${people.moderator.ref}`;
    expect(done).toMatchObject([
      { act: 'signature release', by, of: [SLUG, ref], why: WHY, outcome: 'done' },
      { act: 'signature hold', by, outcome: 'refused' },
      {
        act: 'signature hold',
        by,
        why: WHY,
        outcome: 'done',
        changes: [{ field: 'state', from: 'counted' }],
      },
    ]);
    const verified = await campaign.services.ledger.verify(SLUG);
    expect(verified.petitions.map(({ faults }) => faults)).toEqual([[]]);
  });

  test('is taken out and put back by an editor, and by no moderator', async () => {
    const { ref } = await confirm('ana@home.example', { updates: 'on' });
    expect(await total()).toBe(1);
    const path = `/organise/signatures/${ref}`;
    expect((await remove(moderator, path, 'invalidate')).statusCode).toBe(404);
    expect((await moderator.get(path)).body).not.toContain('name="removal"');
    await remove(owner, path, 'invalidate');
    expect(await total()).toBe(0);
    expect((await campaign.get(await campaign.linkTo('manage', 'ana@home.example'))).statusCode).toBe(410);
    await remove(owner, path, 'restore');
    expect(await total()).toBe(1);
    expect(await stored('ana@home.example')).toMatchObject({ state: 'confirmed', counted: { place: 1 } });
  });

  test('is withdrawn at its owner’s request, and nothing of the person is left', async () => {
    const { ref } = await confirm('ana@home.example');
    expect(await total()).toBe(1);
    await remove(owner, `/organise/signatures/${ref}`, 'withdraw');
    const left = await campaign.connection.collection('signatures').findOne({ ref });
    expect(left).toMatchObject({ state: 'withdrawn' });
    for (const field of ['sealed', 'signals']) expect(left).not.toHaveProperty(field);
    expect(await total()).toBe(0);
  });

  test('gets its mail again, which is said when it was asked for just before', async () => {
    await sign('ana@home.example');
    await campaign.sendMail();
    campaign.clock.advance(10 * 60_000);
    const [path = ''] = linksIn(await find(moderator, { box: 'ana@home.example' }));
    expect((await act(moderator, path, 'resend')).statusCode).toBe(303);
    const again = await act(moderator, path, 'resend');
    expect([again.statusCode, seen(again.body).includes('was asked for in the last ten minutes')]).toEqual([
      409,
      true,
    ]);
    await campaign.sendMail();
    const sent = { kind: 'answer', state: 'sent' };
    expect(await campaign.connection.collection('outbox').countDocuments(sent)).toBe(2);
  });

  test('gets no more news when its owner says so by telephone', async () => {
    const { ref } = await confirm('ana@home.example', { updates: 'on' });
    await act(moderator, `/organise/signatures/${ref}`, 'endNews');
    expect((await stored('ana@home.example')).consent.updates).toBe(false);
    expect(
      await campaign.services.stores.suppressions.isSuppressed(
        campaign.emailKeyOf('ana@home.example'),
        'updates',
      ),
    ).toBe(true);
  });

  test('is deleted with all that is held of its address, taken out or not, once the address is typed', async () => {
    const { ref } = await confirm('ana@home.example');
    await total();
    const path = `/organise/signatures/${ref}`;
    await remove(owner, path, 'invalidate');
    await owner.get(path);
    const wrong = await owner.post(`${path}/erase`, { typedAddress: 'bea@home.example', whyErase: WHY });
    expect([wrong.statusCode, seen(wrong.body).includes('not the address of this signature')]).toEqual([
      422,
      true,
    ]);
    expect(wrong.body).toContain('value="bea@home.example"');
    const done = await owner.post(`${path}/erase`, { typedAddress: 'ana@home.example', whyErase: WHY });
    expect(done.headers.location).toBe('/organise/signatures?done=erased');
    expect(
      await campaign.connection.collection('signatures').findOne({ ref, sealed: { $exists: true } }),
    ).toBeNull();
    const [last] = await acts(1);
    expect(last).toMatchObject({
      act: 'privacy erase',
      of: [SLUG, ref, '1 signatures', '0 mails'],
      why: WHY,
    });
  });

  test('is done nothing to without a reason', async () => {
    const { ref } = await confirm('ana@home.example');
    const page = await act(owner, `/organise/signatures/${ref}`, 'hold', '  ');
    expect([page.statusCode, seen(page.body).includes('Say why')]).toEqual([422, true]);
    expect((await stored('ana@home.example')).held).toBe(false);
  });
});

describe('the signals of a signature', () => {
  test('are written when it is confirmed, keyed, and forgotten after 30 days', async () => {
    await sign('ana@home.example');
    expect(await stored('ana@home.example')).not.toHaveProperty('signals');
    await campaign.post(await campaign.linkTo('confirm', 'ana@home.example'));
    const { signals } = await stored('ana@home.example');
    expect(signals).toEqual({
      domain: campaign.services.keys.mailDomainKeyOf('home.example'),
      network: campaign.services.keys.networkKeyOf('203.0.113.9'),
    });
    const dump = JSON.stringify(await campaign.connection.collection('signatures').find().toArray());
    expect(dump).not.toMatch(/home\.example|203\.0\.113/);
    campaign.clock.advance(29 * DAY);
    await campaign.services.retention.step();
    expect(await stored('ana@home.example')).toHaveProperty('signals');
    campaign.clock.advance(DAY);
    await campaign.services.retention.step();
    expect(await stored('ana@home.example')).not.toHaveProperty('signals');
  });
});
