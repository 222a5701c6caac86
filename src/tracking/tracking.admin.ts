import type { FastifyInstance, FastifyRequest } from 'fastify';
import { toCsv } from '../lib/csv.ts';
import { AppError } from '../lib/errors.ts';
import { formatNumber } from '../lib/format.ts';
import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { HOME } from '../organisers/visit.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { type Petition, petitionText } from '../petitions/petition.ts';
import { tablesOf } from './tables.view.ts';
import { TrackingQuery } from './tracking.schema.ts';
import type { Look, Tracking } from './tracking.service.ts';
import { paceText, trackingView } from './tracking.view.ts';

export const TRACKING = `${HOME}/tracking`;
/** How often an open page looks again: the sums behind it are some seconds old. */
const REFRESH_SECONDS = 20;

type Deps = {
  tracking: Tracking;
  petitions: Pick<PetitionService, 'getPetition' | 'listPetitions'>;
  translator: Translator;
  getZone(): Promise<string>;
};
type Asked = FastifyRequest<{ Params: { slug: string; file?: string } }>;

/** Numbers of each petition: curves, sources, places, what is compared with what; each with a table and a file. */
export function registerTracking(scope: FastifyInstance, deps: Deps): void {
  const { tracking, petitions, translator, getZone } = deps;

  scope.get('/tracking', async (request, reply) => {
    const { locale } = request.visit;
    const [all, zone] = await Promise.all([petitions.listPetitions(), getZone()]);
    const lines = await tracking.getOverview(all.map(({ _id }) => _id));
    const titles = titlesOf(all, locale);
    const view = {
      refreshSeconds: REFRESH_SECONDS,
      petitions: lines.map(({ petitionId, total, waiting, lastDay, lastWeek, pace }) => ({
        title: titles.get(petitionId),
        href: `${TRACKING}/${petitionId}`,
        cells: [total, lastDay, lastWeek, waiting].map((value) => formatNumber(value, locale)),
        pace: paceText(translator, pace, { locale, zone }),
      })),
    };
    return reply.show({ page: 'tracking', title: translator.t(locale, 'tracking.title'), view });
  });

  async function read(request: Asked) {
    const { locale } = request.visit;
    const petition = await getKnown(petitions, request.params.slug);
    const query = TrackingQuery.parse(request.query);
    const zone = query.zone ?? (await getZone());
    const all = await petitions.listPetitions();
    const titles = titlesOf(all, locale);
    const other = all.find(({ _id }) => _id === query.against && _id !== petition._id);
    const against = againstOf(query, other?._id);
    const board = await tracking.getDashboard(petition._id, {
      span: query.span,
      zone,
      to: query.to,
      ...(against && { against }),
    });
    const otherName = against && (other ? titles.get(other._id) : otherText(query, locale));
    return { petition, query, board, titles, otherName, reader: { locale, zone } };
  }

  const otherText = (query: TrackingQuery, locale: Locale) =>
    translator.t(locale, query.against === 'period' ? 'tracking.other.period' : 'tracking.other.before');

  scope.get<{ Params: { slug: string } }>('/tracking/:slug', async (request, reply) => {
    const { petition, query, board, titles, otherName, reader } = await read(request);
    const { title: name } = petitionText(petition, reader.locale);
    const path = `${TRACKING}/${petition._id}`;
    const view = {
      name,
      listHref: TRACKING,
      refreshSeconds: REFRESH_SECONDS,
      ...trackingView(translator, board, reader, { query, path, titles, otherName }),
    };
    const title = translator.t(reader.locale, 'tracking.of', { title: name });
    return reply.show({ page: 'tracking-petition', title, view });
  });

  scope.get<{ Params: { slug: string; file: string } }>('/tracking/:slug/:file', async (request, reply) => {
    const { board, reader, petition } = await read(request);
    const { file } = request.params;
    const table = tablesOf(translator, board, reader).find(({ id }) => file === `${id}.csv`);
    if (!table) throw new AppError('PAGE_NOT_FOUND');
    const rows = table.rows.map(({ label, values }) => [
      label,
      ...values.map((value) => String(value ?? '')),
    ]);
    const disposition = `attachment; filename="${petition._id}-${file}"`;
    return reply
      .headers({ 'cache-control': 'no-store', 'content-disposition': disposition })
      .type('text/csv; charset=utf-8')
      .send(toCsv(table.columns, rows));
  });
}

/** One that is not there is answered like any page that is not. */
async function getKnown({ listPetitions }: Deps['petitions'], slug: string): Promise<Petition> {
  const found = (await listPetitions()).find(({ _id }) => _id === slug);
  if (!found) throw new AppError('PAGE_NOT_FOUND');
  return found;
}

function titlesOf(petitions: readonly Petition[], locale: Locale): Map<string, string> {
  return new Map(petitions.map((one) => [one._id, petitionText(one, locale).title]));
}

function againstOf({ against, otherTo }: TrackingQuery, petitionId?: string): Look['against'] {
  if (petitionId) return { petitionId };
  if (against === 'before') return {};
  return against === 'period' && otherTo ? { to: otherTo } : undefined;
}
