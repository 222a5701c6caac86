import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { PageCache } from '../web/page-cache.ts';
import { isOpen, type Petition, phaseOf } from './petition.ts';
import type { Counts } from './shown-tally.ts';

const Count = z
  .object({
    count: z.int().describe('confirmed signatures, exact'),
    seq: z.int().describe('the ledger entry that the count stands at'),
    at: z.iso.datetime().nullable().describe('time of that entry'),
  })
  .meta({ id: 'Count' });

const Text = z.object({ title: z.string(), summary: z.string() });

const PetitionSummary = z
  .object({
    slug: z.string(),
    isOpen: z.boolean(),
    phase: z
      .enum(['upcoming', 'open', 'closed'])
      .describe('before it opens, open for signatures, or closed for good'),
    opensAt: z.iso.datetime(),
    closesAt: z.iso.datetime().nullable().describe('when it closes or closed; null while no end is set'),
    texts: z.object({ en: Text, es: Text }),
    offices: z.array(z.string()).describe('ids of the offices that are asked'),
    count: Count,
  })
  .meta({ id: 'Petition' });

type Slug = { Params: { slug: string } };

const Petitions = z.object({ petitions: z.array(PetitionSummary) });

/** Public JSON, without key; parsing the answers through their schema keeps anything else out of them. */
export function registerPetitionApi(
  app: FastifyInstance,
  deps: {
    listPetitions(): Promise<readonly Petition[]>;
    getPetition(slug: string): Promise<Petition>;
    tallies: Pick<Counts, 'getCount' | 'knownAt'>;
    cache: PageCache;
    publicUrl: string;
    now(): Date;
  },
): void {
  const { listPetitions, getPetition, tallies, cache, publicUrl, now } = deps;

  async function count(slug: string): Promise<z.output<typeof Count>> {
    const found = await tallies.getCount(slug);
    return Count.parse({ ...found, at: found.at?.toISOString() ?? null });
  }

  async function summary(petition: Petition): Promise<z.output<typeof PetitionSummary>> {
    return PetitionSummary.parse({
      slug: petition._id,
      isOpen: isOpen(petition, now()),
      phase: phaseOf(petition, now()),
      opensAt: petition.opensAt.toISOString(),
      closesAt: petition.closesAt?.toISOString() ?? null,
      texts: petition.texts,
      offices: petition.officeIds,
      count: await count(petition._id),
    });
  }

  // The answers of the cache carry their headers with them: this is for what does not come out of it, such as a 404.
  app.addHook('onSend', (request, reply, payload, done) => {
    if (request.url.startsWith('/api/')) reply.header('access-control-allow-origin', '*');
    done(null, payload);
  });

  app.get('/api/petitions', (request, reply) =>
    cache.sendJson(request, reply, '/api/petitions', async () => {
      const petitions = await Promise.all((await listPetitions()).map(summary));
      return { body: Petitions.parse({ petitions }), knownAt: tallies.knownAt() };
    }),
  );

  app.get<Slug>('/api/petitions/:slug', (request, reply) => {
    const { slug } = request.params;
    return cache.sendJson(request, reply, `/api/petitions/${slug}`, async () => ({
      body: await summary(await getPetition(slug)),
      knownAt: tallies.knownAt(),
    }));
  });

  app.get<Slug>('/api/petitions/:slug/count', (request, reply) => {
    const { slug } = request.params;
    return cache.sendJson(request, reply, `/api/petitions/${slug}/count`, async () => ({
      body: await count((await getPetition(slug))._id),
      knownAt: tallies.knownAt(),
    }));
  });

  app.get('/api/openapi.json', (request, reply) =>
    cache.sendJson(request, reply, '/api/openapi.json', async () => ({ body: openApi(publicUrl) })),
  );
}

/** OpenAPI 3.1, from the same schemas that the answers are parsed by. */
function openApi(publicUrl: string): Record<string, unknown> {
  const answers = (schema: z.ZodType, summary: string, hasSlug: boolean) => ({
    get: {
      summary,
      ...(hasSlug && {
        parameters: [{ name: 'slug', in: 'path', required: true, schema: { type: 'string' } }],
      }),
      responses: {
        200: { description: summary, content: { 'application/json': { schema: z.toJSONSchema(schema) } } },
        ...(hasSlug && {
          404: {
            description: 'No such petition, as problem+json (RFC 9457)',
            content: { 'application/problem+json': {} },
          },
        }),
      },
    },
  });
  return {
    openapi: '3.1.0',
    info: { title: 'Safe Passage', version: '1' },
    servers: [{ url: publicUrl }],
    paths: {
      '/api/petitions': answers(Petitions, 'Every petition with its count', false),
      '/api/petitions/{slug}': answers(PetitionSummary, 'One petition with its count', true),
      '/api/petitions/{slug}/count': answers(Count, 'The count alone', true),
    },
  };
}
