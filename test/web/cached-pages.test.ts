import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createServices } from '../../src/composition.ts';
import { shellActor } from '../../src/lib/actor.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import type { FactRecord } from '../../src/petitions/fact-record.ts';
import { createPetitionService, type PetitionService } from '../../src/petitions/petition.service.ts';
import { createPetitionStore } from '../../src/petitions/petition.store.ts';
import { createLog } from '../../src/process/log.ts';
import { createApp } from '../../src/site.ts';
import { PAGE_CACHE_CONTROL } from '../../src/web/page-cache.ts';
import { openCampaign, type TestCampaign } from '../support/campaign.ts';

const SLUG = 'no-more-unsafe-returns';
/** One that the petition asks, by digest and by people's own hand. */
const OFFICE = 'us-dhs-secretary';
const VALUES: Record<string, string[]> = {
  locale: ['en', 'es'],
  slug: [SLUG, OFFICE],
  officeId: [OFFICE],
  // Not pages of the cache: a file, a mail, a link. A route with a name that is not here fails the test.
  file: ['none.pdf'],
  id: ['none'],
  name: ['none'],
  ref: ['none'],
  act: ['none'],
  token: ['none'],
};

let campaign: TestCampaign;
let cached: string[];

beforeAll(async () => {
  campaign = await openCampaign();
  await campaign.addSupporter('ana@home.example');
  await campaign.count();
  cached = await listCached(campaign.app);
});
afterAll(() => campaign.close());

/** Every address of every GET route, as the router itself lists them. */
function listAddresses(app: FastifyInstance): string[] {
  const depths: string[] = [];
  const routes: string[] = [];
  for (const line of app.printRoutes({ commonPrefix: false }).split('\n')) {
    const [, indent = '', part = '', methods = ''] = /^([ │├└─]*)(\S+)(?: \(([A-Z, ]+)\))?/.exec(line) ?? [];
    if (!part) continue;
    const depth = indent.length / 4;
    depths.length = depth;
    depths[depth] = (depths[depth - 1] ?? '') + (part === '(empty' ? '' : part);
    if (methods.includes('GET')) routes.push(depths[depth] ?? '');
  }
  return [...new Set(routes)].flatMap(fill);
}

function fill(route: string): string[] {
  const name = /:(\w+)/.exec(route)?.[1];
  if (!name) return [route];
  const values = VALUES[name];
  if (!values) throw new Error(`give this test a value for :${name}`);
  return values.flatMap((value) => fill(route.replace(`:${name}`, value)));
}

async function listCached(app: FastifyInstance): Promise<string[]> {
  const all = await Promise.all(
    listAddresses(app).map(async (url) => ({ url, answer: await app.inject({ url }) })),
  );
  return all.flatMap(({ url, answer }) =>
    answer.statusCode === 200 && answer.headers['cache-control'] === PAGE_CACHE_CONTROL ? [url] : [],
  );
}

const read = (app: FastifyInstance) =>
  Promise.all(cached.map(async (url) => [url, (await app.inject({ url })).body] as const));

/** What a program says that starts now, with nothing in memory. */
async function readAnew() {
  const { config, connection, clock } = campaign;
  const services = await createServices({ config, connection, logger: silentLogger, clock });
  const log = createLog({ level: 'silent', isTerminal: false });
  const app = await createApp({ config, services, log });
  const pages = await read(app);
  await app.close();
  services.close();
  return pages;
}

/** By another process: each figure of the facts, raised by one, as many digits as before. */
async function changeFigures(): Promise<void> {
  const stored = campaign.connection.collection<FactRecord>('facts');
  for (const { _id, figures } of await stored.find().toArray())
    await stored.updateOne(
      { _id },
      { $set: { figures: figures.map((one) => ({ ...one, value: one.value + 1 })) } },
    );
}

async function swap(collection: string, id: string, field: string): Promise<void> {
  const found = campaign.connection.collection(collection);
  const document = await found.findOne({ _id: id as never });
  const text = String(field.split('.').reduce((value, key) => (value as never)?.[key], document as unknown));
  // Of equal length: a word backwards.
  const changed = text.replace(/\p{L}{4,}/u, (word) => [...word].reverse().join(''));
  expect(changed).not.toBe(text);
  await found.updateOne({ _id: id as never }, { $set: { [field]: changed } });
}

const answers = () => campaign.connection.collection('answers');

async function publish(text: string): Promise<void> {
  const at = campaign.clock.now();
  const [petition] = await campaign.services.petitions.listPetitions();
  const statement = { demandId: petition?.demandIds[0] ?? '', status: 'under-review' };
  const published = { at, by: 'Ana', locale: 'en', text, statements: [statement] };
  const fields = { petitionId: SLUG, officeId: OFFICE, via: 'post', at, statements: [], published };
  await answers().updateOne({ _id: 'answer-1' as never }, { $set: fields }, { upsert: true });
}

const ANA = shellActor('Ana');

/** As another process changes petitions: nothing that this one keeps is forgotten by it. */
async function elsewhere(change: (petitions: PetitionService) => Promise<void>): Promise<void> {
  const { connection, clock } = campaign;
  const store = createPetitionStore(connection);
  await change(createPetitionService({ store, clock, logger: silentLogger }));
}

type Change = {
  what: string;
  make(): Promise<void>;
  /** pages that must not stay as they were */
  touches: RegExp;
};

const everyPage = /^\/(en|es)(\/|$)/;

const CHANGES: Change[] = [
  {
    what: 'the campaign record',
    touches: everyPage,
    make: async () => {
      const campaigns = campaign.connection.collection('campaign');
      const legalName = 'Paso Seguro A.C.';
      const fields = {
        legalName,
        postalAddress: 'Calle 1',
        contactEmail: 'a@b.example',
        privacyEmail: 'c@d.example',
      };
      await campaigns.updateOne({ _id: 'campaign' as never }, { $set: fields }, { upsert: true });
    },
  },
  {
    what: 'a letter of the campaign record',
    touches: everyPage,
    make: () => swap('campaign', 'campaign', 'legalName'),
  },
  {
    what: "an office's name",
    touches: /\/offices(\/us-dhs-secretary)?$|\/demands$|\/by-hand/,
    make: async () => {
      await swap('offices', OFFICE, 'name.en');
      await swap('offices', OFFICE, 'name.es');
    },
  },
  {
    what: "the petition's title, equally long",
    touches: /^\/(en|es)$|\/petitions\/[^/]+(\/demands|\/packs|\/by-hand)?$|^\/api\/petitions(\/[^/]+)?$/,
    make: async () => {
      await swap('petitions', SLUG, 'texts.en.title');
      await swap('petitions', SLUG, 'texts.es.title');
    },
  },
  {
    what: "the petition's body, equally long",
    touches: /^\/(en|es)\/petitions\/[^/]+$/,
    make: async () => {
      await swap('petitions', SLUG, 'texts.en.body.0');
      await swap('petitions', SLUG, 'texts.es.body.0');
    },
  },
  {
    what: 'an answer of an office, published,',
    touches: /\/offices(\/us-dhs-secretary)?$|\/demands$/,
    make: () => publish('We look into it.'),
  },
  {
    what: 'the text of an answer, equally long,',
    touches: /\/offices\/us-dhs-secretary$/,
    make: () => publish('It look into We.'),
  },
  {
    what: 'an answer that is set aside again',
    touches: /\/offices\/us-dhs-secretary$|\/demands$/,
    make: async () => {
      await answers().updateOne({ _id: 'answer-1' as never }, { $set: { setAside: { by: 'Ana' } } });
    },
  },
  {
    what: 'a figure of a fact',
    touches: /^\/(en|es)\/petitions\/[^/]+$/,
    make: changeFigures,
  },
  {
    what: 'signing, which is paused by a command,',
    touches: /^\/(en|es)$|^\/(en|es)\/petitions\/[^/]+$|^\/api\/petitions(\/[^/]+)?$/,
    make: () => elsewhere((petitions) => petitions.pausePetition(SLUG, ANA)),
  },
  {
    what: 'the petition, which is taken down by a command,',
    touches: /^\/(en|es)$|\/petitions\/[^/]+(\/demands|\/packs|\/by-hand)?$|^\/api\/petitions/,
    make: () => elsewhere((petitions) => petitions.takeDown(SLUG, ANA, 'a mistake')),
  },
  {
    what: 'the petition, which is brought back and resumed,',
    touches: /^\/(en|es)$|\/petitions\/[^/]+(\/demands|\/packs|\/by-hand)?$|^\/api\/petitions/,
    make: () =>
      elsewhere(async (petitions) => {
        await petitions.bringBack(SLUG, ANA);
        await petitions.resumePetition(SLUG, ANA);
      }),
  },
  {
    what: 'the count',
    touches: /^\/(en|es)$|^\/(en|es)\/petitions\/[^/]+$|^\/api\/petitions/,
    make: async () => {
      await campaign.addSupporter('luz@home.example');
      await campaign.count();
    },
  },
];

describe('the cached pages', () => {
  test('are those of every area, in both languages', () => {
    for (const path of [
      '',
      '/privacy',
      '/offices',
      `/offices/${OFFICE}`,
      '/check-message',
      '/check-your-email',
    ])
      expect(cached).toEqual(expect.arrayContaining([`/en${path}`, `/es${path}`]));
    for (const path of ['', '/demands', '/packs', '/by-hand', `/by-hand/${OFFICE}`])
      expect(cached).toContain(`/es/petitions/${SLUG}${path}`);
    expect(cached).toEqual(
      expect.arrayContaining(['/api/petitions', `/api/petitions/${SLUG}`, `/api/petitions/${SLUG}/count`]),
    );
  });

  test.each(CHANGES)('are right five seconds after $what changes', async ({ make, touches }) => {
    const before = new Map(await read(campaign.app));
    await make();
    campaign.clock.advance(5_000);
    const after = await read(campaign.app);
    expect(after).toEqual(await readAnew());
    const touched = after.filter(([url]) => touches.test(url));
    expect(touched.length).toBeGreaterThan(1);
    expect(touched.filter(([url, body]) => body === before.get(url))).toEqual([]);
  });
});
