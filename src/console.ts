import type { FastifyInstance } from 'fastify';
import { registerAnswersAdmin } from './answers/answers.admin.ts';
import { answersWaiting } from './answers/answers-waiting.admin.ts';
import { registerIncomingAdmin } from './answers/incoming.admin.ts';
import { registerCampaignAdmin } from './campaign/campaign.admin.ts';
import { isCampaignComplete, zoneOf } from './campaign/campaign.ts';
import type { Services } from './composition.ts';
import type { Config } from './config.ts';
import { isUnavailable } from './database/errors.ts';
import { burstsWaiting, registerFinding } from './desk/desk.admin.ts';
import { registerRules, rulesWaiting } from './desk/rules.admin.ts';
import { registerSignature } from './desk/signature.admin.ts';
import { exportsWaiting, registerExports } from './exports/export.admin.ts';
import { registerLettersAdmin } from './letters/letters.admin.ts';
import { lettersWaiting } from './letters/letters-waiting.admin.ts';
import { registerNotes } from './notes/notes.admin.ts';
import { registerOfficeAdmin } from './offices/office.admin.ts';
import { officesWaiting } from './offices/offices-waiting.admin.ts';
import { createRecordViews } from './offices-page/offices-page.view.ts';
import { registerAccount } from './organisers/account.admin.ts';
import { registerAudit } from './organisers/audit.admin.ts';
import { openConsole } from './organisers/console.plugin.ts';
import { registerJoin } from './organisers/join.admin.ts';
import { registerPeople } from './organisers/people.admin.ts';
import { registerRecovery } from './organisers/recover.admin.ts';
import { registerSignIn } from './organisers/sign-in.admin.ts';
import { createGates } from './organisers/sign-in.page.ts';
import { registerToday, type WaitingSource } from './organisers/today.admin.ts';

import { registerPacksAdmin } from './packs/packs.admin.ts';
import { packsWaiting } from './packs/packs-waiting.admin.ts';

import { registerFactAdmin } from './petitions/fact.admin.ts';

import { createPetitionReaders, registerPetitionAdmin } from './petitions/petition.admin.ts';

import { petitionText } from './petitions/petition.ts';
import { type Previews, registerPetitionDraftAdmin } from './petitions/petition-draft.admin.ts';
import { registerPetitionEditAdmin } from './petitions/petition-edit.admin.ts';
import { registerPetitionSharingAdmin } from './petitions/petition-sharing.admin.ts';
import { registerTracking, TRACKING } from './tracking/tracking.admin.ts';
import { registerUpdateAdmin, updatesWaiting } from './updates/update.admin.ts';
import { registerWordsAdmin, wordsWaiting } from './words/words.admin.ts';

/** What organisers see at /organise, room by room. A plugin of its own: no hook, cookie or parser of it reaches a public page. */
export async function consolePages(
  scope: FastifyInstance,
  {
    config,
    services,
    previewPage,
  }: { config: Config; services: Services /** of the public page */; previewPage: Previews['page'] },
): Promise<void> {
  const {
    organisers,
    keys,
    templates,
    translator,
    audit,
    campaign,
    petitions,
    tallies,
    words,
    petitionUpdates,
    clock,
  } = services;
  const { publicUrl } = config;
  const gates = createGates({ organisers, translator });
  await openConsole(scope, {
    organisers,
    sessionKeys: keys.session,
    networkKeyOf: keys.networkKeyOf,
    templates,
    translator,
    publicUrl,
    isUnavailable,
    gates,
  });
  const shared = { organisers, translator, audit, siteName: `Safe Passage ${new URL(publicUrl).host}` };
  registerSignIn(scope, { ...shared, gates });
  registerJoin(scope, shared);
  registerRecovery(scope, shared);
  registerAccount(scope, shared);
  registerPeople(scope, shared);
  registerAudit(scope, { ...shared, namesByRef: organisers.accounts.namesByRef });
  registerCampaignAdmin(scope, { ...shared, campaign });
  const getZone = async () => zoneOf(await campaign.getCampaign());
  const { petitionEditing: editing, draftLinks, getCatalog } = services;
  const ofPetitions = {
    ...shared,
    ...services.offices,
    petitions,
    editing,
    draftLinks,
    tallies,
    clock,
    getCatalog,
    publicUrl,
    readers: createPetitionReaders({ organisers, clock, getZone }),
  };
  const { show } = registerPetitionAdmin(scope, ofPetitions);
  registerPetitionEditAdmin(scope, ofPetitions);
  registerFactAdmin(scope, {
    ...ofPetitions,
    ...services.offices,
    facts: services.facts,
    async listCarried(factId, from, to) {
      const naming = (await petitions.listAllPetitions()).filter(({ factIds }) => factIds.includes(factId));
      const left = await services.stores.record.listLeft(
        naming.map(({ _id }) => _id),
        from,
        to,
      );
      return left.map(({ officeId, petitionId, releasedAt = from }) => ({
        officeId,
        petitionId,
        sentAt: releasedAt,
      }));
    },
  });
  registerPetitionSharingAdmin(scope, { ...ofPetitions, shortAddresses: services.shortAddresses });
  registerPetitionDraftAdmin(scope, {
    ...ofPetitions,
    show,
    previews: { page: previewPage, mail: services.mailPreview, digest: services.digestPreview },
  });
  registerUpdateAdmin(scope, { ...shared, updates: petitionUpdates, petitions, clock, getZone });
  registerWordsAdmin(scope, { ...shared, words, petitions, getZone });
  registerExports(scope, { ...shared, exports: services.exports, petitions, clock, getZone });
  registerTracking(scope, { ...shared, tracking: services.tracking, petitions, getZone });

  const { decisions, answers } = services;
  const { namesByRef } = organisers.accounts;
  const notesFor = registerNotes(scope, { ...services, namesByRef, getZone });
  registerLettersAdmin(scope, { ...services, namesByRef, getZone, notesFor });
  const recordViews = createRecordViews(services);
  registerAnswersAdmin(scope, {
    ...services,
    notesFor,
    namesByRef,
    getZone,
    async previewAnswer(answer, office, locale) {
      const all = await petitions.listPetitions();
      const titles = new Map(all.map((one) => [one._id, petitionText(one, locale).title]));
      return recordViews.answerView(answer, office, titles, locale);
    },
  });
  registerIncomingAdmin(scope, { ...services, getZone });
  registerPacksAdmin(scope, { ...services, namesByRef });
  registerOfficeAdmin(scope, {
    ...services,
    notesFor,
    namesByRef: organisers.accounts.namesByRef,
    stops: {
      pause: (actor, officeId, because) => decisions.pause(actor, { officeId }, because),
      resume: (actor, officeId) => decisions.resume(actor, { officeId }),
      endLinks: answers.endLinks,
    },
    listPaused: async () =>
      new Set(
        (await decisions.listPauses()).flatMap(({ _id }) =>
          _id.startsWith('office:') ? [_id.slice('office:'.length)] : [],
        ),
      ),
  });
  const desk = { ...shared, ...services, getZone };
  registerFinding(scope, desk);
  registerRules(scope, desk);
  registerSignature(scope, { ...desk, emailKeyOf: keys.emailKeyOf });

  const whoRunsThis: WaitingSource = async () =>
    isCampaignComplete(await campaign.getCampaign())
      ? []
      : [{ key: 'console.today.campaign', path: '/campaign' }];
  const stuckMail: WaitingSource = async () => {
    const { count, since } = await services.findStuckMail();
    const line = { key: 'console.today.stuck', values: { count }, path: '/deliveries' };
    return count === 0 ? [] : [{ ...line, ...(since && { since }) }];
  };
  registerToday(scope, {
    translator,
    clock,
    audit,
    namesByRef,
    claims: organisers.claims,
    sources: [
      whoRunsThis,
      wordsWaiting(words),
      updatesWaiting(petitionUpdates),
      exportsWaiting(services.exports),
      answersWaiting(services),
      lettersWaiting(services),
      officesWaiting(services.offices, clock),
      packsWaiting(services),
      rulesWaiting(services.rules),
      burstsWaiting(services.bursts),
      stuckMail,
    ],
    getZone,
    async listTotals(locale) {
      const all = await petitions.listPetitions();
      return Promise.all(
        all.map(async (petition) => ({
          title: petitionText(petition, locale).title,
          href: `${TRACKING}/${petition._id}`,
          total: await tallies.getTotal(petition._id),
        })),
      );
    },
  });
}
