import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Audit } from '../audit/audit.service.ts';
import type { Infra } from '../infra.ts';
import { isAppError } from '../lib/errors.ts';
import { type FieldErrors, readForm } from '../lib/form-faults.ts';
import { LOCALES } from '../lib/locales.ts';
import { type TypedValues, typedValues } from '../lib/typed.ts';
import { absoluteUrl } from '../lib/urls.ts';
import { consoleForm } from '../organisers/console-form.view.ts';
import { actorOf } from '../organisers/visit.ts';
import type { PetitionReaders } from './petition.admin.ts';
import { ShareForm, ShortForm, WordForm } from './petition.schema.ts';
import type { PetitionService } from './petition.service.ts';
import { type Petition, petitionText } from './petition.ts';
import { pageOf } from './petition-admin.view.ts';
import type { ShortAddresses } from './short-address.service.ts';

type Ref = { Params: { ref: string } };
type Refused = { did: 'address' | 'texts'; errors: FieldErrors; values: TypedValues };
type Deps = Pick<Infra, 'translator'> & {
  petitions: PetitionService;
  shortAddresses: ShortAddresses;
  audit: Audit;
  readers: PetitionReaders;
  publicUrl: string;
};

/** How a petition is passed on: short addresses, and what supporters send beside the link. */
export function registerPetitionSharingAdmin(scope: FastifyInstance, deps: Deps): void {
  const { petitions, shortAddresses, audit, translator, readers, publicUrl } = deps;

  async function show(request: FastifyRequest, reply: FastifyReply, petition: Petition, refused?: Refused) {
    const { locale, mayChange } = await readers(request);
    const t = (key: string) => translator.t(locale, key);
    const path = `${pageOf(petition._id)}/sharing`;
    const { shareTexts = {} } = petition;
    const sent = (did: Refused['did']) => (refused?.did === did ? refused : undefined);
    const view = {
      back: pageOf(petition._id),
      petitionTitle: petitionText(petition, locale).title,
      mayChange,
      removePath: `${path}/remove`,
      addresses: (await shortAddresses.list(petition._id)).map((one) => ({
        word: one._id,
        url: absoluteUrl(publicUrl, `/${one._id}`),
        language: t(`console.petition.in.${one.locale}`),
      })),
      address: consoleForm(translator, locale, {
        action: `${path}/address`,
        submit: 'console.petition.short.add',
        fields: [
          { name: 'shortWord', type: 'text' },
          {
            name: 'shortLocale',
            type: 'choice',
            options: LOCALES.map((one) => ({
              value: one,
              label: t(`console.petition.in.${one}`),
              isChosen: one === locale,
            })),
          },
        ],
        ...sent('address'),
      }),
      texts: consoleForm(translator, locale, {
        action: `${path}/texts`,
        submit: 'console.petition.share.save',
        fields: [
          { name: 'shareEn', type: 'area' },
          { name: 'shareEs', type: 'area' },
        ],
        values: { shareEn: shareTexts.en ?? '', shareEs: shareTexts.es ?? '' },
        ...sent('texts'),
      }),
      isSaved: 'saved' in (request.query as object),
    };
    const title = t('console.petition.sharing');
    return reply.show({ page: 'petition-sharing', title, view, ...(refused && { status: 422 }) });
  }

  const done = (reply: FastifyReply, slug: string) => reply.redirect(`${pageOf(slug)}/sharing?saved`, 303);

  scope.get<Ref>('/petitions/:ref/sharing', async (request, reply) =>
    show(request, reply, await petitions.getPetition(request.params.ref)),
  );

  scope.post<Ref>('/petitions/:ref/sharing/address', async (request, reply) => {
    const petition = await petitions.getPetition(request.params.ref);
    const values = typedValues(request.body);
    const form = readForm(ShortForm, request.body);
    if (!form.ok) return show(request, reply, petition, { did: 'address', errors: form.errors, values });
    const { shortWord, shortLocale } = form.value;
    const actor = actorOf(request.visit);
    const changes = [{ field: 'short address', to: `${shortWord} (${shortLocale})` }];
    try {
      await audit.record(actor, { act: 'petition short address', of: [petition._id], changes }, () =>
        shortAddresses.add(petition._id, shortWord, shortLocale, actor),
      );
    } catch (error) {
      const { field, fault } = isAppError(error, 'INPUT_INVALID') ? error.details : {};
      if (typeof field !== 'string' || typeof fault !== 'string') throw error;
      return show(request, reply, petition, { did: 'address', errors: { [field]: fault }, values });
    }
    return done(reply, petition._id);
  });

  scope.post<Ref>('/petitions/:ref/sharing/remove', async (request, reply) => {
    const { _id } = await petitions.getPetition(request.params.ref);
    const form = readForm(WordForm, request.body);
    if (form.ok) {
      const changes = [{ field: 'short address', from: form.value.word }];
      await audit.record(actorOf(request.visit), { act: 'petition short address', of: [_id], changes }, () =>
        shortAddresses.remove(_id, form.value.word),
      );
    }
    return done(reply, _id);
  });

  scope.post<Ref>('/petitions/:ref/sharing/texts', async (request, reply) => {
    const petition = await petitions.getPetition(request.params.ref);
    const form = readForm(ShareForm, request.body);
    if (!form.ok)
      return show(request, reply, petition, {
        did: 'texts',
        errors: form.errors,
        values: typedValues(request.body),
      });
    const { shareEn: en, shareEs: es } = form.value;
    const actor = actorOf(request.visit);
    const changes = [{ field: 'share texts' }];
    await audit.record(actor, { act: 'petition share texts', of: [petition._id], changes }, () =>
      petitions.setShareTexts(petition._id, actor, { ...(en && { en }), ...(es && { es }) }),
    );
    return done(reply, petition._id);
  });
}
