import type { FastifyInstance } from 'fastify';
import type { Audit } from '../audit/audit.service.ts';
import { organiserOf } from '../lib/actor.ts';
import { AppError } from '../lib/errors.ts';
import { formatDay } from '../lib/format.ts';
import type { Translator } from '../lib/i18n.ts';
import { PAPERS } from '../lib/pdf/pdf.ts';
import { paths } from '../lib/urls.ts';
import { type Act, defineAct } from '../organisers/act.form.ts';
import { type ActPages, registerActs } from '../organisers/act.page.ts';
import { HOME } from '../organisers/visit.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { type Petition, petitionText } from '../petitions/petition.ts';
import { HandingIn, PackAnswer } from './pack.schema.ts';
import type { PackService } from './pack.service.ts';
import { type HandedIn, type Pack, packFile } from './pack.ts';

type PackSeen = { petition: Petition; pack: Pack; handedIn: readonly HandedIn[] };
const PACKS = `${HOME}/packs`;

export type PacksAdminDeps = {
  packs: PackService;
  petitions: Pick<PetitionService, 'listPetitions' | 'getPetition'>;
  namesByRef(): Promise<Map<string, string>>;
  audit: Audit;
  translator: Translator;
};

/** Papers that a law obliges an office to answer: printed, handed in, answered; what `pack` does at the shell. */
export function registerPacksAdmin(scope: FastifyInstance, deps: PacksAdminDeps): void {
  const { packs, petitions, namesByRef, audit, translator } = deps;

  async function listSeen(petition: Petition): Promise<PackSeen[]> {
    const [all, handedIn] = await Promise.all([
      packs.listPacks(petition._id),
      packs.listHandedIn(petition._id),
    ]);
    return all.map((pack) => ({
      petition,
      pack,
      handedIn: handedIn.filter(({ officeId }) => officeId === pack.officeId),
    }));
  }

  /** @throws PAGE_NOT_FOUND */
  async function find(ref: string): Promise<PackSeen> {
    const [petitionId = '', officeId] = ref.split(':');
    const petition = (await petitions.listPetitions()).find(({ _id }) => _id === petitionId);
    const found = petition && (await listSeen(petition)).find(({ pack }) => pack.officeId === officeId);
    if (!found) throw new AppError('PAGE_NOT_FOUND');
    return found;
  }
  const refOf = ({ petition, pack }: PackSeen) => `${petition._id}:${pack.officeId}`;
  const pages: ActPages<PackSeen> = {
    path: '/packs/:ref',
    acts: packActs(packs),
    groups: {},
    find,
    refOf,
    nameOf: ({ pack }, locale) => pack.office.name[locale],
    audit,
    translator,
  };

  scope.get('/packs', async (request, reply) => {
    const { locale } = request.visit;
    const { done } = request.query as { done?: unknown };
    const [all, names] = await Promise.all([petitions.listPetitions(), namesByRef()]);
    const seen = await Promise.all(all.map(listSeen));
    const nameOf = (by: string) => names.get(organiserOf(by) ?? '') ?? by;
    const view = {
      ...(done === 'saved' && { done: translator.t(locale, 'console.saved') }),
      petitions: seen
        .filter(({ length }) => length > 0)
        .map((own) => ({
          title: own[0] ? petitionText(own[0].petition, locale).title : '',
          byHandHref: own[0] && paths.byHand(locale, own[0].petition._id),
          packs: own.map((one) => ({
            office: one.pack.office.name[locale],
            kind: translator.t(locale, `console.pack.kind.${one.pack.kind}`),
            files: PAPERS.map((paper) => ({
              href: paths.packFile(locale, one.petition._id, packFile(one.pack, paper)),
              label: translator.t(locale, `console.pack.paper.${paper}`),
            })),
            handedInHref: `${PACKS}/${encodeURIComponent(refOf(one))}/handed-in`,
            ...(one.handedIn.some(({ answered }) => !answered) && {
              answeredHref: `${PACKS}/${encodeURIComponent(refOf(one))}/answered`,
            }),
            handedIn: one.handedIn.map(({ on, folio, answered, recordedBy }) => ({
              folio,
              on: formatDay(on, locale),
              by: nameOf(answered?.recordedBy ?? recordedBy),
              ...(answered && {
                answered: translator.t(locale, 'console.pack.answeredOn', {
                  day: formatDay(answered.on, locale),
                }),
              }),
            })),
          })),
        })),
    };
    return reply.show({ page: 'packs', title: translator.t(locale, 'console.packs.title'), view });
  });

  // Back from a form: all packs are on one page.
  scope.get('/packs/:ref', async (request, reply) =>
    reply.redirect('done' in (request.query as object) ? `${PACKS}?done=saved` : PACKS, 303),
  );
  registerActs(scope, pages);
}

function packActs(packs: PackService): Record<string, Act<PackSeen>> {
  const act = defineAct<PackSeen>();
  return {
    'handed-in': act({
      act: 'pack handed-in',
      key: 'console.pack.handedIn',
      fields: () => [
        { name: 'on', type: 'date', key: 'handedInOn' },
        { name: 'folio', type: 'text' },
      ],
      schema: HandingIn,
      changes: (_, { on }) => [{ field: 'handed in', to: on }],
      run: ({ petition, pack }, given, actor) =>
        packs.recordHandedIn(actor, petition._id, pack.officeId, given),
    }),
    answered: act({
      act: 'pack answered',
      key: 'console.pack.answered',
      can: ({ handedIn }) => handedIn.some(({ answered }) => !answered),
      fields: ({ handedIn }) => [
        {
          name: 'folio',
          type: 'select',
          key: 'whichFolio',
          options: handedIn
            .filter(({ answered }) => !answered)
            .map(({ folio, on }) => ({ value: folio, label: `${folio} (${on})`, isChosen: false })),
        },
        { name: 'on', type: 'date', key: 'answeredOn' },
      ],
      schema: PackAnswer,
      changes: (_, { on }) => [{ field: 'answered', to: on }],
      run: ({ petition, pack }, given, actor) =>
        packs.recordAnswered(actor, petition._id, pack.officeId, given),
    }),
  };
}
