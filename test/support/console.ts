import { TOTP } from 'otpauth';
import type { Role } from '../../src/organisers/organiser.ts';
import type { TestCampaign } from './campaign.ts';

type Answer = Awaited<ReturnType<TestCampaign['app']['inject']>>;

export const PASSWORD = 'tortuga violín escalera 47';
const decode = (html: string) =>
  html.replaceAll('&quot;', '"').replaceAll('&#x27;', "'").replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');

/** The value of a hidden field of the page, or of its form for this address. */
export function fieldOf({ body: page }: Answer, name: string, action = ''): string {
  const body = page.slice(action ? page.indexOf(`action="${action}"`) : 0);
  return decode(new RegExp(`name="${name}" value="([^"]*)"`).exec(body)?.[1] ?? '');
}

/** A person's browser at the console: it keeps the cookie, and sends forms as browsers do. */
export function createVisitor({ app, config }: Pick<TestCampaign, 'app' | 'config'>) {
  const cookies = new Map<string, string>();
  let page: Answer | undefined;

  function keep(answer: Answer): Answer {
    for (const { name, value } of answer.cookies) cookies.set(name, value);
    // A page that comes back has the token that the next form is sent with.
    if (answer.body.includes('name="_token"')) page = answer;
    return answer;
  }
  const cookie = () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');

  return {
    cookies,
    async get(url: string, headers: Record<string, string> = {}) {
      return keep(await app.inject({ method: 'GET', url, headers: { cookie: cookie(), ...headers } }));
    },
    /** With the token of the last page, unless the fields have another. */
    async post(url: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}) {
      const payload = new URLSearchParams({
        _token: page ? fieldOf(page, '_token') : '',
        ...fields,
      }).toString();
      return keep(
        await app.inject({
          method: 'POST',
          url,
          payload,
          headers: {
            cookie: cookie(),
            origin: config.publicUrl,
            'content-type': 'application/x-www-form-urlencoded',
            ...headers,
          },
        }),
      );
    },
  };
}
export type Visitor = ReturnType<typeof createVisitor>;

/** What an authenticator app shows for this key. */
export function codeFor(secret: string, now: Date): string {
  return new TOTP({ secret, digits: 6, period: 30 }).generate({ timestamp: now.getTime() });
}

/** An organiser who has joined by a link and is signed in. */
export async function openOrganiser(
  campaign: TestCampaign,
  { email, role, name = 'Inés Prueba' }: { email: string; role: Role; name?: string },
) {
  const { services, clock } = campaign;
  const { invitations } = services.organisers;
  const path = await invitations.offerJoin({ mailTo: email, canonical: email }, role);
  const visitor = createVisitor(campaign);
  await visitor.get(path);
  await visitor.post(path, { name, password: PASSWORD });
  const factor = await visitor.get('/organise/join');
  const secret = (/class="secret"><code>([^<]+)/.exec(factor.body)?.[1] ?? '').replaceAll(' ', '');
  await visitor.post('/organise/join/app', {
    ticket: fieldOf(factor, 'ticket', '/organise/join/app'),
    code: codeFor(secret, clock.now()),
  });
  const shown = await visitor.get('/organise/join/codes');
  const codes = [...shown.body.matchAll(/<li><code>([^<]+)<\/code>/g)].map(([, code = '']) => code);
  const joined = await visitor.post('/organise/join/codes', {
    ticket: fieldOf(shown, 'ticket'),
    code: codes[0] ?? '',
  });
  if (joined.headers.location !== (role === 'owner' ? '/organise/campaign' : '/organise'))
    throw new Error(`${email} did not join: ${joined.statusCode} ${joined.body}`);
  await visitor.get('/organise');
  const people = await services.organisers.accounts.listColleagues();
  const ref = people.find((one) => one.email === email)?.ref ?? '';
  return { ...visitor, ref, email, secret, codes, code: () => codeFor(secret, clock.now()) };
}
export type TestOrganiser = Awaited<ReturnType<typeof openOrganiser>>;

/** Signs in anew with the password and a code of the app, 30 seconds later, as each code is taken once. */
export async function signIn(campaign: TestCampaign, { email, secret }: TestOrganiser): Promise<Visitor> {
  const visitor = createVisitor(campaign);
  campaign.clock.advance(30_000);
  await visitor.get('/organise/sign-in');
  await visitor.post('/organise/sign-in', { email, password: PASSWORD });
  await visitor.get('/organise/second-factor');
  await visitor.post('/organise/second-factor', { code: codeFor(secret, campaign.clock.now()) });
  await visitor.get('/organise');
  return visitor;
}
