import type { FastifyInstance } from 'fastify';
import type { CampaignService } from '../campaign/campaign.service.ts';
import { siteNameOf } from '../campaign/campaign.ts';
import { HEADER_MAX, messageIdIn } from '../deliveries/message-id.ts';
import type { Infra } from '../infra.ts';
import { AppError } from '../lib/errors.ts';
import type { Locale } from '../lib/locales.ts';
import { cleanText } from '../lib/text/text.ts';
import { paths } from '../lib/urls.ts';
import type { OfficesRoom } from '../offices/offices.room.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { petitionText } from '../petitions/petition.ts';
import type { PageOptions } from '../web/pages.ts';
import { readQuery, SLUG, type SlugParams } from '../web/params.ts';
import { checkMessageView } from './check-message.view.ts';
import type { RecordService } from './offices-page.service.ts';
import type { RecordInput, RecordViews } from './offices-page.view.ts';

type Slug = { Params: SlugParams };

/** What everybody may see of the offices: the list, each office, and the table of demands. */
export function registerRecordRoutes(
  app: FastifyInstance,
  deps: Pick<Infra, 'translator' | 'clock'> &
    Pick<OfficesRoom, 'listKnownOffices'> & {
      record: RecordService;
      petitions: Pick<PetitionService, 'listPetitions' | 'getPetition'>;
      views: RecordViews;
    },
): void {
  const { record, listKnownOffices, petitions, views, translator, clock } = deps;
  const { t } = translator;

  async function inputFor(locale: Locale): Promise<RecordInput> {
    const [offices, all, known] = await Promise.all([
      listKnownOffices(),
      petitions.listPetitions(),
      record.getRecord(),
    ]);
    return { offices, petitions: all, record: known, locale, now: clock.now() };
  }

  app.get('/offices', (request, reply) => {
    const { locale } = request;
    const path = paths.offices(locale);
    return reply.cachedPage(path, async () => ({
      page: 'offices',
      frame: {
        locale,
        path,
        title: t(locale, 'record.offices.title'),
        description: t(locale, 'record.offices.description'),
      },
      view: { offices: views.officeCards(await inputFor(locale)) },
    }));
  });

  app.get<Slug>('/offices/:slug', SLUG, (request, reply) => {
    const { locale } = request;
    const path = paths.office(locale, request.params.slug);
    return reply.cachedPage(path, async () => {
      const input = await inputFor(locale);
      const office = input.offices.find(({ _id }) => _id === request.params.slug);
      if (!office) throw new AppError('OFFICE_NOT_FOUND');
      const name = office.name[locale];
      const description = t(locale, 'record.office.description', { name });
      const frame = { locale, path, title: name, description };
      return { page: 'office', frame, view: views.officeView(office, input) };
    });
  });

  app.get<Slug>('/petitions/:slug/demands', SLUG, (request, reply) => {
    const { locale } = request;
    const path = paths.demands(locale, request.params.slug);
    return reply.cachedPage(path, async () => {
      const petition = await petitions.getPetition(request.params.slug);
      const frame = {
        locale,
        path,
        title: t(locale, 'record.demands.title', { title: petitionText(petition, locale).title }),
        description: t(locale, 'record.demands.description'),
      };
      return { page: 'demands', frame, view: views.demandsView(petition, await inputFor(locale)) };
    });
  });
}

/** Where an office's IT staff ask whether a mail is ours. What was asked is kept nowhere. */
export function registerCheckMessageRoutes(
  app: FastifyInstance,
  deps: Pick<Infra, 'translator'> &
    Pick<RecordService, 'findMessage'> &
    Pick<OfficesRoom, 'listKnownOffices'> &
    Pick<PetitionService, 'findPetition'> &
    Pick<CampaignService, 'getCampaign'>,
): void {
  const { findMessage, listKnownOffices, findPetition, getCampaign, translator } = deps;
  const frame = (locale: Locale): PageOptions => ({
    locale,
    path: paths.checkMessage(locale),
    title: translator.t(locale, 'check-message.title'),
    description: translator.t(locale, 'check-message.description'),
  });

  app.get('/check-message', async (request, reply) => {
    const { locale } = request;
    const { id = '' } = readQuery(request);
    if (id.trim() === '') {
      return reply.cachedPage(paths.checkMessage(locale), async () => ({
        page: 'check-message',
        frame: frame(locale),
        view: checkMessageView(translator, locale),
      }));
    }
    const messageId = messageIdIn(cleanText(id.slice(0, HEADER_MAX)));
    const found = await lookUp(messageId, locale);
    const view = checkMessageView(translator, locale, {
      typed: id,
      isReadable: messageId !== undefined,
      ...(found && { found }),
    });
    return reply.page({ page: 'check-message', frame: frame(locale), view });
  });

  async function lookUp(messageId: string | undefined, locale: Locale) {
    const [sent, offices] = await Promise.all([findMessage(messageId), listKnownOffices()]);
    const petition = await findPetition(sent?.petitionId ?? '');
    const office = offices.find(({ _id }) => _id === sent?.officeId);
    const siteName = siteNameOf(await getCampaign(), translator, locale);
    return sent && petition && office ? { sent, petition, office, siteName } : undefined;
  }
}
