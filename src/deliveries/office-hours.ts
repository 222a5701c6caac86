import { isTrialAddress } from '../campaign/campaign.ts';
import type { Clock } from '../lib/clock.ts';
import type { OfficeCalendar } from '../offices/calendar.ts';
import { emailChannel, type Office } from '../offices/office.ts';

/**
 * When an office that is closed opens again, for what an organiser sends by hand; undefined: it may go now. An office
 * under .example or .test has nobody to disturb, so that a trial works at night.
 */
export function createOfficeHours({ calendar, clock }: { calendar: OfficeCalendar; clock: Clock }) {
  return (office: Office): Date | undefined => {
    const address = emailChannel(office)?.value;
    const now = clock.now();
    if (address === undefined || isTrialAddress(address) || calendar.isOpen(office, now)) return undefined;
    return calendar.nextOpening(office, now);
  };
}
export type OpensAt = ReturnType<typeof createOfficeHours>;
