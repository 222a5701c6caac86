import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Audit } from '../audit/audit.service.ts';
import type { Infra } from '../infra.ts';
import { isAppError } from '../lib/errors.ts';
import { readForm } from '../lib/form-faults.ts';
import { isLocale, LOCALES, type Locale } from '../lib/locales.ts';
import { absoluteUrl, paths } from '../lib/urls.ts';
import type { Office } from '../offices/office.ts';
import type { OfficesRoom } from '../offices/offices.room.ts';
import { actorOf } from '../organisers/visit.ts';
import { CONSOLE_HEADERS } from '../web/security.ts';
import type { DraftLinks } from './draft-link.service.ts';
import type { ShowPetition } from './petition.admin.ts';
import { RevokeForm } from './petition.schema.ts';
import type { PetitionService } from './petition.service.ts';
import { type Petition, petitionText } from './petition.ts';
import { PETITIONS, pageOf } from './petition-admin.view.ts';
import type { PetitionEditing } from './petition-editing.service.ts';

type Ref = { Params: { ref: string } };
type Text = { subject: string; text: string };
export type Previews = {
  /** HTML of the public page */
  page(petition: Petition, locale: Locale): Promise<string>;
  mail(petition: Petition, locale: Locale): Promise<Text>;
  digest(petition: Petition, office: Office): Promise<Text>;
};
type Deps = Pick<Infra, 'translator'> &
  Pick<OfficesRoom, 'listKnownOffices'> & {
    petitions: PetitionService;
    editing: PetitionEditing;
    draftLinks: DraftLinks;
    audit: Audit;
    previews: Previews;
    show: ShowPetition;
    publicUrl: string;
  };

/** What is done with a draft besides writing it: looked at, shown to others, deleted. */
export function registerPetitionDraftAdmin(scope: FastifyInstance, deps: Deps): void {
  const { petitions, editing, draftLinks, audit, previews, translator, show, publicUrl } = deps;

  scope.post<Ref>('/petitions/:ref/delete', async (request, reply) => {
    const { ref } = request.params;
    const petition = await petitions.getPetition(ref);
    const actor = actorOf(request.visit);
    try {
      await audit.record(actor, { act: 'petition draft delete', of: [ref] }, () =>
        editing.deleteDraft(actor, ref),
      );
    } catch (error) {
      return conflict(request, reply, petition, error);
    }
    return reply.redirect(`${PETITIONS}?done=deleted`, 303);
  });

  /** The link is shown on this answer alone: nothing here keeps it. */
  scope.post<Ref>('/petitions/:ref/links', async (request, reply) => {
    const { ref } = request.params;
    const petition = await petitions.getPetition(ref);
    const actor = actorOf(request.visit);
    try {
      const token = await audit.record(actor, { act: 'petition draft link', of: [ref] }, () =>
        draftLinks.create(ref, actor),
      );
      const links = LOCALES.map((locale) => absoluteUrl(publicUrl, paths.draft(locale, token)));
      return show(request, reply, petition, { links });
    } catch (error) {
      return conflict(request, reply, petition, error);
    }
  });

  scope.post<Ref>('/petitions/:ref/links/revoke', async (request, reply) => {
    const { ref } = request.params;
    await petitions.getPetition(ref);
    const form = readForm(RevokeForm, request.body);
    if (form.ok) {
      const intent = { act: 'petition draft link end', of: [ref] };
      await audit.record(actorOf(request.visit), intent, () => draftLinks.revoke(ref, form.value.link));
    }
    return reply.redirect(`${pageOf(ref)}?done=linkEnded`, 303);
  });

  function conflict(request: FastifyRequest, reply: FastifyReply, petition: Petition, error: unknown) {
    if (!isAppError(error, 'PETITION_STATE_CONFLICT')) throw error;
    const problem = translator.t(request.visit.locale, 'console.petition.conflict');
    return show(request, reply, petition, { problem, status: 409 });
  }

  scope.get<Ref>('/petitions/:ref/preview', async (request, reply) => {
    const { locale } = request.visit;
    const petition = await petitions.getPetition(request.params.ref);
    const offices = (await deps.listKnownOffices()).filter(({ _id }) => petition.officeIds.includes(_id));
    const { office: asked } = request.query as { office?: string };
    const office = offices.find(({ _id }) => _id === asked) ?? offices[0];
    const path = `${pageOf(petition._id)}/preview`;
    const view = {
      back: pageOf(petition._id),
      petitionTitle: petitionText(petition, locale).title,
      pages: LOCALES.map((one) => ({
        href: `${path}/page?locale=${one}`,
        label: translator.t(locale, `console.petition.public.${one}`),
      })),
      mails: await Promise.all(
        LOCALES.map(async (one) => ({ lang: one, ...(await previews.mail(petition, one)) })),
      ),
      offices: offices.map(({ _id, name }) => ({
        href: `${path}?office=${_id}#digest`,
        label: name[locale],
        isShown: _id === office?._id,
      })),
      ...(office && {
        digest: { lang: office.language, ...(await previews.digest(petition, office)) },
      }),
    };
    return reply.show({
      page: 'petition-preview',
      title: translator.t(locale, 'console.petition.preview'),
      view,
    });
  });

  scope.get<Ref>('/petitions/:ref/preview/page', async (request, reply) => {
    const petition = await petitions.getPetition(request.params.ref);
    const { locale } = request.query as { locale?: string };
    const html = await previews.page(petition, isLocale(locale) ? locale : request.visit.locale);
    return reply.headers(CONSOLE_HEADERS).type('text/html; charset=utf-8').send(html);
  });
}
