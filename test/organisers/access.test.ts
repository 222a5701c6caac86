import Fastify from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newRef } from '../../src/lib/ref.ts';
import { ACCESS } from '../../src/organisers/access.ts';
import { openConsole } from '../../src/organisers/console.plugin.ts';
import { ROLES, type Role } from '../../src/organisers/organiser.ts';
import { newToken } from '../../src/organisers/tokens.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';
import {
  createVisitor,
  openOrganiser,
  PASSWORD,
  signIn,
  type TestOrganiser,
  type Visitor,
} from '../support/console.ts';

let campaign: TestCampaign;
const people = {} as Record<Role, TestOrganiser>;
let half: Visitor;
let joining: Visitor;

beforeAll(async () => {
  campaign = await openCampaign();
  for (const role of ROLES)
    people[role] = await openOrganiser(campaign, { role, email: `${role}@team.example` });
  half = createVisitor(campaign);
  await half.get('/organise/sign-in');
  await half.post('/organise/sign-in', { email: 'owner@team.example', password: PASSWORD });
  await half.get('/organise/second-factor');
  joining = createVisitor(campaign);
  const path = await campaign.services.organisers.invitations.offerJoin(
    { mailTo: 'new@team.example', canonical: 'new@team.example' },
    'editor',
  );
  await joining.get(path);
  await joining.post(path, { name: 'Nadia', password: PASSWORD });
  await joining.get('/organise/join');
});
afterAll(() => campaign.close());

const REF = newRef();
const rows = Object.entries(ACCESS).map(([route, access]) => {
  const [method = '', path = ''] = route.split(' ');
  const url = `/organise${path === '/' ? '' : path}`
    .replace(':token', newToken())
    .replace(':ref', REF)
    .replace(':slug', 'safe-passage')
    .replace(':file', 'curve.csv');
  return { method, url, access, route };
});
const ask = (visitor: Pick<Visitor, 'get' | 'post'>, { method, url }: { method: string; url: string }) =>
  method === 'GET' ? visitor.get(url) : visitor.post(url, { note: 'typed' });
/** Their form names what is not there, as an address does elsewhere. */
const NAMED_IN_FORM = ['POST /notes', 'POST /notes/remove'];
/** What everybody may call, or what changes who is asking. */
const OWN_BUSINESS = ['POST /sign-out', 'POST /account/sessions/end', 'POST /again', 'POST /again/passkey'];

type Row = (typeof rows)[number];
const isGuarded = ({ access }: Row) => access.to !== 'anybody';
const isForRoles = ({ access }: Row) => typeof access.to !== 'string';

test.each(rows.filter(isGuarded))('$route shows nothing to somebody who is signed out', async (row) => {
  const answer = await ask(await stranger(), row);
  if (row.method === 'GET' || !isForRoles(row)) {
    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toMatch(/^\/organise\/sign-in/);
  } else {
    expect(answer.statusCode).toBe(401);
    expect(answer.body).toContain('name="password"');
  }
});

test.each(rows.filter(isForRoles))('$route shows nothing before the second factor', async (row) => {
  for (const visitor of [half, joining]) {
    const answer = await ask(visitor, row);
    if (row.method === 'GET') expect(answer.headers.location).toMatch(/^\/organise\/(second-factor|join)/);
    else expect(answer.statusCode).toBe(401);
    expect(answer.body).not.toContain('team.example');
  }
});

test.each(rows.filter((row) => isForRoles(row) && !OWN_BUSINESS.includes(row.route)))(
  '$route is there for those roles alone',
  async (row) => {
    for (const role of ROLES) {
      const answer = await ask(people[role], row);
      const mayAsk = row.access.to.includes(role as never);
      const isNotThere = answer.body === (await people[role].get('/organise/no-such-page')).body;
      // What stands behind the guard may still find no such person.
      if (!mayAsk) expect([role, answer.statusCode, isNotThere]).toEqual([role, 404, true]);
      else if (!row.url.includes(REF) && !NAMED_IN_FORM.includes(row.route))
        expect([role, answer.statusCode]).not.toEqual([role, 404]);
    }
  },
);

async function stranger(): Promise<Visitor> {
  const visitor = createVisitor(campaign);
  await visitor.get('/organise/sign-in');
  return visitor;
}

test('a route without a row in the table does not start', async () => {
  const app = Fastify();
  const open = app.register(
    async (scope) => {
      await openConsole(scope, {
        templates: campaign.services.templates,
        publicUrl: campaign.config.publicUrl,
      } as never);
      scope.get('/no-row', async () => 'x');
    },
    { prefix: '/organise' },
  );
  await expect(open.ready()).rejects.toThrow('GET /no-row has no row in organisers/access.ts');
});

test('every row of the table has its route', () => {
  for (const { method, route } of rows) {
    const [, path = ''] = route.split(' ');
    const url = `/organise${path === '/' ? '' : path}`;
    expect([route, campaign.app.hasRoute({ method: method as 'GET', url })]).toEqual([route, true]);
  }
});

test('a session that is over shows nothing: after 30 minutes without a visit, after 12 hours in all', async () => {
  const idle = await signIn(campaign, people.analyst);
  expect((await idle.get('/organise')).statusCode).toBe(200);
  campaign.clock.advance(30 * 60_000);
  expect((await idle.get('/organise')).headers.location).toBe('/organise/sign-in?next=%2Forganise');
  const busy = await signIn(campaign, people.analyst);
  for (let minutes = 0; minutes < 12 * 60 - 20; minutes += 20) {
    campaign.clock.advance(20 * 60_000);
    expect([minutes, (await busy.get('/organise')).statusCode]).toEqual([minutes, 200]);
  }
  campaign.clock.advance(20 * 60_000);
  expect((await busy.get('/organise')).statusCode).toBe(303);
  for (const role of ROLES) Object.assign(people[role], await signIn(campaign, people[role]));
});

test('a thousand guessed and foreign ids are answered alike, by the same bytes', {
  timeout: 60_000,
}, async () => {
  const owner = await signIn(campaign, people.owner);
  const bodies = new Set<string>();
  const paths = Array.from({ length: 1_000 }, (_, index) =>
    index % 2 ? `/organise/people/${newRef()}/role` : `/organise/words/${newRef()}`,
  );
  for (const [index, path] of paths.entries()) {
    const answer = index % 2 ? await owner.post(path, { role: 'editor' }) : await owner.get(path);
    expect([path, answer.statusCode]).toEqual([path, 404]);
    bodies.add(answer.body);
  }
  const moderator = people.moderator;
  expect(bodies.size).toBe(1);
  const foreign = await moderator.post(`/organise/people/${people.editor.ref}/role`, { role: 'owner' });
  expect(foreign.body).toBe((await moderator.get('/organise/people/x')).body);
});
