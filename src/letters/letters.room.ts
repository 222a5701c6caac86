import type { Campaign } from '../campaign/campaign.ts';
import { createApprovalService } from '../deliveries/approval.service.ts';
import { createDecisionService } from '../deliveries/decision.service.ts';
import { createDeliveryComposer, type DeliveryComposerDeps } from '../deliveries/delivery.composer.ts';
import { createDeliveryService, type DeliveryServiceDeps } from '../deliveries/delivery.service.ts';
import type { DeliveryStore } from '../deliveries/delivery.store.ts';
import type { Delivery, QuotedText } from '../deliveries/delivery.ts';
import { createDispatchService } from '../deliveries/dispatch.service.ts';
import { createOfficeHours } from '../deliveries/office-hours.ts';
import type { PauseStore } from '../deliveries/pause.store.ts';
import type { Check } from '../deliveries/preflight.ts';
import { publishedPages } from '../deliveries/published-pages.ts';
import type { GetLetterWriter } from '../deliveries/rendered.ts';
import { createReportService, type ReportDeps } from '../deliveries/report.service.ts';
import type { Clock } from '../lib/clock.ts';
import type { Translator } from '../lib/i18n.ts';
import type { Logger } from '../lib/logger.ts';
import type { Sealer } from '../lib/sealed.ts';
import type { OutboxStore } from '../mail/outbox.store.ts';
import type { OfficeCalendar } from '../offices/calendar.ts';
import type { Office } from '../offices/office.ts';
import type { Petition } from '../petitions/petition.ts';
import { createDigestMail } from './digest.mail.ts';
import { createDigestPlanner } from './digest.planner.ts';
import { createDigestContent, type DigestContentDeps } from './digest.service.ts';
import { createLetterMail } from './letter.mail.ts';
import { type ApprovedText, createLetterPlanner } from './letter.planner.ts';
import { createCompositions } from './office-letter.service.ts';
import type { OfficeMailDeps } from './office-mail.ts';

/** Everything between the count and an office's mail, put together from what the other rooms give. */
export function createLettersRoom(
  deps: OfficeMailDeps &
    Omit<DigestContentDeps, 'deliveries'> &
    Pick<DeliveryServiceDeps, 'renderRaw' | 'checkRender'> &
    Pick<ReportDeps, 'recoverChannel'> &
    Pick<DeliveryComposerDeps, 'failChannel' | 'saysNoSuchAddress'> & {
      deliveries: DeliveryStore;
      pauses: PauseStore;
      outbox: Pick<OutboxStore, 'insertRows' | 'findRow' | 'resolveRow' | 'cancelDue'>;
      translator: Translator;
      getOffice(id: string): Promise<Office>;
      listOffices(): Promise<readonly Office[]>;
      listPetitions(): Promise<readonly Petition[]>;
      getCampaign(): Promise<Campaign>;
      mayWriteTo(address: string): Promise<boolean>;
      getCount(petitionId: string): Promise<{ seq: number }>;
      listQuotableOf(refs: readonly string[]): Promise<QuotedText[]>;
      listApprovedWords(
        petitionId: string,
        after: string | undefined,
        limit: number,
      ): Promise<ApprovedText[]>;
      getLetterWriter: GetLetterWriter;
      mintAnswerToken(delivery: Pick<Delivery, 'petitionId' | 'officeId' | 'token'>): Promise<string>;
      checkDomain(): Promise<Check[]>;
      calendar: OfficeCalendar;
      sealer: Sealer;
      clock: Clock;
      logger: Logger;
    },
) {
  const { deliveries, pauses, outbox, clock } = deps;
  const { findRootMessageId } = deliveries;
  const content = createDigestContent(deps);
  const compositions = createCompositions({
    ...deps,
    content,
    digestMail: createDigestMail(deps),
    letterMail: createLetterMail(deps),
    findRootMessageId,
  });
  const listPublished = async () => publishedPages(await deps.listOffices(), deps.catalog);
  const opensAt = createOfficeHours(deps);
  const letters = createDeliveryService({ ...deps, ...outbox, ...pauses, compositions, opensAt });
  const dispatch = createDispatchService({
    ...deps,
    ...pauses,
    letters,
    opensAt,
    listPetitionIds: async () => (await deps.listPetitions()).map(({ _id }) => _id),
  });
  const reports = createReportService(deps);
  return {
    letters,
    dispatch,
    reports,
    approvals: createApprovalService({ ...deps, compositions, listPublished }),
    planner: createDigestPlanner({ ...deps, hasNewWords: content.hasNewWords }),
    letterPlanner: createLetterPlanner(deps),
    decisions: createDecisionService({
      ...deps,
      letters,
      isTold: reports.isTold,
      resolveRow: (id, to) => outbox.resolveRow(id, to, clock.now()),
      cancelDue: (id, outcome) => outbox.cancelDue(id, outcome, clock.now()),
    }),
    deliveryComposer: createDeliveryComposer({
      ...deps,
      listPublished,
      weigh: reports.weigh,
      waitsUntil: dispatch.waitsUntil,
    }),
  };
}
