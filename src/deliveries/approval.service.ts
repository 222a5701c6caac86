import type { CampaignService } from '../campaign/campaign.service.ts';
import { isTrialAddress } from '../campaign/campaign.ts';
import type { Config } from '../config.ts';
import type { Infra } from '../infra.ts';
import { type Actor, byOf } from '../lib/actor.ts';
import { addMilliseconds, DAY } from '../lib/clock.ts';
import { AppError, invalidInput } from '../lib/errors.ts';
import type { MailRoom } from '../mail/mail.room.ts';
import { emailChannel, type Office } from '../offices/office.ts';
import type { OfficesRoom } from '../offices/offices.room.ts';
import type { DeliveryStore } from './delivery.store.ts';
import type { Delivery, DeliveryKind, Override } from './delivery.ts';
import { linksOfMail } from './links-in-mail.ts';
import {
  type Check,
  checkAlignment,
  checkAttachments,
  checkBodies,
  checkLanguage,
  checkLinks,
  checkPace,
  checkSize,
  checkSubjects,
  type Report,
  reportOn,
  type Seen,
} from './preflight.ts';
import type { Composition, Compositions } from './rendered.ts';

const MONTH = 30 * DAY;
/**
 * How many mails of a large batch are composed and compared: enough to see what a filter would see, without composing all
 * of them twice.
 */
const SAMPLE = 500;

export type Batch = { officeId?: string; petitionId?: string; kind?: DeliveryKind; id?: string };
/** `refused`: offices whose part would be dropped, and stays planned. */
export type Approved = { approved: number; refused: Report[]; reports: Report[] };

/** "Would it be dropped?": asked of a batch before it is released, and an organiser's word that it goes. */
export function createApprovalService(
  deps: Pick<Infra, 'clock' | 'logger'> &
    Pick<Config, 'mailDomain' | 'publicUrl'> &
    Pick<OfficesRoom, 'getOffice'> &
    Pick<CampaignService, 'mayWriteTo'> &
    Pick<MailRoom, 'renderRaw'> & {
      deliveries: Pick<DeliveryStore, 'listByState' | 'move' | 'countDigests' | 'countLetters'>;
      compositions: Compositions;
      checkDomain(): Promise<Check[]>;
      /** pages that a mail may lead to although they are not ours */
      listPublished(): Promise<readonly string[]>;
    },
) {
  const { deliveries, compositions, getOffice, mayWriteTo, renderRaw, checkDomain, mailDomain } = deps;
  const { publicUrl, listPublished, clock, logger } = deps;

  const listPlanned = ({ id, ...scope }: Batch) =>
    deliveries.listByState(['planned'], { ...scope, ...(id && { _id: id }) });

  /**
   * The mail as it would go at this moment; keeps nothing. @throws DELIVERY_STATE_CONFLICT when nobody may be written to,
   * or quoted
   */
  async function preview(delivery: Delivery): Promise<Buffer> {
    const office = await getOffice(delivery.officeId);
    const to = emailChannel(office)?.value;
    const composed = to && (await compositions.compose(delivery, office, to));
    if (!composed)
      throw new AppError('DELIVERY_STATE_CONFLICT', {
        message: `${delivery._id}: there is no address to write to, or its writer may not be quoted now.`,
      });
    return (await renderRaw(composed.message, delivery._id)).raw;
  }

  /** A report for each office of what is planned for it. */
  async function check(batch: Batch): Promise<Report[]> {
    return checkAll(await listPlanned(batch));
  }

  async function checkAll(planned: readonly Delivery[]): Promise<Report[]> {
    const groups = Map.groupBy(planned, ({ officeId }) => officeId);
    const domain = groups.size > 0 ? await checkDomain() : [];
    const reports: Report[] = [];
    for (const [officeId, own] of groups) reports.push(await checkOffice(officeId, own, domain));
    return reports;
  }

  async function checkOffice(
    officeId: string,
    planned: readonly Delivery[],
    domain: readonly Check[],
  ): Promise<Report> {
    const office = await getOffice(officeId);
    const to = emailChannel(office)?.value;
    const channel: Check =
      to && (await mayWriteTo(to))
        ? { name: 'channel', level: 'ok', says: `${to}, verified` }
        : { name: 'channel', level: 'stop', says: 'there is no verified address to write to now' };
    if (!to) return reportOn(officeId, planned.length, [channel]);
    const seen = await seeAll(office, to, planned);
    const letters = seen.filter(({ isThread }) => !isThread);
    return reportOn(officeId, planned.length, [
      channel,
      checkBodies(seen.map(({ text }) => text)),
      checkSubjects(letters.map(({ subject }) => subject)),
      ...(await checkRates(office, to, planned)),
      checkAlignment(seen, mailDomain),
      ...domain,
      checkSize(seen),
      checkAttachments(seen),
      checkLanguage(seen, office.languages),
      checkLinks(seen, { publicUrl, published: await listPublished(), isTest: isTrialAddress(to) }),
    ]);
  }

  async function seeAll(office: Office, to: string, planned: readonly Delivery[]): Promise<Seen[]> {
    const seen: Seen[] = [];
    for (const delivery of planned.slice(0, SAMPLE)) {
      const composed = await compositions.compose(delivery, office, to);
      if (composed) seen.push(await see(delivery, composed, office));
    }
    return seen;
  }

  async function see(delivery: Delivery, { message }: Composition, office: Office): Promise<Seen> {
    const { raw, envelope } = await renderRaw(message, delivery._id);
    return {
      subject: message.subject,
      text: message.text,
      from: message.from.address,
      envelopeFrom: envelope.from,
      replyTo: message.replyTo ?? message.from.address,
      sizeBytes: raw.length,
      attachmentTypes: (message.attachments ?? []).map(({ contentType }) => contentType),
      language: office.language,
      links: await linksOfMail(raw),
      // All reports to an office are one thread under one subject; letters are not.
      isThread: delivery.kind === 'digest',
    };
  }

  async function checkRates(office: Office, to: string, planned: readonly Delivery[]): Promise<Check[]> {
    const isTest = isTrialAddress(to);
    const { digest = [], letter = [] } = Object.groupBy(planned, ({ kind }) => kind);
    const now = clock.now();
    const since = addMilliseconds(now, -MONTH);
    const checks: Check[] = [];
    if (digest.length > 0) {
      // Several petitions may report to an office; its pace is for each of them.
      const most = office.pace.digestsPerMonth * new Set(digest.map(({ petitionId }) => petitionId)).size;
      const before = await deliveries.countDigests(office._id, since, now);
      checks.push(checkPace('digest', { before, batch: digest.length, most, isTest }));
    }
    if (letter.length > 0) {
      const before = await deliveries.countLetters(office._id);
      checks.push(
        checkPace('letter', { before, batch: letter.length, most: office.pace.lettersInAll, isTest }),
      );
    }
    return checks;
  }

  /**
   * Lets a batch go at the pace of its offices. Where a check says stop, an office's part goes only by a named
   * organiser's word, which is kept on each of its deliveries; without it that part stays planned.
   * @throws INPUT_INVALID without a name
   */
  async function approve(
    actor: Actor,
    batch: Batch,
    { because = '' }: { because?: string } = {},
  ): Promise<Approved> {
    const by = byOf(actor);
    if (!by.trim()) throw invalidInput('Say who approves (--by).');
    // What was checked is what is approved: one that is planned meanwhile waits for the next time.
    const planned = await listPlanned(batch);
    const reports = await checkAll(planned);
    const going = new Map(
      reports
        .filter(({ mayGo }) => mayGo || because.trim())
        .map((report) => [report.officeId, overrideOf(report, { by, because })]),
    );
    let approved = 0;
    for (const delivery of planned) {
      if (!going.has(delivery.officeId)) continue;
      const override = going.get(delivery.officeId);
      const fields = { approvedBy: by, approvedAt: clock.now(), ...(override && { override }) };
      if (await deliveries.move(delivery, 'approved', fields, ['fault'])) approved += 1;
    }
    logger.info({ by, approved }, 'deliveries.approved');
    return { approved, refused: reports.filter(({ officeId }) => !going.has(officeId)), reports };
  }

  function overrideOf(
    report: Report,
    { by, because }: { by: string; because: string },
  ): Override | undefined {
    if (report.mayGo) return undefined;
    const checks = stopsOf(report);
    logger.warn({ officeId: report.officeId, by, because, checks }, 'preflight.overridden');
    return { by, because, at: clock.now(), checks };
  }

  return { preview, check, approve };
}
export type ApprovalService = ReturnType<typeof createApprovalService>;

function stopsOf({ checks }: Report): string[] {
  return checks.filter(({ level }) => level === 'stop').map(({ name, says }) => `${name}: ${says}`);
}
