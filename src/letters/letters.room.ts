import type { AnswersRoom } from '../answers/answers.room.ts';
import type { CampaignService } from '../campaign/campaign.service.ts';
import { createApprovalService } from '../deliveries/approval.service.ts';
import { createDecisionService } from '../deliveries/decision.service.ts';
import type { DeliveriesRoom } from '../deliveries/deliveries.room.ts';
import { createDeliveryComposer } from '../deliveries/delivery.composer.ts';
import { createDeliveryService } from '../deliveries/delivery.service.ts';
import { createDispatchService } from '../deliveries/dispatch.service.ts';
import { createOfficeHours } from '../deliveries/office-hours.ts';
import type { Check } from '../deliveries/preflight.ts';
import { publishedPages } from '../deliveries/published-pages.ts';
import type { Infra } from '../infra.ts';
import type { InstallationService } from '../installation/installation.service.ts';
import type { LedgerRoom } from '../ledger/ledger.room.ts';
import type { MailRoom } from '../mail/mail.room.ts';
import type { RenderMail } from '../mail/mail.ts';
import type { OfficeCalendar } from '../offices/calendar.ts';
import type { OfficesRoom } from '../offices/offices.room.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import type { Catalog } from '../petitions/petition.ts';
import type { WordsService } from '../words/words.service.ts';
import { createDigestMail } from './digest.mail.ts';
import { createDigestPlanner } from './digest.planner.ts';
import { createDigestContent } from './digest.service.ts';
import { createLetterMail } from './letter.mail.ts';
import { createLetterPlanner } from './letter.planner.ts';
import { createCompositions } from './office-letter.service.ts';

type Rooms = {
  petitions: PetitionService;
  offices: OfficesRoom;
  campaign: CampaignService;
  ledger: LedgerRoom;
  mail: MailRoom;
  deliveries: DeliveriesRoom;
  words: WordsService;
  answers: AnswersRoom;
  installation: InstallationService;
  calendar: OfficeCalendar;
  getCatalog(): Promise<Catalog>;
  factsChangedAt(ids: readonly string[]): Promise<Date | undefined>;
  renderLetter: RenderMail;
  /** what the DNS says of the domain that letters come from */
  checkDomain(): Promise<Check[]>;
};

/** Everything between the count and an office's mail. */
export function createLetters(infra: Infra, rooms: Rooms) {
  const { petitions, offices, campaign, ledger, mail, words, getCatalog } = rooms;
  const { store: deliveries, pauses, reports } = rooms.deliveries;
  const shared = {
    ...infra.config,
    ...infra,
    ...rooms,
    ...petitions,
    ...offices,
    ...campaign,
    ...ledger,
    ...mail,
    ...words,
    ...pauses,
    ...reports,
    deliveries,
    pauses,
  };
  const content = createDigestContent(shared);
  const compositions = createCompositions({
    ...shared,
    content,
    digestMail: createDigestMail(shared),
    letterMail: createLetterMail(shared),
    findRootMessageId: deliveries.findRootMessageId,
    mintAnswerToken: rooms.answers.officeAnswer.mint,
  });
  const listPublished = async () => publishedPages(await offices.listOffices(), await getCatalog());
  const opensAt = createOfficeHours(shared);
  const { checkRender } = rooms.installation;
  const letters = createDeliveryService({ ...shared, compositions, opensAt, checkRender });
  const dispatch = createDispatchService({ ...shared, letters, opensAt });
  return {
    letters,
    dispatch,
    approvals: createApprovalService({ ...shared, compositions, listPublished }),
    planner: createDigestPlanner({ ...shared, hasNewWords: content.hasNewWords }),
    letterPlanner: createLetterPlanner(shared),
    decisions: createDecisionService({ ...shared, letters }),
    deliveryComposer: createDeliveryComposer({
      ...shared,
      listPublished,
      waitsUntil: dispatch.waitsUntil,
    }),
  };
}
