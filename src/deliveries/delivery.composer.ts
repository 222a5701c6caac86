import type { CampaignService } from '../campaign/campaign.service.ts';
import { isTrialAddress } from '../campaign/campaign.ts';
import type { Config } from '../config.ts';
import type { Infra } from '../infra.ts';
import { forLog } from '../lib/text/foreign-words.ts';
import type { Composer, OutboxRow, Prepared, SendOutcome } from '../mail/mail.ts';
import { saysNoSuchAddress } from '../mail/smtp-reply.ts';
import { emailChannel } from '../offices/office.ts';
import type { OfficesRoom } from '../offices/offices.room.ts';
import type { Facts } from '../petitions/fact.service.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { isToldBy } from './coverage.ts';
import type { DeliveryStore } from './delivery.store.ts';
import {
  type Delivery,
  type DeliveryState,
  deliveryContext,
  outboxReason,
  type QuotedText,
  quotesContext,
  RELEASED_FIELDS,
} from './delivery.ts';
import type { DispatchService } from './dispatch.service.ts';
import { linkFaults, linksOfMail } from './links-in-mail.ts';
import type { GetLetterWriter } from './rendered.ts';
import type { ReportService } from './report.service.ts';

const ENDS: Record<SendOutcome['result'], DeliveryState> = {
  sent: 'sent',
  refused: 'failed',
  again: 'failed',
  unknown: 'unknown',
};

function isBefore({ releasedAt }: Delivery, change: Date | undefined): boolean {
  return change !== undefined && releasedAt !== undefined && releasedAt < change;
}

export type DeliveryComposerDeps = Pick<Infra, 'sealer' | 'clock' | 'logger'> &
  Pick<Config, 'publicUrl' | 'mailDomain'> &
  Pick<PetitionService, 'getPetition'> &
  Pick<Facts, 'factsChangedAt'> &
  Pick<OfficesRoom, 'getOffice' | 'failChannel'> &
  Pick<CampaignService, 'mayWriteTo'> &
  Pick<DispatchService, 'waitsUntil'> &
  Pick<ReportService, 'weigh'> & {
    deliveries: Pick<DeliveryStore, 'findDelivery' | 'move' | 'listDigests'>;
    /** those of these people who may be quoted now, with their words as they are now */
    listQuotableOf(refs: readonly string[]): Promise<QuotedText[]>;
    getLetterWriter: GetLetterWriter;
    /** pages that a mail may lead to although they are not ours */
    listPublished(): Promise<readonly string[]>;
  };

/** An office's mail at the moment of sending: only checked again, never written anew (law 7). */
export function createDeliveryComposer(deps: DeliveryComposerDeps): Composer {
  const { deliveries, getOffice, getPetition, mayWriteTo, listQuotableOf, getLetterWriter, waitsUntil } =
    deps;
  const { failChannel, mailDomain, sealer, clock, logger } = deps;

  async function prepare(row: OutboxRow): Promise<Prepared> {
    const delivery = await deliveries.findDelivery(row.subjectId);
    if (delivery?.state !== 'released' || outboxReason(delivery) !== row._id)
      return { do: 'cancel', reason: 'gone' };
    const { address, sealed, envelopeFrom } = delivery;
    if (!address || !sealed || !envelopeFrom) return back(delivery, 'it was not kept whole');
    const office = await getOffice(delivery.officeId);
    const channel = emailChannel(office);
    if (channel?.value !== address || !(await mayWriteTo(address)))
      return back(delivery, 'the address is no more the office’s');
    if (!(await isStillSaid(delivery)))
      return back(delivery, 'somebody who is quoted withdrew, or changed what is quoted');
    const { takenDown, correctedAt, factIds } = await getPetition(delivery.petitionId);
    if (takenDown) return back(delivery, 'the petition was taken down');
    if (isBefore(delivery, correctedAt) || isBefore(delivery, await deps.factsChangedAt(factIds)))
      return back(delivery, 'a fact in it was corrected');
    if (await isToldAlready(delivery))
      return back(delivery, 'another has told the office the same meanwhile');
    const later = await waitsUntil(delivery, office);
    if (later) return { do: 'later', at: later };
    const raw = sealer.openBytes(sealed, deliveryContext(delivery._id));
    if (!envelopeFrom.endsWith(`@${mailDomain}`) || !(await leadsSomewhere(delivery, raw, address)))
      return back(delivery, 'its links or its sender are not this installation’s any more');
    return { do: 'send-raw', mail: { raw, envelope: { from: envelopeFrom, to: address } } };
  }

  async function isToldAlready(delivery: Delivery): Promise<boolean> {
    if (delivery.kind !== 'digest') return false;
    return isToldBy(delivery, await deliveries.listDigests(delivery.petitionId, delivery.officeId));
  }

  /** The site may have moved since the mail was rendered, or an organiser may never have been asked. */
  async function leadsSomewhere({ override }: Delivery, raw: Buffer, address: string): Promise<boolean> {
    if (override?.checks.some((check) => check.startsWith('links:'))) return true;
    const ours = { publicUrl: deps.publicUrl, published: await deps.listPublished() };
    const { foreign, dead } = linkFaults(await linksOfMail(raw), ours);
    return foreign.length === 0 && (dead.length === 0 || isTrialAddress(address));
  }

  async function isStillSaid({ _id, kind, officeId, quotes, sealedQuotes }: Delivery): Promise<boolean> {
    if (quotes.length === 0) return true;
    if (!sealedQuotes) return false;
    const then = sealer.open<QuotedText[]>(sealedQuotes, quotesContext(_id));
    if (kind === 'letter') {
      const now = await getLetterWriter(quotes[0]?.ref ?? '', officeId);
      return now !== null && then[0] !== undefined && isSame(then[0], now);
    }
    const now = new Map((await listQuotableOf(quotes.map(({ ref }) => ref))).map((one) => [one.ref, one]));
    return then.every((one) => {
      const still = now.get(one.ref);
      return still !== undefined && isSame(one, still);
    });
  }

  /** To planned: the next release renders it anew, without what may not go. */
  async function back(delivery: Delivery, reason: string): Promise<Prepared> {
    // A letter has one writer and cannot go without them. A digest can be composed again with the people who may be quoted
    // then.
    const quotes = delivery.kind === 'letter' ? delivery.quotes : [];
    await deliveries.move(delivery, 'planned', { quotes, fault: reason }, RELEASED_FIELDS);
    logger.warn({ deliveryId: delivery._id, reason }, 'delivery.taken-back');
    return { do: 'cancel', reason };
  }

  async function settle(row: OutboxRow, outcome: SendOutcome): Promise<void> {
    const delivery = await deliveries.findDelivery(row.subjectId);
    const state = ENDS[outcome.result];
    // Otherwise it was settled before, by a sender that stopped before its row ended.
    if (!delivery || !isNews(delivery, row, state)) return;
    const isMoved = await deliveries.move(delivery, state, {
      endedAt: clock.now(),
      reply: outcome.reply,
      ...('code' in outcome && outcome.code !== undefined && { replyCode: outcome.code }),
    });
    if (!isMoved) return settle(row, outcome);
    if (outcome.result === 'refused') await noteRefusal(delivery, outcome);
    // A report may have been quicker than the server's own word.
    await deps.weigh(delivery._id);
    const level = state === 'sent' ? 'info' : 'error';
    logger[level]({ deliveryId: delivery._id, reply: forLog(outcome.reply) }, `delivery.${state}`);
  }

  /**
   * One "no such address", or a few other refusals, and the channel fails: organisers see it, and nothing more goes there.
   */
  async function noteRefusal(
    { _id, officeId, address, releasedAt }: Delivery,
    outcome: Extract<SendOutcome, { result: 'refused' }>,
  ): Promise<void> {
    await failChannel(officeId, {
      reason: outcome.reply,
      at: clock.now(),
      hard: saysNoSuchAddress(outcome),
      deliveryId: _id,
      ...(releasedAt && { sentAt: releasedAt }),
      ...(address && { address }),
    });
  }

  return { prepare, settle };
}

/**
 * A server may reply after the lease has ended. Its reply then decides a doubtful delivery, and "taken" stops a second
 * sending.
 */
function isNews(delivery: Delivery, row: OutboxRow, state: DeliveryState): boolean {
  const isThisRelease = outboxReason(delivery) === row._id;
  if (delivery.state === 'released') return isThisRelease || state === 'sent';
  return delivery.state === 'unknown' && (state === 'sent' || (isThisRelease && state === 'failed'));
}

const SAID = ['words', 'country', 'region', 'name', 'replyTo'] as const;

function isSame(a: QuotedText, b: QuotedText): boolean {
  return SAID.every((field) => a[field] === b[field]);
}
