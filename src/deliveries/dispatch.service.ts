import type { Infra } from '../infra.ts';
import { addMilliseconds, SECOND } from '../lib/clock.ts';
import type { OfficeCalendar } from '../offices/calendar.ts';
import { emailChannel, type Office } from '../offices/office.ts';
import type { OfficesRoom } from '../offices/offices.room.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import type { DeliveryService } from './delivery.service.ts';
import type { DeliveryStore } from './delivery.store.ts';
import type { Delivery } from './delivery.ts';
import { nextMoment, slotOf } from './dispatch.ts';
import type { OpensAt } from './office-hours.ts';
import type { PauseStore } from './pause.store.ts';
import { type Pause, pauseOf } from './pause.ts';

/** How soon a paused delivery is looked at again: a resumed one goes on within seconds. */
const PAUSE_LOOK_MS = 5 * SECOND;

/**
 * Lets approved deliveries go at each office's pace: in its working hours, one in each slot of the hour, petitions in
 * turn. Nothing about "when" is stored but the slot that was taken: what is late is not made up for.
 */
export function createDispatchService(
  deps: Pick<Infra, 'clock'> &
    Pick<OfficesRoom, 'listOffices'> &
    Pick<PetitionService, 'listPetitions'> &
    Pick<PauseStore, 'listPauses'> & {
      deliveries: DeliveryStore;
      letters: Pick<DeliveryService, 'release' | 'queueReleased'>;
      calendar: OfficeCalendar;
      opensAt: OpensAt;
    },
) {
  const { deliveries, letters, listOffices, listPetitions, listPauses, calendar, clock } = deps;

  /** One turn over all offices: at most one delivery to each. True when one was released. */
  async function step(): Promise<boolean> {
    const [offices, pauses, petitions] = await Promise.all([listOffices(), listPauses(), listPetitions()]);
    const petitionIds = petitions.map(({ _id }) => _id);
    let hasReleased = false;
    for (const office of offices) {
      if (await letGo(office, pauses, petitionIds)) hasReleased = true;
    }
    if (hasReleased) await letters.queueReleased();
    return hasReleased;
  }

  async function letGo(
    office: Office,
    pauses: readonly Pause[],
    petitionIds: readonly string[],
  ): Promise<boolean> {
    const now = clock.now();
    if (!emailChannel(office) || !calendar.isOpen(office, now)) return false;
    const slot = slotOf(office, now);
    if (now < slot.at || (await deliveries.isSlotTaken(slot.id))) return false;
    const delivery = await chooseNext(office, pauses, petitionIds);
    return delivery !== null && (await letters.release(delivery, { slot: slot.id })) === 'released';
  }

  /** Of the petitions that wait for this office, the one that was not served for the longest time. */
  async function chooseNext(
    office: Office,
    pauses: readonly Pause[],
    petitionIds: readonly string[],
  ): Promise<Delivery | null> {
    const officeId = office._id;
    const waiting: { delivery: Delivery; servedAt: number }[] = [];
    let isFull: boolean | undefined;
    for (const petitionId of petitionIds) {
      if (pauseOf(pauses, { officeId, petitionId })) continue;
      const delivery = await deliveries.findNextApproved(officeId, petitionId);
      if (!delivery) continue;
      if (delivery.kind === 'letter') {
        isFull ??= await hasAllLetters(office);
        if (isFull) continue;
      }
      const last = await deliveries.findLastReleased(officeId, petitionId, clock.now());
      waiting.push({ delivery, servedAt: last?.getTime() ?? 0 });
    }
    return waiting.sort((a, b) => a.servedAt - b.servedAt)[0]?.delivery ?? null;
  }

  /** Then only reports go to it. */
  async function hasAllLetters({ _id, pace }: Office): Promise<boolean> {
    return pace.lettersPerHour === 0 || (await deliveries.countLetters(_id)) >= pace.lettersInAll;
  }

  /**
   * Asked again at the moment of sending: a mail that waited, for a pause or a server that said "later", goes in hours
   * and slots like any other; what an organiser sent by hand waits for no slot. Undefined: it may go; else when to ask
   * again.
   */
  async function waitsUntil(delivery: Delivery, office: Office): Promise<Date | undefined> {
    const now = clock.now();
    if (pauseOf(await listPauses(), delivery)) return addMilliseconds(now, PAUSE_LOOK_MS);
    if (!delivery.slot) return deps.opensAt(office);
    if (!calendar.isOpen(office, now)) return calendar.nextOpening(office, now);
    const slot = slotOf(office, now);
    if (delivery.slot === slot.id) return undefined;
    if (now < slot.at) return slot.at;
    if (await deliveries.changeSlot(delivery, slot.id)) return undefined;
    return nextMoment(office, now, true);
  }

  return { step, waitsUntil };
}
export type DispatchService = ReturnType<typeof createDispatchService>;
