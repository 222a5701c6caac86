import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  createJsonSchemaTransform,
  createJsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import * as z from 'zod';
import type { PageCache } from '../web/page-cache.ts';
import type { PetitionService } from './petition.service.ts';
import { isOpen, type Petition, phaseOf } from './petition.ts';
import type { Counts } from './shown-tally.ts';

/** The document names these alone: the package would list every schema with an id in the process. */
const named = z.registry<{ id: string }>();

const Count = z
  .object({
    count: z.int().describe('confirmed signatures, exact'),
    seq: z.int().describe('the ledger entry that the count stands at'),
    at: z.iso.datetime().nullable().describe('time of that entry'),
  })
  .register(named, { id: 'Count' });

const Text = z.object({ title: z.string(), summary: z.string() });

const PetitionSummary = z
  .object({
    slug: z.string(),
    isOpen: z.boolean(),
    phase: z
      .enum(['upcoming', 'open', 'paused', 'closed'])
      .describe('before it opens, open for signatures, at rest for a while, or closed for good'),
    opensAt: z.iso.datetime(),
    closesAt: z.iso.datetime().nullable().describe('when it closes or closed; null while no end is set'),
    texts: z.object({ en: Text, es: Text }),
    offices: z.array(z.string()).describe('ids of the offices that are asked'),
    count: Count,
  })
  .register(named, { id: 'Petition' });

const Petitions = z.object({ petitions: z.array(PetitionSummary) });

/** RFC 9457 */
const Problem = z
  .object({ type: z.string(), title: z.string(), status: z.int(), code: z.string() })
  .register(named, { id: 'Problem' });

const SlugParams = z.object({ slug: z.string().min(1) });
type Slug = { Params: z.output<typeof SlugParams> };
const notFound = {
  description: 'No such petition',
  content: { 'application/problem+json': { schema: Problem } },
};

const EVERY = {
  schema: { summary: 'Every petition with its count', response: { 200: Petitions } },
} as const;
const ONE = {
  schema: {
    summary: 'One petition with its count',
    params: SlugParams,
    response: { 200: PetitionSummary, 404: notFound },
  },
} as const;
const COUNT = {
  schema: { summary: 'The count alone', params: SlugParams, response: { 200: Count, 404: notFound } },
} as const;

type ApiDeps = Pick<PetitionService, 'listPetitions' | 'getPetition'> & {
  tallies: Pick<Counts, 'getCount' | 'knownAt'>;
  cache: PageCache;
  publicUrl: string;
  now(): Date;
  answerNotFound(request: FastifyRequest, reply: FastifyReply): unknown;
};

/** The scope of programs, at `/api`: any site may read it, and its document is made from its routes. */
export async function petitionApi(api: FastifyInstance, deps: ApiDeps): Promise<void> {
  api.setValidatorCompiler(validatorCompiler);
  api.setSerializerCompiler(serializerCompiler);
  // The answers of the cache carry their headers with them: this is for what does not come out of it, such as a 404.
  api.addHook('onRequest', (_request, reply, done) => {
    reply.header('access-control-allow-origin', '*');
    done();
  });
  api.setNotFoundHandler((request, reply) => deps.answerNotFound(request, reply));
  await api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Safe Passage', version: '1' },
      servers: [{ url: deps.publicUrl }],
    },
    transform: createJsonSchemaTransform({ schemaRegistry: named }),
    transformObject: nameAnswers,
  });
  registerPetitions(api, deps);
  api.get('/openapi.json', { schema: { hide: true } }, (request, reply) =>
    deps.cache.sendJson(request, reply, '/api/openapi.json', async () => ({ body: api.swagger() })),
  );
}

const nameSchemas = createJsonSchemaTransformObject({ schemaRegistry: named });

/** The schemas are of answers: the package names each as an input too, to which nothing refers. */
function nameAnswers(document: Parameters<typeof nameSchemas>[0]): ReturnType<typeof nameSchemas> {
  const whole = nameSchemas(document);
  const schemas = ('components' in whole && whole.components?.schemas) || {};
  for (const id of Object.keys(schemas)) if (id.endsWith('Input')) delete schemas[id];
  return whole;
}

/** Public JSON, without key; parsing the answers through their schema keeps anything else out of them. */
function registerPetitions(api: FastifyInstance, deps: ApiDeps): void {
  const { listPetitions, getPetition, tallies, cache, now } = deps;

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

  api.get('/petitions', EVERY, (request, reply) =>
    cache.sendJson(request, reply, '/api/petitions', async () => {
      const petitions = await Promise.all((await listPetitions()).map(summary));
      return { body: Petitions.parse({ petitions }), knownAt: tallies.knownAt() };
    }),
  );

  api.get<Slug>('/petitions/:slug', ONE, (request, reply) => {
    const { slug } = request.params;
    return cache.sendJson(request, reply, `/api/petitions/${slug}`, async () => ({
      body: await summary(await getPetition(slug)),
      knownAt: tallies.knownAt(),
    }));
  });

  api.get<Slug>('/petitions/:slug/count', COUNT, (request, reply) => {
    const { slug } = request.params;
    return cache.sendJson(request, reply, `/api/petitions/${slug}/count`, async () => ({
      body: await count((await getPetition(slug))._id),
      knownAt: tallies.knownAt(),
    }));
  });
}
