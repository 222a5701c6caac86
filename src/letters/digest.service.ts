import { sumOf } from '../deliveries/coverage.ts';
import type { DeliveryStore } from '../deliveries/delivery.store.ts';
import type { Delivery, Quote, QuotedText } from '../deliveries/delivery.ts';
import type { Infra } from '../infra.ts';
import type { LedgerRoom } from '../ledger/ledger.room.ts';
import { AppError } from '../lib/errors.ts';
import { canonicalCells } from '../lib/places.ts';
import type { Office } from '../offices/office.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { type Catalog, endOf, hasEnded, type Petition } from '../petitions/petition.ts';
import { groupVoices } from '../voices/voices.ts';
import type { ApprovedWords, WordsService } from '../words/words.service.ts';
import { isLongEnough } from '../words/words.ts';
import { type Digest, prepareDigest } from './digest.ts';
import { digestPlaces, type PlaceCells } from './digest-places.ts';

const QUOTES = 12;
const PAGE = 1_000;
/** More than anybody will ever approve by hand. */
const WORDS_READ = 20_000;
/**
 * The most characters that all quotes have together, so that the digest is still read. People who are left over come first
 * in the next.
 */
const QUOTED_CHARACTERS = 6_000;

export type DigestContentDeps = Pick<Infra, 'clock'> &
  Pick<PetitionService, 'getPetition'> &
  Pick<LedgerRoom, 'findHead' | 'deltaBetween' | 'findPublished'> &
  Pick<WordsService, 'listApprovedWords'> & {
    deliveries: Pick<DeliveryStore, 'listDigests' | 'listQuotedRefs'>;
    getCatalog(): Promise<Catalog>;
  };

export type DigestContent = {
  digest: Digest;
  quotes: Quote[];
  texts: QuotedText[];
  places: PlaceCells;
};

/** What a digest of a planned delivery says at this moment. */
export function createDigestContent(deps: DigestContentDeps) {
  const {
    deliveries,
    getPetition,
    findHead,
    deltaBetween,
    findPublished,
    listApprovedWords,
    getCatalog,
    clock,
  } = deps;

  /** @throws LEDGER_BROKEN when the entry that it rests on is gone */
  async function collect(delivery: Delivery, office: Office): Promise<DigestContent> {
    const { petitionId, n, to } = delivery;
    const petition = await getPetition(petitionId);
    const head = await findHead(petitionId, to);
    if (!head) throw new AppError('LEDGER_BROKEN', { petitionId, seq: to });
    const sent = (await deliveries.listDigests(petitionId, office._id))
      .filter(({ state, kind }) => state === 'sent' && kind === 'digest')
      .sort((a, b) => a.n - b.n);
    const places = await placesAt(delivery, sent.at(-1));
    const { voices, words } = await hearVoices(petitionId, office);
    const numbered = words.map((one, index) => ({ ...one, number: `${n}.${index + 1}` }));
    return {
      digest: prepareDigest({
        petition,
        office,
        catalog: await getCatalog(),
        isFirst: sent.length === 0,
        closedOn: await closingDay(petition, to, sent),
        interval: await sumOf(delivery, (from, end) => deltaBetween(petitionId, from, end)),
        head,
        places,
        quotes: numbered,
        voices,
      }),
      quotes: numbered.map(({ ref, number }) => ({ ref, number })),
      texts: words.map(({ ref, words: text, country, region }) => ({
        ref,
        words: text,
        country,
        ...(region && { region }),
      })),
      places,
    };
  }

  /**
   * Themes of all that was approved, and words to quote that this office has not had: the most different ones first,
   * then whoever has waited longest.
   */
  async function hearVoices(petitionId: string, office: Office) {
    const all = await listAllWords(petitionId);
    const quoted = await deliveries.listQuotedRefs(office._id);
    const voices = groupVoices(all, { locale: office.language, quotes: QUOTES + quoted.size });
    const byRef = new Map(all.filter(({ ref }) => !quoted.has(ref)).map((one) => [one.ref, one]));
    const chosen = voices.quotes.flatMap(({ ref }) => byRef.get(ref) ?? []);
    const words = [...new Set([...chosen, ...byRef.values()])]
      .filter(({ words }) => isLongEnough(words))
      .slice(0, QUOTES);
    return { voices, words: firstOf(words) };
  }

  /** When the petition ended, in the first report after that which tells of everybody. */
  async function closingDay(
    petition: Petition,
    to: number,
    sent: readonly Delivery[],
  ): Promise<Date | undefined> {
    if (!hasEnded(petition, clock.now()) || sent.some(({ isClosing }) => isClosing)) return undefined;
    return (await findHead(petition._id, to + 1)) ? undefined : endOf(petition);
  }

  /** Of one petition, for one office: somebody's words that a digest to it could still quote. */
  async function hasNewWords(petitionId: string, officeId: string): Promise<boolean> {
    const quoted = await deliveries.listQuotedRefs(officeId);
    return (await listAllWords(petitionId)).some((one) => !quoted.has(one.ref) && isLongEnough(one.words));
  }

  async function listAllWords(petitionId: string): Promise<ApprovedWords[]> {
    const all: ApprovedWords[] = [];
    for (let after: string | undefined; all.length < WORDS_READ; after = all.at(-1)?.ref) {
      const page = await listApprovedWords(petitionId, after, PAGE);
      if (page.length === 0) break;
      all.push(...page);
    }
    return all;
  }

  /** All who stand in the count at the entry `to`, beside what the office and everybody have been shown before. */
  async function placesAt({ petitionId, to }: Delivery, last: Delivery | undefined): Promise<PlaceCells> {
    const { total, delta } = await deltaBetween(petitionId, 0, to);
    const known = [await publicPlaces(petitionId), last?.places ?? {}];
    return digestPlaces({ ...canonicalCells(delta), total }, known);
  }

  async function publicPlaces(petitionId: string): Promise<PlaceCells> {
    const published = await findPublished(petitionId);
    if (!published) return {};
    const { country, region } = canonicalCells({
      country: published.country.cells,
      region: published.region.cells,
    });
    return { ...country, ...region };
  }

  return { collect, hasNewWords };
}

/** As many as fit; the first one always does. */
function firstOf(words: readonly ApprovedWords[]): ApprovedWords[] {
  let room = QUOTED_CHARACTERS;
  const fitting: ApprovedWords[] = [];
  for (const one of words) {
    room -= one.words.length;
    if (room < 0 && fitting.length > 0) break;
    fitting.push(one);
  }
  return fitting;
}
export type DigestContentService = ReturnType<typeof createDigestContent>;
