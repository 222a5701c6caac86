import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { openOrganiser, signIn, type TestOrganiser } from '../support/console.ts';
import { seen } from '../support/views.ts';

const SLUG = 'no-more-unsafe-returns';
const OTHER = 'safe-passage';
const PAGE = `/organise/petitions/${SLUG}`;

let campaign: TestCampaign;
let editor: TestOrganiser;
let analyst: TestOrganiser;
beforeAll(async () => {
  campaign = await openCampaign();
  editor = await openOrganiser(campaign, { role: 'editor', email: 'edit@team.example', name: 'Eva Editora' });
  analyst = await openOrganiser(campaign, { role: 'analyst', email: 'look@team.example' });
  await campaign.addSupporter('ana@home.example');
  await campaign.count();
  campaign.clock.advance(5_000);
});
afterAll(() => campaign.close());

const lastAct = async () => (await campaign.services.audit.listActs({}, 1))[0];
const signing = { name: 'Luz', email: 'luz@home.example', country: 'MX', over16: 'on' };
const sign = (slug = SLUG) => campaign.post(`/en/petitions/${slug}/signatures`, signing);
async function press(verb: string, fields: Record<string, string> = {}, page = PAGE) {
  await editor.get(page);
  return editor.post(`${page}/${verb}`, fields);
}

describe('the pages of petitions', () => {
  test('list every petition with its count and where it is in its life', async () => {
    const page = seen((await analyst.get('/organise/petitions')).body);
    expect(page).toContain('No more unsafe returns of children');
    expect(page).toContain('1 person has signed');
    expect(page).toContain('Open');
  });

  test('show whoever may not change them no form, and answer a form of theirs with 404', async () => {
    const { body } = await analyst.get(PAGE);
    expect(body).not.toContain(`action="${PAGE}/close"`);
    expect((await analyst.post(`${PAGE}/pause`)).statusCode).toBe(404);
    expect(seen((await campaign.get(`/en/petitions/${SLUG}`)).body)).toContain('Sign this petition');
  });
});

describe('a pause', () => {
  test('lets nobody sign, lets who has signed confirm, and says so on the page', async () => {
    await campaign.post(`/en/petitions/${SLUG}/signatures`, { ...signing, email: 'rosa@home.example' });
    expect((await press('pause')).headers.location).toBe(`${PAGE}?done=paused`);
    expect(await lastAct()).toMatchObject({
      act: 'petition pause',
      of: [SLUG],
      changes: [{ field: 'state', from: 'open', to: 'paused' }],
      outcome: 'done',
    });
    campaign.clock.advance(5_000);
    expect(seen((await campaign.get(`/es/petitions/${SLUG}`)).body)).toContain('La firma está en pausa');
    const refused = await sign();
    expect(refused.statusCode).toBe(409);
    expect(seen(refused.body)).toContain('Signing is paused');
    const confirmed = await campaign.post(await campaign.linkTo('confirm', 'rosa@home.example'));
    expect(confirmed.statusCode).toBe(200);
  });

  test('pressed by two is done once, and the second is told', async () => {
    const second = await press('pause');
    expect(second.statusCode).toBe(409);
    expect(seen(second.body)).toContain('Someone else changed this petition first');
    expect(await lastAct()).toMatchObject({ act: 'petition pause', outcome: 'refused' });
  });

  test('is over when it is resumed', async () => {
    expect((await press('resume')).headers.location).toBe(`${PAGE}?done=resumed`);
    campaign.clock.advance(5_000);
    expect((await sign()).statusCode).toBe(303);
  });
});

describe('taking down', () => {
  test('wants a reason, and gives back what was typed', async () => {
    const answer = await press('take-down', { takeDownReason: ' ' });
    expect(answer.statusCode).toBe(422);
    expect(seen(answer.body)).toContain('Fill this in');
  });

  test('answers 410 plainly at every page of it, and keeps its people’s own pages', async () => {
    const why = '=cmd|x <b>a mistake</b> \u202e in it';
    expect((await press('take-down', { takeDownReason: why })).statusCode).toBe(303);
    expect(await lastAct()).toMatchObject({ act: 'petition take-down', why, outcome: 'done' });
    campaign.clock.advance(5_000);
    for (const path of ['', '/demands', '/packs', '/by-hand']) {
      const { statusCode, body } = await campaign.get(`/en/petitions/${SLUG}${path}`);
      expect([path, statusCode]).toEqual([path, 410]);
      expect(seen(body)).toContain('This petition is no longer here');
      expect(body).not.toContain('a mistake');
    }
    expect((await campaign.get(`/api/petitions/${SLUG}`)).statusCode).toBe(410);
    expect((await campaign.get('/api/petitions')).body).not.toContain(SLUG);
    expect((await sign()).statusCode).toBe(410);
    const own = await campaign.get(await campaign.linkTo('manage', 'ana@home.example'));
    expect(own.statusCode).toBe(200);
  });

  test('shows colleagues who did it and why, as text and not as markup', async () => {
    const { body } = await analyst.get(PAGE);
    expect(seen(body)).toContain('Eva Editora took it down on');
    expect(body).toContain('&lt;b&gt;a mistake&lt;/b&gt;');
    expect(body).not.toContain('<b>a mistake');
  });

  test('plans nothing and sends nothing to offices while it is down', async () => {
    await campaign.services.offices.getOffice('us-dhs-secretary');
    expect((await campaign.services.petitions.listPetitions()).map(({ _id }) => _id)).not.toContain(SLUG);
  });

  test('ends when it is brought back, with every signature', async () => {
    expect((await press('bring-back')).statusCode).toBe(303);
    campaign.clock.advance(5_000);
    expect((await campaign.get(`/en/petitions/${SLUG}`)).statusCode).toBe(200);
    await campaign.count();
    campaign.clock.advance(5_000);
    expect((await campaign.get(`/api/petitions/${SLUG}/count`)).json().count).toBe(2);
  });
});

describe('opening and closing set ahead', () => {
  const page = '/organise/petitions/protection-and-asylum';
  const moment = (name: string, day: string, time: string, zone = 'America/New_York') => ({
    [`${name}Day`]: day,
    [`${name}Time`]: time,
    [`${name}Zone`]: zone,
  });
  const read = async (locale: string) =>
    seen((await campaign.get(`/${locale}/petitions/protection-and-asylum`)).body);

  test.each([
    ['2028-03-12', '02:30', 'the clocks go forward and skip this hour'],
    ['2028-02-30', '02:30', 'Write the day as'],
    ['2028-02-28', 'noon', 'Write the hour as'],
    ['2020-02-28', '12:00', 'That moment is already over'],
  ])('%s %s is refused with its reason, and comes back as it was typed', async (day, time, why) => {
    const answer = await press('end', moment('closes', day, time), page);
    expect(answer.statusCode).toBe(422);
    expect(seen(answer.body)).toContain(why);
    expect(answer.body).toContain(`value="${time}"`);
  });

  test('an hour that comes twice is asked back, once the clocks have been said', async () => {
    const fields = moment('closes', '2028-11-05', '01:30');
    const asked = await press('end', fields, page);
    expect(asked.statusCode).toBe(422);
    expect(seen(asked.body)).toContain('The second time, after the clocks have gone back');
    expect((await press('end', { ...fields, closesWhich: 'second' }, page)).statusCode).toBe(303);
    const { closesAt } = await campaign.services.petitions.getPetition('protection-and-asylum');
    expect(closesAt).toEqual(new Date('2028-11-05T06:30:00Z'));
  });

  test('it closes by the clock, at the minute, and the page says so in words before and after', async () => {
    const closesAt = new Date(campaign.clock.now().getTime() + 3_600_000);
    closesAt.setUTCSeconds(0, 0);
    const [day = '', time = ''] = closesAt.toISOString().slice(0, 16).split('T');
    await press('end', moment('closes', day, time, 'UTC'), page);
    campaign.clock.advance(5_000);
    expect(await read('en')).toMatch(/You can sign until \w+ \d+, \d{4} at \d+:\d\d [AP]M/);
    expect(await read('es')).toContain('Puede firmar hasta el');
    campaign.clock.advance(3_600_000 + 60_000);
    expect(await read('en')).toContain('This petition is closed');
    for (const one of [editor, analyst]) Object.assign(one, await signIn(campaign, one));
    expect((await press('end', moment('closes', '2029-01-01', '08:00'), page)).statusCode).toBe(409);
  });
});

describe('closing for good', () => {
  const page = `/organise/petitions/${OTHER}`;
  const reasons = { closeReasonEn: 'The law has changed.', closeReasonEs: 'La ley cambió.' };

  test('wants the slug typed, and gives both reasons back as they were typed', async () => {
    const answer = await press('close', { ...reasons, closeSlug: 'safe' }, page);
    expect(answer.statusCode).toBe(422);
    expect(seen(answer.body)).toContain('Type the short name exactly');
    expect(answer.body).toContain('La ley cambió.</textarea>');
  });

  test('says on the page why, in the language of the page', async () => {
    expect((await press('close', { ...reasons, closeSlug: OTHER }, page)).statusCode).toBe(303);
    campaign.clock.advance(5_000);
    expect(seen((await campaign.get(`/en/petitions/${OTHER}`)).body)).toContain('The law has changed.');
    expect(seen((await campaign.get(`/es/petitions/${OTHER}`)).body)).toContain('La ley cambió.');
    expect((await sign(OTHER)).statusCode).toBe(409);
    const { body } = await editor.get(page);
    expect(body).not.toContain(`action="${page}/resume"`);
    expect(body).not.toContain(`action="${page}/close"`);
  });
});
