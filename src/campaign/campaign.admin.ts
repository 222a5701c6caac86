import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Audit } from '../audit/audit.service.ts';
import { type FieldErrors, readForm } from '../lib/form-faults.ts';
import type { Translator } from '../lib/i18n.ts';
import { typedValues } from '../lib/typed.ts';
import { ACCESS, mayDo } from '../organisers/access.ts';
import { consoleForm, type FieldSpec } from '../organisers/console-form.view.ts';
import { actorOf, HOME, meOf } from '../organisers/visit.ts';
import { CampaignForm } from './campaign.schema.ts';
import type { CampaignService } from './campaign.service.ts';
import { isCampaignComplete, zoneOf } from './campaign.ts';

const FIELDS: readonly FieldSpec[] = [
  { name: 'legalName', type: 'text', autocomplete: 'organization' },
  { name: 'postalAddress', type: 'text', autocomplete: 'street-address' },
  { name: 'contactEmail', type: 'email' },
  { name: 'privacyEmail', type: 'email' },
  { name: 'zone', type: 'text' },
];

/** Who runs this: until all of it is there, this is a trial installation (law 16). */
export function registerCampaignAdmin(
  scope: FastifyInstance,
  { campaign, translator, audit }: { campaign: CampaignService; translator: Translator; audit: Audit },
): void {
  async function show(request: FastifyRequest, reply: FastifyReply, errors?: FieldErrors) {
    const { locale } = request.visit;
    const known = await campaign.getCampaign();
    const { legalName = '', postalAddress = '', contactEmail = '', privacyEmail = '' } = known;
    const kept = { legalName, postalAddress, contactEmail, privacyEmail, zone: zoneOf(known) };
    const form = consoleForm(translator, locale, {
      action: `${HOME}/campaign`,
      submit: 'console.campaign.submit',
      fields: FIELDS,
      values: errors ? typedValues(request.body) : kept,
      ...(errors && { errors }),
    });
    const view = {
      form,
      isSaved: 'saved' in (request.query as object) && !errors,
      isTrial: !isCampaignComplete(known),
      mayChange: mayDo(meOf(request.visit).role, ACCESS['POST /campaign'] ?? { to: [], what: 'campaign' }),
    };
    const title = translator.t(locale, 'console.campaign.title');
    return reply.show({ page: 'campaign', title, view, ...(errors && { status: 422 }) });
  }

  scope.get('/campaign', async (request, reply) => show(request, reply));

  scope.post('/campaign', async (request, reply) => {
    const form = readForm(CampaignForm, request.body);
    if (!form.ok) return show(request, reply, form.errors);
    const before = await campaign.getCampaign();
    // Which of them, not what: a name or an address may be a person's.
    const changes = FIELDS.flatMap(({ name }) =>
      form.value[name as keyof typeof form.value] === before[name as keyof typeof before]
        ? []
        : [{ field: name }],
    );
    const intent = { act: 'campaign set', of: [], changes };
    await audit.record(actorOf(request.visit), intent, () => campaign.setCampaign(form.value));
    return reply.redirect(`${HOME}/campaign?saved`, 303);
  });
}
