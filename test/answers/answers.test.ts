import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { shellActor } from '../../src/lib/actor.ts';
import { DAY, MINUTE } from '../../src/lib/clock.ts';
import { TESTER } from '../support/actor.ts';
import { seen } from '../support/views.ts';
import { type Answered, DHS, openAnswered, SLUG } from './answer-room.ts';

let campaign: Answered;
beforeAll(async () => {
  campaign = await openAnswered();
});
afterAll(() => campaign.close());
beforeEach(() => campaign.forgetAnswers());

const answers = () => campaign.services.answers;
const recordReply = () => answers().recordReply(campaign.reply);

describe('a reply', () => {
  test('is kept once, however often and by how many it is handed over', async () => {
    const kept = await Promise.all([recordReply(), recordReply(), recordReply()]);
    expect(new Set(kept.map(({ _id }) => _id)).size).toBe(1);
    await answers().recordReply({ ...campaign.reply, messageId: 'r2@dhs.example' });
    expect(await campaign.listAll()).toHaveLength(2);
  });

  test('lies sealed in the database, and organisers read it as it came', async () => {
    const { _id } = await recordReply();
    const stored = JSON.stringify(await campaign.listAll());
    expect(stored).not.toMatch(/ana\.rosa|Núñez|read it|your report/);
    const { from, subject, text } = campaign.reply;
    expect((await answers().getAnswer(_id)).content).toEqual({ from, subject, text });
  });

  test('is on no page before somebody publishes it; then the chosen text is, and nothing else', async () => {
    const { _id } = await recordReply();
    for (const path of ['/en/offices', `/en/offices/${DHS}`, `/en/petitions/${SLUG}/demands`])
      expect(await campaign.page(path)).not.toMatch(/have read it|ana\.rosa|your report/);
    await answers().publish(shellActor('Lucía'), _id, {
      locale: 'en',
      text: 'It has read the report. <b>Mail c@dhs.example</b>',
      statements: [{ demandId: 'D1', status: 'refused', reason: 'For want of funds.' }],
    });
    const page = await campaign.page(`/en/offices/${DHS}`);
    expect(seen(page)).toContain('By email, on November 24, 2026');
    expect(seen(page)).toContain('For want of funds.');
    expect(page).toContain('&lt;b&gt;Mail [address left out]');
    expect(page).not.toMatch(/ana\.rosa|Núñez|your report|dhs\.example|Lucía/);
    const spanish = await campaign.page(`/es/offices/${DHS}`);
    expect(spanish).toContain('lang="en"><p>It has read');
    expect(await campaign.page(`/en/petitions/${SLUG}/demands`)).toContain('For want of funds.');
  });

  test('that is taken back is public no more, and it is known who published it and took it back', async () => {
    const { _id } = await recordReply();
    await answers().publish(shellActor('Lucía'), _id, { locale: 'en', text: 'It has read the report.' });
    await answers().unpublish(shellActor('Pablo'), _id);
    expect(await campaign.page(`/en/offices/${DHS}`)).not.toContain('It has read');
    const { decisions } = await answers().getAnswer(_id);
    expect(decisions?.map(({ did, by }) => [did, by])).toEqual([
      ['published', 'Lucía'],
      ['unpublished', 'Pablo'],
    ]);
  });

  test.each([
    ['without a name', { text: 'Fine.' }, '--by', shellActor(' ')],
    ['with the writer’s name in it', { text: 'Núñez will see to it.' }, 'name'],
    ['with a telephone in it', { text: 'Call +1 202 555 0143.' }, 'phone'],
    ['with nothing in it', { text: ' ' }, 'nothing to publish'],
    [
      'on a demand that is not put to it',
      { text: 'x', statements: [{ demandId: 'D3', status: 'done' as const }] },
      'D3',
    ],
    [
      'with a refusal that gives no reason',
      { text: 'x', statements: [{ demandId: 'D1', status: 'refused' as const }] },
      'refused',
    ],
  ] as const)('is not published %s', async (_, input, message, actor = TESTER) => {
    const { _id } = await recordReply();
    await expect(answers().publish(actor, _id, { locale: 'en', ...input })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(message),
    });
    expect((await answers().getAnswer(_id)).published).toBeUndefined();
  });

  test('that holds a name goes out when an organiser says anyway', async () => {
    const { _id } = await recordReply();
    await answers().publish(shellActor('L'), _id, {
      locale: 'en',
      text: 'Núñez is the unit’s name.',
      anyway: true,
    });
    expect(await campaign.page(`/en/offices/${DHS}`)).toContain('Núñez is');
  });
});

describe('the office’s link', () => {
  test('shows what was sent and takes nothing for an answer, however often a scanner opens it', async () => {
    for (const method of ['GET', 'HEAD', 'GET'] as const) {
      const answer = await campaign.app.inject({ method, url: `${campaign.answerPath}?pace=stop&text=x` });
      expect(answer.statusCode).toBe(200);
      expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    }
    const page = seen((await campaign.get(campaign.answerPath)).body);
    expect(page).toContain('Secretary of Homeland Security');
    expect(page).toContain('On November 24, 2026 we sent your office a report');
    expect(page).toContain('3 people had signed it');
    expect(page).toContain('Respect the best interests of the child');
    expect(page).not.toContain('Halt the unnecessary deportation');
    expect(await campaign.listAll()).toHaveLength(0);
    expect(await office()).toMatchObject({ channels: expect.arrayContaining([verified]) });
  });
  const verified = expect.objectContaining({
    kind: 'email',
    value: 'letters@dhs.example',
    state: 'verified',
  });
  const office = () => campaign.services.offices.getOffice(DHS);

  test('records what is posted, shows it, and makes nothing public before it is published', async () => {
    const answer = await campaign.postAnswer({
      'status-D1': 'accepted',
      'reason-D1': 'It is the law.',
      text: 'We will act.',
      address: 'better@dhs.example',
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    for (const text of ['Accepted', 'It is the law.', 'We will act.', 'better@dhs.example'])
      expect(seen(answer.body)).toContain(text);
    expect(await campaign.page(`/en/offices/${DHS}`)).not.toContain('We will act');
    // The address is a proposal: nothing is sent to it (law 9).
    expect(await office()).toMatchObject({ channels: expect.arrayContaining([verified]) });
    const [kept] = await answers().listAnswers();
    expect(kept).toMatchObject({ via: 'link', officeId: DHS, deliveryId: campaign.delivery._id });
    expect((await answers().getAnswer(kept?._id ?? '')).content.proposedAddress).toBe('better@dhs.example');
    await answers().publish(shellActor('L'), kept?._id ?? '', { locale: 'en' });
    const page = seen(await campaign.page(`/en/petitions/${SLUG}/demands`));
    expect(page).toContain('Accepted November 24, 2026 It is the law.');
  });

  test('posted twice, also at once, records once; another word after it, and the first again, are news', async () => {
    const yes = { 'status-D1': 'accepted' };
    const no = { 'status-D1': 'refused', 'reason-D1': 'Funds.' };
    await Promise.all([campaign.postAnswer(yes), campaign.postAnswer(yes)]);
    await campaign.postAnswer(yes);
    expect(await campaign.listAll()).toHaveLength(1);
    for (const fields of [no, yes, yes]) {
      campaign.clock.advance(MINUTE);
      expect((await campaign.postAnswer(fields)).statusCode).toBe(200);
    }
    expect((await campaign.listAll()).map(({ statements }) => statements[0].status)).toEqual([
      'accepted',
      'refused',
      'accepted',
    ]);
  });

  test('what is wrong comes back as it was typed, with a fault at its field, and nothing is kept', async () => {
    const answer = await campaign.postAnswer({
      'status-D1': 'refused',
      text: 'Dear "all" <x>',
      pace: 'stop',
    });
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain('Dear &quot;all&quot; &lt;x&gt;');
    expect(answer.body).toMatch(/id="status-D1-refused"[^>]* checked/);
    expect(answer.body).toMatch(/id="pace-stop"[^>]* checked/);
    expect(answer.body).toContain('href="#reason-D1"');
    expect(await campaign.listAll()).toHaveLength(0);
    expect(await office()).toMatchObject({ channels: expect.arrayContaining([verified]) });
  });

  test('stops all mail at once, and again when it is pressed again', async () => {
    for (let i = 0; i < 2; i += 1)
      expect(seen((await campaign.postAnswer({ pace: 'stop' })).body)).toContain('no more email from us');
    expect(await office()).toMatchObject({
      channels: expect.arrayContaining([expect.objectContaining({ kind: 'email', state: 'blocked' })]),
    });
    expect(seen(await campaign.page(`/en/offices/${DHS}`))).toContain('we no longer email it');
  });

  test('slows the reports at once', async () => {
    const answer = await campaign.postAnswer({ pace: '2', 'status-D1': 'received' });
    expect(seen(answer.body)).toContain('at most two reports a month');
    expect((await office()).pace).toMatchObject({ digestsPerMonth: 2 });
    await campaign.postAnswer({ pace: '1' });
    expect((await office()).pace).toMatchObject({ digestsPerMonth: 1 });
  });

  test('a request about the mail is no answer, and the office stays silent', async () => {
    await campaign.postAnswer({ pace: '1', address: 'better@dhs.example' });
    expect(seen(await campaign.page(`/en/offices/${DHS}`))).toContain(
      'Written to on November 24, 2026; no answer yet.',
    );
    const [kept] = await answers().listAnswers();
    expect(kept).toMatchObject({ asks: ['pace', 'address'], isMereRequest: true });
    await expect(answers().publish(shellActor('L'), kept?._id ?? '', { locale: 'en' })).rejects.toMatchObject(
      {
        message: expect.stringContaining('nothing to publish'),
      },
    );
  });

  test('from another site nothing is taken', async () => {
    const answer = await campaign.postAnswer({ 'status-D1': 'done' }, { 'sec-fetch-site': 'cross-site' });
    expect(answer.statusCode).toBe(403);
    expect(await campaign.listAll()).toHaveLength(0);
  });
});

describe('silence', () => {
  const status = async () => seen(await campaign.page(`/en/offices/${DHS}`));

  test('is counted in working days of the office, in its zone, and ends with a published answer', async () => {
    expect(await status()).toContain('Written to on November 24, 2026; no answer yet.');
    campaign.clock.set('2026-11-25T04:30:00Z');
    expect(await status()).toContain('Written to on November 24, 2026; no answer yet.');
    campaign.clock.set('2026-11-25T05:30:00Z');
    expect(await status()).toContain('Silent for 1 working day, since November 24, 2026.');
    const { _id } = await recordReply();
    expect(await status()).toContain('are reading it');
    await answers().publish(shellActor('L'), _id, { locale: 'en', text: 'Read.' });
    expect(await status()).toContain('It answered on November 24, 2026.');
  });

  test('goes on when what came was no answer', async () => {
    campaign.clock.advance(3 * DAY);
    const { _id } = await recordReply();
    await answers().setAside(shellActor('L'), _id);
    // Thanksgiving Day and a Saturday are among the four.
    expect(await status()).toContain('Silent for 2 working days');
    const days = { from: '2026-11-27', to: '2026-12-04', because: 'Closed', source: 'https://x.example' };
    await campaign.services.offices.addClosing(TESTER, DHS, days);
    campaign.clock.set('2026-12-09T15:00:00Z');
    await campaign.page(`/en/offices/${DHS}`);
    campaign.clock.advance(10_000);
    expect(await status()).toContain('Silent for 4 working days');
  });
});

test('an office’s link that was altered is unknown; after 180 days, or when an organiser ended it, it is gone', async () => {
  const { answerPath, token } = campaign;
  const other = `${token.slice(0, 30)}${token[30] === 'A' ? 'B' : 'A'}${token.slice(31)}`;
  expect((await campaign.get(`/en/answer/${other}`)).statusCode).toBe(404);
  expect((await campaign.get(`/fr/answer/${token}`)).statusCode).toBe(404);
  await answers().endLinks(shellActor('Rosa'), DHS);
  for (const answer of [await campaign.get(answerPath), await campaign.postAnswer({ text: 'x' })]) {
    expect(answer.statusCode).toBe(410);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(seen(answer.body)).toContain('Links for offices stop working after 180 days');
  }
  const renewed = `/es/answer/${await campaign.services.officeAnswer.mint(campaign.delivery)}`;
  expect((await campaign.get(renewed)).statusCode).toBe(200);
  campaign.clock.advance(180 * DAY);
  expect((await campaign.get(renewed)).statusCode).toBe(410);
  expect(await campaign.listAll()).toHaveLength(0);
});
