import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answered, DHS, openAnswered, SLUG } from '../answers/answer-room.ts';
import { seen } from '../support/views.ts';

let campaign: Answered;
beforeAll(async () => {
  campaign = await openAnswered({ RATE_LIMITS: 'on' });
});
afterAll(() => campaign.close());

describe('what everybody may see of an office', () => {
  test('what was asked and sent, and how it is reached, without an address or a name of anybody', async () => {
    const page = await campaign.page(`/en/offices/${DHS}`);
    expect(seen(page)).toContain(
      'November 24, 2026 No more unsafe returns of children Report 3 1 to 1 Sent: its server accepted it',
    );
    expect(seen(page)).toContain('By email, at an address that it publishes.');
    expect(seen(page)).toContain('Seen at example.org/contact, November 24, 2026');
    expect(seen(page)).toContain('Washington, DC 20528');
    expect(page).not.toMatch(/letters@|dhs\.example|home\.example|Ana Rosa|mailto:/);
  });

  test('in both languages, with a heading, a description and a switch of its own', async () => {
    const page = await campaign.page(`/es/offices/${DHS}`);
    expect(seen(page)).toContain('Qué se le envió');
    expect(page).toContain(`href="/en/offices/${DHS}"`);
    expect(page).toContain('<meta name="description" content="Qué se le pide a esta oficina');
  });

  test('one that was not written to says so, and one that is post only says why', async () => {
    expect(seen(await campaign.page('/en/offices/mx-segob'))).toContain('We have not written to it yet.');
    const comar = seen(await campaign.page('/en/offices/mx-comar'));
    expect(comar).toContain('By post only: it serves people in need');
  });

  test('the list and the table name each addressed office and link to its page', async () => {
    const list = await campaign.page('/en/offices');
    const table = await campaign.page(`/en/petitions/${SLUG}/demands`);
    for (const page of [list, table]) expect(page).toContain(`href="/en/offices/${DHS}"`);
    expect(list).not.toContain('/en/offices/mx-dif');
    expect(table).not.toContain('/en/offices/mx-segob');
    expect(seen(table)).toContain('No answer since we first wrote on November 24, 2026');
    expect(table).toMatch(/<th scope="col"[^>]*>.*<th scope="row"/s);
  });

  test('the petition links to its offices and to the table, and every page to the list', async () => {
    const petition = await campaign.page(`/en/petitions/${SLUG}`);
    for (const path of [
      `/en/offices/${DHS}`,
      `/en/petitions/${SLUG}/demands`,
      '/en/offices',
      '/en/check-message',
    ])
      expect(petition).toContain(`href="${path}"`);
  });

  test('an unknown office or petition is a page that says so', async () => {
    for (const path of ['/en/offices/nobody', '/en/petitions/nothing/demands', '/xx/offices'])
      expect((await campaign.get(path)).statusCode).toBe(404);
  });

  test('is cached as one page for everybody, and a change is seen within seconds', async () => {
    const first = await campaign.get(`/en/offices/${DHS}`);
    expect(first.headers['cache-control']).toContain('s-maxage');
    const etag = String(first.headers.etag);
    campaign.clock.advance(5_000);
    expect((await campaign.get(`/en/offices/${DHS}`, { 'if-none-match': etag })).statusCode).toBe(304);
  });
});

describe('whether a mail is ours', () => {
  const ask = (id: string, locale = 'en') =>
    campaign.get(`/${locale}/check-message?id=${encodeURIComponent(id)}`);
  const own = () => campaign.delivery.messageId ?? '';

  test.each(['plain', 'header'])('an office’s staff learn it from the id or the header (%s)', async (how) => {
    const id = how === 'plain' ? own() : `Received: by mx\nMessage-ID:\n <${own()}>\nSubject: Petition`;
    const answer = await ask(id);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex, nofollow',
    });
    const page = seen(answer.body);
    expect(page).toContain('Yes, this email is ours');
    expect(page).toContain('No more unsafe returns of children');
    expect(page).toContain('3 people, each confirmed by email');
    expect(page).toContain('Sent November 24, 2026');
    expect(page).toContain('How to slow or stop our email');
    expect(answer.body).not.toMatch(/home\.example|letters@dhs/);
  });

  test('what we did not send is said not to be ours, and so is every mail to a person', async () => {
    await campaign.sendMail();
    const mails = await campaign.services.mailbox.list();
    const toPerson = mails.find(({ to }) => to === 'a@home.example');
    const mail = await campaign.services.mailbox.read(toPerson?.id ?? '');
    const personId = mail?.headers.find(({ name }) => name.toLowerCase() === 'message-id')?.value ?? '';
    expect(personId).toContain('@');
    const [theirs, made] = [await ask(personId), await ask(`${'x'.repeat(personId.length - 12)}@nobody.tld`)];
    const text = (body: string) => seen(body.replace(/<textarea[\s\S]*?<\/textarea>/, ''));
    expect(text(theirs.body)).toContain('This is not an email of ours to an office');
    expect(text(theirs.body)).toBe(text(made.body));
  });

  test('what holds no id is told so, and an empty question is the page itself', async () => {
    expect(seen((await ask('hello there', 'es')).body)).toContain('no encontramos ningún Message-ID');
    expect(seen((await ask('')).body)).toContain('Paste the Message-ID of an email');
    for (const id of ['{"$gt":""}', '<script>@x', 'a@b%00']) expect((await ask(id)).statusCode).toBe(200);
    expect((await campaign.get('/en/check-message?id[$gt]=a@b&id=c@d&id=e@f')).statusCode).toBe(200);
  });

  test('is found by an index', async () => {
    const indexes = await campaign.connection.collection('deliveries').indexes();
    expect(indexes).toContainEqual(expect.objectContaining({ key: { messageId: 1 }, sparse: true }));
  });

  test('an office’s answers are held too, with what was typed', async () => {
    let answer = await campaign.postAnswer({ text: 'x' });
    for (let i = 0; i < 25 && answer.statusCode === 200; i += 1)
      answer = await campaign.postAnswer({ text: 'My words' });
    expect(answer.statusCode).toBe(429);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(answer.body).toContain('My words');
  });

  test('reads of it are held like other reads', async () => {
    let status = 200;
    for (let i = 0; i < 700 && status === 200; i += 1) status = (await ask('a@b')).statusCode;
    expect(status).toBe(429);
  });
});
