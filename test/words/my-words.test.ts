import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MINUTE } from '../../src/lib/clock.ts';
import { signatureId } from '../../src/signatures/signature.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import { createCli } from '../support/cli.ts';
import { seen } from '../support/views.ts';

const SLUG = 'no-more-unsafe-returns';
const DHS = 'us-dhs-secretary';
const EMAIL = 'ana@home.example';
const GOOD = 'My cousin crossed alone at fourteen, and nobody asked her anything at all.';
const OTHER = 'The shelter where I work fed thirty of them last week, and then they were gone.';

let campaign: TestCampaign;
let page: string;

beforeAll(async () => {
  campaign = await openCampaign();
});
afterAll(() => campaign.close());
beforeEach(async () => {
  for (const name of ['signatures', 'deliveries', 'outbox'])
    await campaign.connection.collection(name).deleteMany({});
});

async function sign(fields: Record<string, string> = {}, email = EMAIL): Promise<void> {
  await campaign.addSupporter(email, { name: 'Zulema Xochitl', ...fields });
  page = (await campaign.linkTo('manage', email)).replace('my-signature', 'my-words');
}
const stored = async (email = EMAIL) => {
  const id = signatureId(SLUG, campaign.emailKeyOf(email));
  const signature = await campaign.services.stores.signatures.findSignature(id);
  if (!signature?.ref) throw new Error('nobody signed');
  return { ...signature, ref: signature.ref };
};
const write = (words: string, more: Record<string, string> = {}) =>
  campaign.post(page, { words, do: 'preview', ...more });
/** As the form of the preview would send it, with the text that it shows. */
async function press(fields: Record<string, string> = {}) {
  const shown = /name="shown" value="([^"]+)"/.exec((await campaign.get(`${page}/preview`)).body)?.[1] ?? '';
  return campaign.post(`${page}/preview`, { shown, do: 'send', ...fields });
}
const textarea = (html: string) => /<textarea id="words"[^>]*>\n([^<]*)</.exec(html)?.[1];
const share = async (words = GOOD, fields: Record<string, string> = {}) => {
  await write(words);
  await press(fields);
};
async function approve(): Promise<void> {
  for (const { id } of await campaign.services.words.listWaiting())
    await campaign.services.words.decide(id, 'approved', { by: 'Rosa' });
}
/** What letters core leaves behind when a delivery that quoted somebody has gone. */
async function quoteIn(officeId: string, state: string): Promise<void> {
  await campaign.connection.collection('deliveries').insertOne({
    _id: `${SLUG}:${officeId}:digest:1` as never,
    petitionId: SLUG,
    officeId,
    state,
    endedAt: new Date('2026-11-20T12:00:00Z'),
    quotes: [{ ref: (await stored()).ref, number: '1.1' }],
  });
}

describe('writing', () => {
  test('words typed while signing are there already, and each demand has its questions', async () => {
    await sign({ words: GOOD });
    const { statusCode, body, headers } = await campaign.get(page);
    expect(statusCode).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(textarea(body)).toBe(GOOD);
    expect(seen(body)).toContain('What would you want to be asked before somebody decided to send you back?');
    expect(seen(body)).toContain('Who stood up for you once');
    const spanish = (await campaign.get(page.replace('/en/', '/es/'))).body;
    expect(seen(spanish)).toContain('¿Quién habló por usted alguna vez');
  });

  test('a draft is sealed, and nobody reads it', async () => {
    await sign();
    const { headers } = await campaign.post(page, { words: GOOD, do: 'draft' });
    expect(headers.location).toBe(`${page}?saved`);
    expect(textarea((await campaign.get(page)).body)).toBe(GOOD);
    const signature = await stored();
    expect(signature.wordsState).toBeUndefined();
    expect(signature.wordsSketch).toHaveLength(256);
    expect(signature).not.toHaveProperty('wordsBands');
    expect(await campaign.services.words.listWaiting()).toEqual([]);
    const raw = JSON.stringify(await campaign.connection.collection('signatures').find().toArray());
    expect(raw).not.toContain('cousin');
  });

  test('a draft may hold what could not go to an organiser', async () => {
    await sign();
    await campaign.post(page, { words: 'Tel. 961 123 4567', do: 'draft' });
    expect(textarea((await campaign.get(page)).body)).toBe('Tel. 961 123 4567');
  });

  test.each([
    ['too long', 'w'.repeat(5_000), 'longer than 2,000 characters'],
    ['unreadable', 'a\ufffdb', 'cannot be read'],
    ['nothing', '', 'not written anything yet'],
    ['shorter than 40', 'Stop.', 'at least 40 characters'],
  ])('what is %s comes back as it was typed', async (_title, words, message) => {
    await sign();
    const { statusCode, body } = await write(words);
    expect(statusCode).toBe(422);
    expect(seen(body)).toContain(message);
    expect(textarea(body)).toBe(words);
  });

  test('personal data is named and explained, and the text stays', async () => {
    await sign();
    const words = `I am Zulema, tel. 961 123 4567. ${GOOD}`;
    const { statusCode, body } = await write(words);
    expect(statusCode).toBe(422);
    expect(textarea(body)).toBe(words);
    expect(seen(body)).toContain('A telephone number:');
    expect(seen(body)).toContain('tel. 961 123 4567');
    expect(seen(body)).toContain('Anyone who reads it can call');
    expect(seen(body)).toContain('Your name: Zulema');
    expect(body).not.toContain('name="looked"');
    expect((await stored()).wordsState).toBeUndefined();
    // Nor does a box that was not offered help.
    expect((await write(words, { looked: 'on' })).statusCode).toBe(422);
  });

  test('what only looks like a name may stand when its writer has looked, here and at the button', async () => {
    await sign();
    const words = `The village is called Xochitl. ${GOOD}`;
    const refused = await write(words);
    expect(refused.statusCode).toBe(422);
    expect(refused.body).toContain('name="looked"');
    expect((await write(words, { looked: 'on' })).headers.location).toBe(`${page}/preview`);
    expect((await press()).statusCode).toBe(422);
    expect((await press({ looked: 'on' })).statusCode).toBe(303);
    expect(await campaign.services.words.listWaiting()).toMatchObject([{ notes: ['name'] }]);
  });

  test('a form from another site changes nothing', async () => {
    await sign({ words: GOOD });
    const from = { origin: 'https://evil.example' };
    for (const url of [page, `${page}/preview`])
      expect((await campaign.post(url, { words: OTHER, do: 'back' }, from)).statusCode).toBe(403);
    expect(textarea((await campaign.get(page)).body)).toBe(GOOD);
  });

  test.each(['', '/preview'])('an altered or ended link opens nothing at my-words%s', async (path) => {
    await sign({ words: GOOD });
    expect((await campaign.get(`${page.slice(0, -1)}_${path}`)).statusCode).toBe(404);
    await campaign.post(`${page.replace('my-words', 'my-signature')}/withdraw`);
    expect((await campaign.get(page + path)).statusCode).toBe(410);
    expect((await campaign.post(page + path, { words: OTHER })).statusCode).toBe(410);
  });
});

describe('words typed while signing', () => {
  test.each([
    ['wait for an organiser when their writer shares them', GOOD, 'waiting'],
    ['are kept and wait for nobody when they are too short', 'Stop the returns.', undefined],
    ['are kept and wait for nobody when they tell who somebody is', `${GOOD} Tel. 961 123 4567`, undefined],
  ])('%s', async (_title, words, state) => {
    await sign({ words, shareWords: 'on' });
    expect((await stored()).wordsState).toBe(state);
    expect(await campaign.services.words.listWaiting()).toHaveLength(state ? 1 : 0);
    expect(textarea((await campaign.get(page)).body)).toBe(words);
    // Correcting something else does not let them slip through.
    await campaign.post(page.replace('my-words', 'my-signature'), {
      name: 'Zulema X.',
      country: 'MX',
      words,
      shareWords: 'on',
    });
    expect((await stored()).wordsState).toBe(state);
  });

  test('go with everything else on withdrawal', async () => {
    await sign({ words: GOOD, shareWords: 'on' });
    await share(GOOD, { [`name-${DHS}`]: 'on' });
    expect((await stored()).officeConsents).toHaveLength(1);
    await campaign.post(`${page.replace('my-words', 'my-signature')}/withdraw`);
    const stub = await stored();
    for (const field of [
      'sealed',
      'wordsState',
      'wordsSketch',
      'wordsBands',
      'wordsOriginality',
      'officeConsents',
    ])
      expect(stub).not.toHaveProperty(field);
  });
});

describe('the preview', () => {
  test('tells what may be taken for a link, and sends it as it was written; so does the list of an organiser', async () => {
    await sign();
    const words = 'Soy madre.me quitaron a mi hijo en Reynosa y nadie me dijo por qué.';
    await write(words);
    const text = seen((await campaign.get(`${page}/preview`)).body);
    expect(text).toContain(words);
    expect(text).toMatch(/may take this for a link.* madre\.me/);
    await press();
    const { out } = await createCli(campaign.services)('words', 'list');
    expect(out.replace(/\s+/g, ' ')).toContain(words);
    expect(out).toContain('may be a link: madre.me');
  });

  test('shows what each office receives, in its language, without links', async () => {
    await sign();
    await write(`${GOOD} See https://evil.example/x`);
    const text = seen((await campaign.get(`${page}/preview`)).body);
    expect(text).toContain('A person in Texas:');
    expect(text).toContain('Una persona en Texas, Estados Unidos:');
    expect(text).toContain('[link left out]');
    expect(text).toContain('[enlace omitido]');
    expect(text).not.toContain('evil.example');
    expect(text).toContain('We do not have a verified address for this office yet');
  });

  test('has a box for the name and one for an answer at each office, none of them ticked', async () => {
    await sign();
    await write(GOOD);
    const { body } = await campaign.get(`${page}/preview`);
    const boxes = [...body.matchAll(/<input type="checkbox"[^>]*>/g)].map(([box]) => box);
    expect(boxes).toHaveLength(8);
    expect(boxes.some((box) => box.includes('checked'))).toBe(false);
    const text = seen(body);
    expect(text).toContain(
      'Secretary of Homeland Security enforces immigration law. It may keep what it gets',
    );
    expect(text).toContain('Presidency of the Republic, Mexico does not itself detain');
    expect(text).not.toContain('Presidency of the Republic, Mexico enforces');
  });

  test('an office that is written to by post only receives nothing, and asks for nothing', async () => {
    await campaign.addSupporter('c@home.example', { words: GOOD }, 'protection-and-asylum');
    const link = await campaign.linkTo('manage', 'c@home.example', 'protection-and-asylum');
    const { body } = await campaign.get(`${link.replace('my-signature', 'my-words')}/preview`);
    expect(seen(body)).toContain('This office serves people in need. We do not email it');
    expect(body).not.toContain('name-mx-comar');
    expect(body).toContain('name-mx-segob');
  });

  test('without words there is nothing to show', async () => {
    await sign();
    expect((await campaign.get(`${page}/preview`)).headers.location).toBe(page);
  });
});

describe('letting them go', () => {
  test('waits for an organiser, by default without name and address', async () => {
    await sign();
    await share();
    expect(await campaign.services.words.listWaiting()).toMatchObject([
      { words: GOOD, originality: 1, notes: [] },
    ]);
    expect(seen((await campaign.get(page)).body)).toContain('Waiting to be read by an organiser');
    await approve();
    const { ref } = await stored();
    const writer = await campaign.services.words.getLetterWriter(ref, DHS);
    expect(writer).toEqual({
      ref,
      petitionId: SLUG,
      words: GOOD,
      country: 'US',
      region: 'US-TX',
      state: 'approved',
    });
  });

  test('a consent holds for its office and its purpose, and for no other', async () => {
    await sign();
    await share(GOOD, {
      [`name-${DHS}`]: 'on',
      'reply-mx-inm': 'on',
      'name-mx-comar': 'on',
      'name-__proto__': 'on',
    });
    await approve();
    const { ref, officeConsents } = await stored();
    expect(officeConsents).toEqual([
      { officeId: DHS, name: true, reply: false, version: '2026-11-28', at: campaign.clock.now() },
      { officeId: 'mx-inm', name: false, reply: true, version: '2026-11-28', at: campaign.clock.now() },
    ]);
    const writer = (office: string) => campaign.services.words.getLetterWriter(ref, office);
    expect(await writer(DHS)).toMatchObject({ name: 'Zulema Xochitl' });
    expect(await writer(DHS)).not.toHaveProperty('replyTo');
    expect(await writer('mx-inm')).toMatchObject({ replyTo: EMAIL });
    expect(await writer('mx-inm')).not.toHaveProperty('name');
    expect(await writer('us-cbp-commissioner')).not.toHaveProperty('name');
    const download = JSON.parse(
      (await campaign.get(`${page.replace('my-words', 'my-signature')}/download`)).body,
    );
    expect(download.officeConsents).toMatchObject([{ officeId: DHS, name: true }, { officeId: 'mx-inm' }]);
  });

  test('an office is not told to answer an address that its servers may not take', async () => {
    const accented = 'josé@home.example';
    await sign({ asTyped: accented }, accented);
    await write(GOOD);
    const shown = (await campaign.get(`${page}/preview`)).body;
    expect(shown).toContain(`name="name-${DHS}"`);
    expect(shown).not.toContain('name="reply-');
    await press({ [`name-${DHS}`]: 'on', [`reply-${DHS}`]: 'on' });
    await approve();
    const writer = await campaign.services.words.getLetterWriter((await stored(accented)).ref, DHS);
    expect(writer).toMatchObject({ name: 'Zulema Xochitl' });
    expect(writer).not.toHaveProperty('replyTo');
  });

  test('consents are changed and taken back there, and the decision on the words stays', async () => {
    await sign();
    await share(GOOD, { [`name-${DHS}`]: 'on' });
    await approve();
    expect((await campaign.get(`${page}/preview`)).body).toMatch(new RegExp(`id="name-${DHS}"[^>]* checked`));
    await press({ [`reply-${DHS}`]: 'on' });
    expect(await stored()).toMatchObject({
      wordsState: 'approved',
      officeConsents: [{ officeId: DHS, name: false, reply: true }],
    });
    await press();
    expect(await stored()).not.toHaveProperty('officeConsents');
    expect((await stored()).wordsState).toBe('approved');
  });

  test('their writer reads why they were refused, and what is quoted where they were shortened', async () => {
    await sign();
    await share(GOOD);
    const { words } = campaign.services;
    const { ref } = await stored();
    const note = 'Leave out the name of the school.';
    await words.decide(ref, 'refused', { by: 'Rosa', reason: 'person', note });
    for (const path of [page, `${page}/preview`])
      for (const line of [note, 'It could tell an office who or where somebody is.'])
        expect(seen((await campaign.get(path)).body)).toContain(line);
    await words.undo(ref, 'Rosa');
    const trimmed = `${GOOD.slice(0, GOOD.indexOf(' ', 60))} […]`;
    await words.decide(ref, 'approved', { by: 'Rosa', trimmed });
    const shown = seen((await campaign.get(`${page}/preview`)).body);
    expect(shown).toContain('An organiser shortened it.');
    expect(shown).not.toContain(GOOD);
    expect(textarea((await campaign.get(page)).body)).toBe(GOOD);
    await press();
    expect((await words.getLetterWriter(ref, DHS))?.words).toBe(trimmed);
  });

  test('a changed text waits anew, and takes no consent along', async () => {
    await sign();
    await share(GOOD, { [`name-${DHS}`]: 'on' });
    await approve();
    await write(OTHER);
    const draft = await stored();
    expect(draft.wordsState).toBeUndefined();
    expect(draft.consent.shareWords).toBe(false);
    expect(draft).not.toHaveProperty('officeConsents');
    expect(await campaign.services.words.getLetterWriter(draft.ref, DHS)).toBeNull();
    await press();
    expect((await stored()).wordsState).toBe('waiting');
  });

  test('the button acts on the text that it stood under', async () => {
    await sign();
    await write(GOOD);
    const { body } = await campaign.get(`${page}/preview`);
    const shown = /name="shown" value="([^"]+)"/.exec(body)?.[1] ?? '';
    await campaign.post(page, { words: OTHER, do: 'draft' });
    const { statusCode, body: answer } = await campaign.post(`${page}/preview`, {
      shown,
      do: 'send',
      [`name-${DHS}`]: 'on',
    });
    expect(statusCode).toBe(422);
    expect(seen(answer)).toContain('has changed since you opened this page');
    expect(answer).toMatch(new RegExp(`id="name-${DHS}"[^>]* checked`));
    expect((await stored()).wordsState).toBeUndefined();
  });

  test('short or telling words do not go, whatever is posted', async () => {
    await sign({ words: 'Stop.' });
    expect((await press()).statusCode).toBe(422);
    await campaign.post(page, { words: `${GOOD} a@b.example`, do: 'draft' });
    expect((await press({ looked: 'on' })).statusCode).toBe(422);
    expect(await campaign.services.words.listWaiting()).toEqual([]);
  });

  test('they can be taken back', async () => {
    await sign();
    await share(GOOD, { [`name-${DHS}`]: 'on' });
    await approve();
    await press({ do: 'back' });
    const signature = await stored();
    expect(signature).toMatchObject({ consent: { shareWords: false } });
    expect(signature.wordsState).toBeUndefined();
    expect(signature).not.toHaveProperty('officeConsents');
    expect(textarea((await campaign.get(page)).body)).toBe(GOOD);
  });

  test.each([
    ['sent', true],
    ['unknown', true],
    ['planned', false],
    ['failed', false],
  ])('of a delivery that is %s it is said that it stays: %s', async (state, isSaid) => {
    await sign();
    await share();
    await quoteIn(DHS, state);
    for (const path of [page, `${page}/preview`]) {
      const text = seen((await campaign.get(path)).body);
      expect(text.includes('What was sent cannot be changed')).toBe(isSaid);
      expect(text.includes('Secretary of Homeland Security, on November 20, 2026')).toBe(isSaid);
    }
  });
});

describe('approved words', () => {
  test('are listed page by page, each once', async () => {
    for (let n = 0; n < 5; n += 1)
      await campaign.addSupporter(`p${n}@home.example`, { words: `${GOOD} Number ${n}.`, shareWords: 'on' });
    await approve();
    const { listApprovedWords } = campaign.services.words;
    const found: string[] = [];
    for (let after: string | undefined; ; ) {
      const next = await listApprovedWords(SLUG, after, 2);
      if (next.length === 0) break;
      expect(next[0]?.sketch).toHaveLength(256);
      expect(next[0]?.originality).toBeLessThan(0.5);
      found.push(...next.map(({ words }) => words));
      after = next.at(-1)?.ref;
    }
    expect(found.sort()).toEqual([0, 1, 2, 3, 4].map((n) => `${GOOD} Number ${n}.`));
    expect(await listApprovedWords('safe-passage', undefined, 10)).toEqual([]);
  });

  test('a copy has no originality, and drafts are compared with nobody', async () => {
    await sign({ words: GOOD }, 'draft@home.example');
    await sign({ words: GOOD, shareWords: 'on' });
    expect(await campaign.services.words.listWaiting()).toMatchObject([{ originality: 1 }]);
    await campaign.addSupporter('copy@home.example', { words: GOOD.toUpperCase(), shareWords: 'on' });
    expect((await campaign.services.words.listWaiting()).map(({ originality }) => originality)).toEqual([
      1, 0,
    ]);
    // Approving looks again.
    await approve();
    expect((await stored()).wordsOriginality).toBe(0);
  });

  test('of a form letter only the first twenty stand in the index, and every other is still known by them', async () => {
    for (let n = 0; n < 23; n += 1)
      await campaign.addSupporter(`f${n}@home.example`, { words: GOOD, shareWords: 'on' });
    const rated = await campaign.services.words.listWaiting();
    expect(rated.map(({ originality }) => originality)).toEqual([1, ...Array(22).fill(0)]);
    const signatures = campaign.connection.collection('signatures');
    expect(await signatures.countDocuments({ 'wordsBands.0': { $exists: true } })).toBe(20);
  });

  test('the same words on another petition are not compared', async () => {
    await campaign.addSupporter('a@home.example', { words: GOOD, shareWords: 'on' });
    await campaign.addSupporter('b@home.example', { words: GOOD, shareWords: 'on' }, 'safe-passage');
    expect((await campaign.services.words.listWaiting()).map(({ originality }) => originality)).toEqual([
      1, 1,
    ]);
  });
});

test('the press that confirms and the receipt carry the link to the page, and nothing that can be passed on does', async () => {
  await campaign.post(`/en/petitions/${SLUG}/signatures`, {
    name: 'Ana Rosa',
    email: 'r@home.example',
    country: 'US',
    over16: 'on',
  });
  const confirmed = await campaign.post(await campaign.linkTo('confirm', 'r@home.example'));
  const signed = await campaign.get(String(confirmed.headers['content-location']));
  expect(signed.body).not.toMatch(/my-words|my-signature/);
  expect(await wordsIn(confirmed.body)).toBe(200);
  await campaign.sendMail();
  const mails = await campaign.services.mailbox.list();
  const receipt = mails.find(({ to, subject }) => to === 'r@home.example' && subject.startsWith('Thank you'));
  const mail = await campaign.services.mailbox.read(receipt?.id ?? '');
  expect(await wordsIn(mail?.text ?? '')).toBe(200);
});

test('a press on a link that confirmed long ago leads to nobody’s words', async () => {
  await campaign.addSupporter('old@home.example');
  const link = await campaign.linkTo('confirm', 'old@home.example');
  campaign.clock.advance(14 * MINUTE);
  expect(await wordsIn((await campaign.post(link)).body)).toBe(200);
  campaign.clock.advance(MINUTE);
  const late = await campaign.post(link);
  expect(late.body).toContain('Thank you');
  expect(late.body).not.toMatch(/my-words|my-signature/);
});

async function wordsIn(text: string): Promise<number> {
  const [path = ''] = /\/en\/my-words\/[\w-]+/.exec(text) ?? [];
  return (await campaign.get(path)).statusCode;
}
