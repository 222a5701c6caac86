import type { Delivery, DeliveryRecord } from '../deliveries/delivery.ts';
import type { DeliveryRecordStore } from '../deliveries/delivery-record.store.ts';
import type { Infra } from '../infra.ts';
import type { LedgerRoom } from '../ledger/ledger.room.ts';
import { AppError, isAppError } from '../lib/errors.ts';
import type { Office } from '../offices/office.ts';
import type { OfficesRoom } from '../offices/offices.room.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { type Catalog, type Demand, demandsTo, type Petition } from '../petitions/petition.ts';
import type { AnswerForm } from './answer.schema.ts';
import type { AnswerService } from './answer.service.ts';
import type { Answer, PaceChoice } from './answer.ts';
import type { OfficeLinks } from './answer-links.ts';

/** What the page behind an office's link shows. */
export type OfficeVisit = {
  petition: Petition;
  office: Office;
  delivery: DeliveryRecord;
  /** who stood behind the petition at the entry that the delivery rests on */
  people: number;
  demands: Demand[];
};

/** What an office does through its link, without an account: it answers, slows or stops us, corrects its address. */
export function createOfficeAnswerService(
  deps: Pick<Infra, 'logger'> &
    Pick<PetitionService, 'findPetitionByNumber' | 'getPetition'> &
    Pick<OfficesRoom, 'getOffice' | 'setPace' | 'blockEmailChannel'> &
    Pick<DeliveryRecordStore, 'findByToken'> &
    Pick<LedgerRoom, 'findHead'> &
    Pick<AnswerService, 'recordByLink'> & {
      links: OfficeLinks;
      catalog: Pick<Catalog, 'demands'>;
    },
) {
  const { links, findPetitionByNumber, findByToken, findHead, getPetition, getOffice, catalog, logger } =
    deps;

  /** For the digest that goes out: the token of the page where its office answers it. */
  async function mint(delivery: Pick<Delivery, 'petitionId' | 'officeId' | 'token'>): Promise<string> {
    const [{ number }, { answerLinkVersion = 0 }] = await Promise.all([
      getPetition(delivery.petitionId),
      getOffice(delivery.officeId),
    ]);
    return links.mint({
      petitionNumber: number,
      deliveryToken: delivery.token,
      linkVersion: answerLinkVersion,
    });
  }

  /** Reads only. @throws LINK_INVALID; ANSWER_LINK_EXPIRED after its time, or when the office's links were ended */
  async function getVisit(token: string): Promise<OfficeVisit> {
    const { petitionNumber, deliveryToken, linkVersion } = links.read(token);
    const petition = await findPetitionByNumber(petitionNumber);
    const delivery = petition && (await findByToken(petition._id, deliveryToken));
    if (!petition || !delivery) throw new AppError('LINK_INVALID');
    const office = await getOffice(delivery.officeId);
    if ((office.answerLinkVersion ?? 0) % 65_536 !== linkVersion) throw new AppError('ANSWER_LINK_EXPIRED');
    const head = await findHead(petition._id, delivery.to);
    const demands = demandsTo(office._id, petition, catalog);
    return { petition, office, delivery, people: head?.total ?? 0, demands };
  }

  /** Kept first, then done: sent once more it is kept once, and done again. @throws LINK_INVALID, ANSWER_LINK_EXPIRED */
  async function answer({ delivery, office }: OfficeVisit, form: AnswerForm): Promise<Answer> {
    const { statements, reasons, text, pace, proposedAddress } = form;
    const recorded = await deps.recordByLink({
      deliveryId: delivery._id,
      petitionId: delivery.petitionId,
      officeId: office._id,
      statements,
      content: {
        text,
        ...(reasons.length > 0 && { reasons }),
        ...(pace && { pace }),
        ...(proposedAddress && { proposedAddress }),
      },
    });
    if (proposedAddress)
      logger.warn({ officeId: office._id, answerId: recorded._id }, 'office.address-proposed');
    if (pace) await changePace(office._id, pace);
    return recorded;
  }

  /** An office that no mail goes to any more, for whatever reason, has nothing to stop or to slow. */
  async function changePace(officeId: string, pace: PaceChoice): Promise<void> {
    const isDone = await (pace === 'stop'
      ? deps.blockEmailChannel(
          { via: 'office', office: officeId },
          officeId,
          'asked for by the office, through its link',
        )
      : deps.setPace({ via: 'office', office: officeId }, officeId, { digestsPerMonth: Number(pace) })
    ).then(
      () => true,
      (error: unknown) => {
        if (isAppError(error, 'OFFICE_CHANNEL_INVALID') || isAppError(error, 'OFFICE_INVALID')) return false;
        throw error;
      },
    );
    logger.info({ officeId, pace, isDone }, 'office.pace-asked');
  }

  return { mint, getVisit, answer };
}
export type OfficeAnswerService = ReturnType<typeof createOfficeAnswerService>;
