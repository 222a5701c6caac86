import type { CampaignService } from '../campaign/campaign.service.ts';
import type { Infra } from '../infra.ts';
import type { MailRoom } from '../mail/mail.room.ts';
import type { RenderMail } from '../mail/mail.ts';
import { countWhoMay } from '../organisers/access.ts';
import type { Organisers } from '../organisers/organisers.room.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import type { Counts } from '../petitions/shown-tally.ts';
import type { AskingStore } from '../signatures/asking.store.ts';
import type { SignaturesRoom } from '../signatures/signatures.room.ts';
import { createUpdateComposers } from './update.composer.ts';
import { createUpdateService } from './update.service.ts';
import { createUpdateStore } from './update.store.ts';
import type { Expected } from './update.ts';
import { createUpdateWorker } from './update.worker.ts';

type Rooms = {
  petitions: PetitionService;
  tallies: Pick<Counts, 'getTotal'>;
  campaign: Pick<CampaignService, 'getZone'>;
  mail: MailRoom;
  signatures: Pick<SignaturesRoom, 'store' | 'linksFor' | 'asking'>;
  organisers: Pick<Organisers, 'accounts'>;
  renderMail: RenderMail;
};

/** News of petitions: written, approved by a second person, mailed to those who asked, and on the page. */
export function createUpdates(infra: Infra, rooms: Rooms) {
  const { petitions, tallies, campaign, mail, signatures, organisers, renderMail } = rooms;
  const store = createUpdateStore(infra.connection);
  const shared = {
    ...infra,
    ...petitions,
    ...campaign,
    ...mail,
    ...signatures.store,
    ...signatures.asking,
    store,
  };
  const { composers, ...mails } = createUpdateComposers({
    ...shared,
    ...infra.keys,
    ...infra.config,
    linksFor: signatures.linksFor,
    renderMail,
  });

  async function isAlone(): Promise<boolean> {
    const colleagues = await organisers.accounts.listColleagues();
    return countWhoMay('POST /updates/:ref/approve', colleagues) <= 1;
  }

  return {
    petitionUpdates: {
      ...createUpdateService({ ...shared, countAsking: countAskingOf(signatures.asking, tallies), isAlone }),
      ...mails,
    },
    updateStore: store,
    updateWorker: createUpdateWorker(shared),
    updateComposers: composers,
  };
}
export type PetitionUpdates = ReturnType<typeof createUpdates>['petitionUpdates'];

/** Exact while all can be read, else the share of a sample times the count. */
function countAskingOf({ sampleAsking }: AskingStore, { getTotal }: Pick<Counts, 'getTotal'>) {
  return async (petitionId: string): Promise<Expected> => {
    const { seen, asking, isAll } = await sampleAsking(petitionId);
    if (isAll) return { count: asking, isExact: true };
    const about = (asking / seen) * (await getTotal(petitionId));
    return { count: Number(about.toPrecision(2)), isExact: false };
  };
}
