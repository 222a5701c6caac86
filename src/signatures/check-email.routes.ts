import type { FastifyInstance } from 'fastify';
import { parseEmailAddress } from '../lib/email-address.ts';
import type { Translator } from '../lib/i18n.ts';
import { domainOf } from '../lib/misspelt-address.ts';
import { paths } from '../lib/urls.ts';
import type { Petition } from '../petitions/petition.ts';
import { readQuery } from '../web/params.ts';
import { providerOf } from './mail-provider.ts';

/** Links to an address hold nothing longer (RFC 1035). */
const DOMAIN_MAX = 253;

/**
 * Where everybody is led who signed: the same page for every address of a domain (law 3). What stands in the query is
 * anybody's: a domain is shown as text and leads nowhere, and only a large provider's own mail is linked to.
 */
export function registerCheckEmailRoutes(
  app: FastifyInstance,
  deps: { getPetition(slug: string): Promise<Petition>; translator: Translator },
): void {
  const { getPetition, translator } = deps;

  /** The petition to go back to, where there is one of that name and the database says so. */
  async function slugOf(typed = ''): Promise<string | undefined> {
    if (!/^[a-z0-9-]{1,100}$/.test(typed)) return undefined;
    return getPetition(typed).then(
      ({ _id }) => _id,
      () => undefined,
    );
  }

  app.get('/check-your-email', async (request, reply) => {
    const { locale } = request;
    const query = readQuery(request);
    const at = readDomain(query.at);
    const slug = await slugOf(query.petition);
    const provider = at === undefined ? undefined : providerOf(at);
    const path = paths.checkYourEmail(locale, { at, slug });
    const page = 'check-your-email';
    const view = { at, provider, correctPath: slug && `${paths.petition(locale, slug)}#sign` };
    const frame = { locale, path, title: translator.t(locale, 'check.title') };
    // Made-up domains would fill the cache with a page each.
    if (at && !provider) return reply.page({ page, frame: { ...frame, isPrivate: false }, view });
    return reply.cachedPage(path, async () => ({ page, frame, view }));
  });
}

function readDomain(typed = ''): string | undefined {
  if (typed.length > DOMAIN_MAX) return undefined;
  const address = parseEmailAddress(`a@${typed}`);
  return address ? domainOf(address.mailTo) : undefined;
}
