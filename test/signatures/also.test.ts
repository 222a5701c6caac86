import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../src/lib/clock.ts';
import { signatureId } from '../../src/signatures/signature.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { seen } from '../support/views.ts';

const FIRST = 'no-more-unsafe-returns';
const SECOND_ONE = 'safe-passage';
const THIRD = 'protection-and-asylum';
const CHECK = '/en/check-your-email';

let campaign: TestCampaign;
let email = '';
let people = 0;

beforeAll(async () => {
  campaign = await openCampaign();
});
afterAll(() => campaign.close());

beforeEach(async () => {
  people += 1;
  email = `also-${people}@home.example`;
  campaign.clock.advance(MINUTE);
  await campaign.addSupporter(email, {
    region: 'US-TX',
    showName: 'on',
    updates: 'on',
    words: 'Mi hermana.',
  });
  await campaign.connection.collection('outbox').deleteMany({});
});

const idOn = (slug: string) => signatureId(slug, campaign.emailKeyOf(email));
const find = (slug = SECOND_ONE) => campaign.services.stores.signatures.findSignature(idOn(slug));
const thanks = () => campaign.linkTo('signed', email);
const also = async (page: Promise<string> | string, slug = SECOND_ONE) =>
  campaign.post(`${await page}/also`, { petition: slug });
const rows = () => campaign.connection.collection('outbox').find().toArray();
const answers = async () => (await rows()).filter(({ kind }) => kind === 'answer');
/** Nothing of the second petition, and no mail about it. */
async function expectNothingStored() {
  expect(await find()).toBeNull();
  expect(await answers()).toEqual([]);
}

describe('from the page of thanks', () => {
  test('the other open petitions are shown with one button each, and the one that was signed is not', async () => {
    const { body } = await campaign.get(await thanks());
    expect(body.match(/name="petition" value="([\w-]+)"/g)).toEqual([
      `name="petition" value="${THIRD}"`,
      `name="petition" value="${SECOND_ONE}"`,
    ]);
    expect(seen(body)).toContain('you expressly agree');
  });

  test('one POST signs, confirmed and without a mail, with the same details and no words', async () => {
    const answer = await also(thanks());
    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toMatch(/^\/en\/signed\/[\w-]+$/);
    expect(await rows()).toEqual([]);
    const signature = await find();
    expect(signature).toMatchObject({
      state: 'confirmed',
      country: 'US',
      region: 'US-TX',
      source: 'petition',
      signedWith: FIRST,
      consent: { showName: true, shareWords: false, updates: true },
      cell: { country: 'US', region: 'US-TX', source: 'petition', locale: 'en' },
      ledgerDue: campaign.clock.now(),
    });
    expect(signature?.consentVersion).toMatch(/^\d{4}-/);
    expect(signature?.expiresAt).toBeUndefined();
    const manage = await campaign.get(`${await campaign.linkTo('manage', email, SECOND_ONE)}/download`);
    expect(JSON.parse(manage.body)).toMatchObject({ name: 'Ana Rosa', email, petition: SECOND_ONE });
    expect(JSON.parse(manage.body).words).toBeUndefined();
    await campaign.count();
    expect((await find())?.counted).toMatchObject({ on: true });
    expect(seen((await campaign.get(String(answer.headers.location))).body)).toContain('You are number');
  });

  test('its own page of thanks says where the private link is, and offers what is still unsigned', async () => {
    const { headers } = await also(thanks());
    const { body } = await campaign.get(String(headers.location));
    expect(seen(body)).toContain('There is no new email for this signature.');
    expect(body.match(/name="petition" value="([\w-]+)"/g)).toEqual([`name="petition" value="${THIRD}"`]);
  });

  test('pressed again, or by a hundred at once, it answers alike, signs once and writes to nobody', async () => {
    const page = await thanks();
    const many = await Promise.all(Array.from({ length: 100 }, () => also(page)));
    const again = await also(page);
    for (const { statusCode, headers } of [...many, again])
      expect([statusCode, String(headers.location).split('/')[2]]).toEqual([303, 'signed']);
    expect(await rows()).toEqual([]);
    expect(
      await campaign.connection.collection('signatures').countDocuments({ _id: idOn(SECOND_ONE) as never }),
    ).toBe(1);
  });

  test('15 minutes after the press it signs nothing, however the pages between were chained', async () => {
    const page = await thanks();
    campaign.clock.advance(14 * MINUTE);
    const { headers } = await also(page, THIRD);
    campaign.clock.advance(MINUTE);
    for (const late of [page, String(headers.location)]) {
      const answer = await also(late);
      expect(answer.statusCode).toBe(410);
      expect(seen(answer.body)).toContain('You can no longer sign from this page');
      expect(answer.body).toContain(`href="/en/petitions/${SECOND_ONE}#sign"`);
      expect((await campaign.get(late)).body).not.toContain('name="petition"');
    }
    await expectNothingStored();
  });

  test('a petition that is closed, unknown or none is said so, and nothing is stored', async () => {
    const page = await thanks();
    await campaign.connection
      .collection('petitions')
      .updateOne({ _id: SECOND_ONE as never }, { $set: { closesAt: campaign.clock.now() } });
    campaign.clock.advance(2 * SECOND);
    const closed = await also(page);
    await campaign.connection
      .collection('petitions')
      .updateOne({ _id: SECOND_ONE as never }, { $unset: { closesAt: 1 } });
    campaign.clock.advance(2 * SECOND);
    expect([closed.statusCode, (await also(page, 'nowhere')).statusCode]).toEqual([409, 404]);
    expect((await campaign.post(`${page}/also`)).statusCode).toBe(404);
    await expectNothingStored();
  });

  test('a forged link, one for another purpose and a form on another site sign nothing', async () => {
    const page = await thanks();
    const token = page.split('/').at(-1) ?? '';
    const forged = `/en/signed/${token.startsWith('A') ? 'B' : 'A'}${token.slice(1)}`;
    const manage = (await campaign.linkTo('manage', email)).split('/').at(-1);
    expect((await also(forged)).statusCode).toBe(404);
    expect((await also(`/en/signed/${manage}`)).statusCode).toBe(404);
    expect((await also(`/en/my-signature/${token}`)).statusCode).toBe(404);
    const elsewhere = { 'sec-fetch-site': 'cross-site' };
    expect((await campaign.post(`${page}/also`, { petition: SECOND_ONE }, elsewhere)).statusCode).toBe(403);
    await expectNothingStored();
  });

  test('after the first one was withdrawn its page signs nothing', async () => {
    const page = await thanks();
    await campaign.post(`${await campaign.linkTo('manage', email)}/withdraw`);
    expect((await also(page)).statusCode).toBe(410);
    await expectNothingStored();
  });

  test('who waits silently on the first waits on the second, and sees no difference', async () => {
    await campaign.connection
      .collection('signatures')
      .updateOne({ _id: idOn(FIRST) as never }, { $set: { held: true } });
    expect((await also(thanks())).statusCode).toBe(303);
    expect(await find()).toMatchObject({ state: 'confirmed', held: true });
    expect((await find())?.ledgerDue).toBeUndefined();
  });
});

describe('a row that is there already is treated as by any POST', () => {
  const signElsewhere = () =>
    campaign.post(`/en/petitions/${SECOND_ONE}/signatures`, {
      name: 'A stranger',
      email,
      country: 'MX',
      over16: 'on',
    });

  test('a stranger’s: it stays as it was posted, pending, and the mailbox is asked', async () => {
    await signElsewhere();
    const before = await find();
    await campaign.connection.collection('outbox').deleteMany({});
    const answer = await also(thanks());
    expect([answer.statusCode, answer.headers.location]).toEqual([
      303,
      `${CHECK}?at=home.example&petition=${SECOND_ONE}`,
    ]);
    expect(await find()).toEqual(before);
    expect(await answers()).toHaveLength(1);
  });

  test('withdrawn: it is not signed before the mailbox has confirmed it anew', async () => {
    await also(thanks());
    await campaign.count();
    await campaign.post(`${await campaign.linkTo('manage', email, SECOND_ONE)}/withdraw`);
    const answer = await also(thanks());
    expect([answer.statusCode, answer.headers.location]).toEqual([
      303,
      `${CHECK}?at=home.example&petition=${SECOND_ONE}`,
    ]);
    expect((await find())?.state).toBe('withdrawn');
    expect(await answers()).toHaveLength(1);
  });

  test.each([false, true])(
    'confirmed by its own mail (held: %s): the same answer, and one mail at most',
    async (held) => {
      await campaign.addSupporter(email, {}, SECOND_ONE);
      await campaign.connection
        .collection('signatures')
        .updateOne({ _id: idOn(SECOND_ONE) as never }, { $set: { held } });
      const before = await find();
      await campaign.connection.collection('outbox').deleteMany({});
      const answer = await also(thanks());
      expect([answer.statusCode, answer.headers.location]).toEqual([
        303,
        `${CHECK}?at=home.example&petition=${SECOND_ONE}`,
      ]);
      expect(await find()).toEqual(before);
      expect(await answers()).toHaveLength(1);
    },
  );
});

describe('from my-signature', () => {
  test('it signs at any time, and the page leads to the pages of the others', async () => {
    const mine = await campaign.linkTo('manage', email);
    campaign.clock.advance(60 * MINUTE);
    const answer = await also(mine);
    expect(answer.headers.location).toMatch(/^\/en\/signed\//);
    const { body } = await campaign.get(mine);
    const [, path = ''] =
      /<h2>You have also signed<\/h2>\s*<ul class="ways"><li><a href="([^"]+)">/.exec(body) ?? [];
    expect(seen((await campaign.get(path)).body)).toContain('This is your signature on “Safe passage');
    expect((await campaign.post(`${path}/withdraw`)).statusCode).toBe(200);
    expect((await find())?.state).toBe('withdrawn');
  });

  test('who has stopped the updates is not subscribed by it', async () => {
    await campaign.post(await campaign.linkTo('unsubscribe', email));
    await also(campaign.linkTo('manage', email));
    expect((await find())?.consent.updates).toBe(false);
  });
});

describe('taken back while it is being signed', () => {
  test('"it was not me" takes along what was signed from that page', async () => {
    await also(thanks());
    await campaign.post(await campaign.linkTo('notMe', email));
    expect((await find())?.state).toBe('withdrawn');
  });

  test.each([
    ['withdrawn', async () => campaign.post(`${await campaign.linkTo('manage', email)}/withdraw`)],
    ['disowned', async () => campaign.post(await campaign.linkTo('notMe', email))],
    ['erased', async () => campaign.services.optOut.eraseAddress(campaign.emailKeyOf(email))],
  ])(
    'raced with the first one being %s, no second one is left that was not there first',
    async (name, takeBack) => {
      for (let round = 0; round < 8; round += 1) {
        people += 1;
        email = `race-${name}-${people}@home.example`;
        await campaign.addSupporter(email);
        const page = await thanks();
        const [answer] = await Promise.all([also(page), takeBack()]);
        const second = await find();
        // What a withdrawal of the first finds signed stays signed: it was pressed for before.
        if (name === 'withdrawn' && answer.statusCode === 303) expect(second?.state).toBe('confirmed');
        else expect(second?.state ?? 'withdrawn').toBe('withdrawn');
        expect(second?.state === 'withdrawn' && second.sealed).toBeFalsy();
      }
    },
  );
});
