import type { AnswerService } from '../answers/answer.service.ts';
import type { KeptAnswer } from '../answers/answer.ts';
import type { DeliveryRecord } from '../deliveries/delivery.ts';
import type { DeliveryRecordStore } from '../deliveries/delivery-record.store.ts';
import type { Infra } from '../infra.ts';
import type { LedgerRoom } from '../ledger/ledger.room.ts';
import { createCached } from '../lib/cached.ts';
import { SECOND } from '../lib/clock.ts';
import type { PetitionService } from '../petitions/petition.service.ts';

/** One thing that went to an office, with the people who stood behind the petition at the entry that it rests on. */
export type Sent = DeliveryRecord & { people: number };
/** Everything that public pages tell of offices: what was sent, and what they said. */
export type PublicRecord = {
  sent: Sent[];
  /** when an office was first sent anything on a petition, by `petitionId:officeId` */
  firstSent: ReadonlyMap<string, Date>;
  /** the newest first; not all of them are published */
  answers: readonly KeptAnswer[];
};

/** So many of each kind are listed for an office and petition; older ones are in the ledger's count all the same. */
export const SENT_SHOWN = 100;
/** It is many look-ups: a page waits for them a little longer before it shows what was known. */
const PATIENCE_MS = 2 * SECOND;
const HEADS_KEPT = 2_000;

export function createRecordService(
  deps: Pick<Infra, 'clock'> &
    Pick<PetitionService, 'listPetitions'> &
    Pick<AnswerService, 'listAnswers'> &
    Pick<LedgerRoom, 'findHead'> & { store: DeliveryRecordStore },
) {
  const { store, listPetitions, listAnswers, findHead, clock } = deps;
  /** An entry never changes, so its total is asked for once. */
  const totals = new Map<string, number>();
  const cached = createCached({ load, freshMs: 2 * SECOND, clock, patienceMs: PATIENCE_MS });

  async function load(): Promise<PublicRecord> {
    const pairs = (await listPetitions()).flatMap(({ _id, officeIds }) =>
      officeIds.map((officeId) => ({ petitionId: _id, officeId })),
    );
    const [perPair, answers] = await Promise.all([Promise.all(pairs.map(loadPair)), listAnswers()]);
    return {
      sent: perPair.flatMap(({ sent }) => sent),
      firstSent: new Map(perPair.flatMap(({ first }) => (first ? [first] : []))),
      answers,
    };
  }

  async function loadPair({ petitionId, officeId }: { petitionId: string; officeId: string }) {
    const [digests, letters, first] = await Promise.all([
      store.listOut(petitionId, officeId, 'digest', SENT_SHOWN),
      store.listOut(petitionId, officeId, 'letter', SENT_SHOWN),
      store.findFirstSent(petitionId, officeId),
    ]);
    const out = [...digests, ...letters];
    const at = first?.endedAt ?? first?.releasedAt;
    return {
      sent: await Promise.all(out.map(async (one) => ({ ...one, people: await peopleAt(one) }))),
      first: at && ([`${petitionId}:${officeId}`, at] as const),
    };
  }

  async function peopleAt({ petitionId, to, kind }: DeliveryRecord): Promise<number> {
    if (kind !== 'digest') return 1;
    const key = `${petitionId}:${to}`;
    const known = totals.get(key);
    if (known !== undefined) return known;
    const total = (await findHead(petitionId, to))?.total ?? 0;
    if (totals.size >= HEADS_KEPT) totals.clear();
    totals.set(key, total);
    return total;
  }

  /**
   * Whether a Message-ID is that of a mail to an office. One look-up, whatever is asked: mail to people is not looked up
   * at all, so that nobody learns here who was written to.
   */
  async function findMessage(messageId: string | undefined): Promise<Sent | null> {
    const found = await store.findByMessageId(messageId ?? 'none');
    return found && { ...found, people: await peopleAt(found) };
  }

  return { getRecord: async () => cached.get(), findMessage, warm: cached.warm };
}
export type RecordService = ReturnType<typeof createRecordService>;
