import type { LedgerInterval } from '../ledger/ledger.service.ts';
import type { LedgerEntryHead, PublishedBreakdowns } from '../ledger/ledger.ts';
import { AppError } from '../lib/errors.ts';
import type { Office } from '../offices/office.ts';
import type { Catalog, Petition } from '../petitions/petition.ts';
import type { Words } from '../signatures/words.service.ts';
import type { DeliveryStore } from './delivery.store.ts';
import type { Delivery, Quote, QuotedText } from './delivery.ts';
import { type Digest, prepareDigest } from './digest.ts';
import { digestPlaces, type PlaceCells } from './digest-places.ts';

const QUOTES = 12;
/** Of all quoted words together, so that a digest stays one that is read; who is left over leads the next. */
const QUOTED_CHARACTERS = 6_000;

export type DigestContentDeps = {
  deliveries: Pick<DeliveryStore, 'listDigests' | 'listQuotedRefs'>;
  getPetition(slug: string): Promise<Petition>;
  findHead(petitionId: string, seq: number): Promise<LedgerEntryHead | null>;
  deltaBetween(petitionId: string, from: number, to: number): Promise<LedgerInterval>;
  findPublished(petitionId: string): Promise<PublishedBreakdowns | undefined>;
  listQuotable(petitionId: string, quoted: ReadonlySet<string>, limit: number): Promise<Words[]>;
  catalog: Catalog;
};

export type DigestContent = {
  digest: Digest;
  quotes: Quote[];
  texts: QuotedText[];
  places: PlaceCells;
};

/** What a digest of a planned delivery says at this moment. */
export function createDigestContent(deps: DigestContentDeps) {
  const { deliveries, getPetition, findHead, deltaBetween, findPublished, listQuotable, catalog } = deps;

  /** @throws LEDGER_BROKEN when the entry that it rests on is gone */
  async function collect(delivery: Delivery, office: Office): Promise<DigestContent> {
    const { petitionId, n, from, to } = delivery;
    const petition = await getPetition(petitionId);
    const head = await findHead(petitionId, to);
    if (!head) throw new AppError('LEDGER_BROKEN', { petitionId, seq: to });
    const sent = (await deliveries.listDigests(petitionId, office._id))
      .filter(({ state, kind }) => state === 'sent' && kind === 'digest')
      .sort((a, b) => a.n - b.n);
    const places = await placesAt(delivery, sent.at(-1));
    const words = firstOf(
      await listQuotable(petitionId, await deliveries.listQuotedRefs(office._id), QUOTES),
    );
    const numbered = words.map((one, index) => ({ ...one, number: `${n}.${index + 1}` }));
    return {
      digest: prepareDigest({
        petition,
        office,
        catalog,
        isFirst: sent.length === 0,
        interval: await deltaBetween(petitionId, from, to),
        head,
        places,
        quotes: numbered,
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

  /** All who stand in the count at the entry `to`, beside what the office and everybody have been shown before. */
  async function placesAt({ petitionId, to }: Delivery, last: Delivery | undefined): Promise<PlaceCells> {
    const { total, delta } = await deltaBetween(petitionId, 0, to);
    const known = [await publicPlaces(petitionId), last?.places ?? {}];
    return digestPlaces({ country: delta.country, region: delta.region, total }, known);
  }

  async function publicPlaces(petitionId: string): Promise<PlaceCells> {
    const published = await findPublished(petitionId);
    return published ? { ...published.country.cells, ...published.region.cells } : {};
  }

  return { collect };
}

/** As many as fit; the first one always does. */
function firstOf(words: readonly Words[]): Words[] {
  let room = QUOTED_CHARACTERS;
  const fitting: Words[] = [];
  for (const one of words) {
    room -= one.words.length;
    if (room < 0 && fitting.length > 0) break;
    fitting.push(one);
  }
  return fitting;
}
