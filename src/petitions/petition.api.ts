import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { isOpen, type Petition } from './petition.ts';

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
    texts: z.object({ en: Text, es: Text }),
    offices: z.array(z.string()).describe('ids of the offices that are asked'),
    count: Count,
  })
  .meta({ id: 'Petition' });

const Petitions = z.object({ petitions: z.array(PetitionSummary) });

type TotalOf = (petitionId: string) => Promise<{ count: number; seq: number; at: Date | null }>;

/** Public JSON, without key; parsing the answers through their schema keeps anything else out of them. */
export function registerPetitionApi(
  app: FastifyInstance,
  deps: {
    listPetitions(): Promise<readonly Petition[]>;
    getPetition(slug: string): Promise<Petition>;
    getCount: TotalOf;
    publicUrl: string;
    now(): Date;
  },
): void {
  const { listPetitions, getPetition, getCount, publicUrl, now } = deps;

  async function count(slug: string): Promise<z.output<typeof Count>> {
    const found = await getCount(slug);
    return Count.parse({ ...found, at: found.at?.toISOString() ?? null });
  }

  async function summary(petition: Petition): Promise<z.output<typeof PetitionSummary>> {
    return PetitionSummary.parse({
      slug: petition._id,
      isOpen: isOpen(petition, now()),
      texts: petition.texts,
      offices: petition.officeIds,
      count: await count(petition._id),
    });
  }

  // Not async: it is run for every request, and a promise for each costs the cached pages a tenth of their rate.
  app.addHook('onRequest', (request, reply, done) => {
    if (request.url.startsWith('/api/')) {
      reply.headers({ 'access-control-allow-origin': '*', 'cache-control': 'public, max-age=0, s-maxage=2' });
    }
    done();
  });

  app.get('/api/petitions', async () => {
    const petitions = await listPetitions();
    return Petitions.parse({ petitions: await Promise.all(petitions.map(summary)) });
  });

  app.get<{ Params: { slug: string } }>('/api/petitions/:slug', async (request) =>
    summary(await getPetition(request.params.slug)),
  );

  app.get<{ Params: { slug: string } }>('/api/petitions/:slug/count', async (request) => {
    const petition = await getPetition(request.params.slug);
    return count(petition._id);
  });

  app.get('/api/openapi.json', async () => openApi(publicUrl));
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
