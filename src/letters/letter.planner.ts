import type { CampaignService } from '../campaign/campaign.service.ts';
import type { DeliveryStore } from '../deliveries/delivery.store.ts';
import { type Delivery, letterId } from '../deliveries/delivery.ts';
import type { Infra } from '../infra.ts';
import { newMailToken } from '../lib/ref.ts';
import { emailChannel, type Office } from '../offices/office.ts';
import type { OfficesRoom } from '../offices/offices.room.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { type Petition, waysOf } from '../petitions/petition.ts';
import type { WordsService } from '../words/words.service.ts';
import { isLongEnough } from '../words/words.ts';

/** Own words that an organiser approved; `originality` as computed when they were (1: unlike all others). */
type ApprovedText = { ref: string; words: string; originality?: number };

/** Below this a text is more than half what others wrote: it goes into the digest and is no letter of its own. */
const LEAST_ORIGINALITY = 0.5;
const PAGE = 500;

/** Single letters: for each approved text that is unlike the others, one to each office that takes letters. */
export function createLetterPlanner(
  deps: Pick<Infra, 'clock' | 'logger'> &
    Pick<PetitionService, 'listPetitions'> &
    Pick<OfficesRoom, 'listOffices'> &
    Pick<CampaignService, 'mayWriteTo'> &
    Pick<WordsService, 'listApprovedWords'> & {
      deliveries: Pick<DeliveryStore, 'insertPlanned' | 'listQuotedRefs'>;
    },
) {
  const { deliveries, listPetitions, listOffices, mayWriteTo, listApprovedWords, clock, logger } = deps;

  /** Planning twice plans once: the id is the writer's. Answers how many are new, by office. */
  async function planLetters(): Promise<ReadonlyMap<string, number>> {
    const planned = new Map<string, number>();
    const offices = await listOffices();
    // After its end too: what an organiser approves late is sent all the same.
    for (const petition of await listPetitions()) {
      for (const office of offices) {
        if (!(await takesLetters(petition, office))) continue;
        const count = await planPair(petition, office);
        if (count > 0) planned.set(office._id, (planned.get(office._id) ?? 0) + count);
      }
    }
    return planned;
  }

  async function takesLetters(petition: Petition, office: Office): Promise<boolean> {
    if (!waysOf(petition, office._id).includes('letters') || office.pace.lettersPerHour === 0) return false;
    const channel = emailChannel(office);
    return channel !== undefined && mayWriteTo(channel.value);
  }

  async function planPair(petition: Petition, office: Office): Promise<number> {
    const quoted = await deliveries.listQuotedRefs(office._id);
    let count = 0;
    let after: string | undefined;
    for (;;) {
      const texts = await listApprovedWords(petition._id, after, PAGE);
      for (const text of texts) {
        if (quoted.has(text.ref) || !isLetter(text)) continue;
        if (await deliveries.insertPlanned(plannedLetter(petition._id, office._id, text.ref, clock.now())))
          count += 1;
      }
      after = texts.at(-1)?.ref;
      // A page may be short, because words that cannot be opened are left out.
      if (texts.length === 0) break;
    }
    if (count > 0) logger.info({ petitionId: petition._id, officeId: office._id, count }, 'letters.planned');
    return count;
  }

  return { planLetters };
}
export type LetterPlanner = ReturnType<typeof createLetterPlanner>;

function isLetter({ words, originality }: ApprovedText): boolean {
  return isLongEnough(words) && originality !== undefined && originality >= LEAST_ORIGINALITY;
}

/** A letter of one writer to one office, planned. */
export function plannedLetter(petitionId: string, officeId: string, ref: string, now: Date): Delivery {
  const token = newMailToken();
  return {
    _id: letterId(petitionId, officeId, ref),
    petitionId,
    officeId,
    kind: 'letter',
    n: 0,
    from: 0,
    to: 0,
    state: 'planned',
    plannedAt: now,
    token,
    releases: 0,
    // What an office can quote it by: short, and it says nothing of the writer.
    quotes: [{ ref, number: `L-${token.slice(0, 8).toUpperCase()}` }],
  };
}
