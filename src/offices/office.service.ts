import { addMilliseconds, type Clock, HOUR, utcDay } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import { VerifiedEmail } from './office.schema.ts';
import type { OfficeStore } from './office.store.ts';
import { emailChannel, type Office } from './office.ts';

/** A day that has begun somewhere on earth (UTC+14) is not in the future. */
const EASTERNMOST_OFFSET = 14 * HOUR;

export function createOfficeService({ store, clock }: { store: OfficeStore; clock: Clock }) {
  /** @throws OFFICE_NOT_FOUND */
  async function getOffice(id: string): Promise<Office> {
    const office = await store.findOffice(id);
    if (!office) throw new AppError('OFFICE_NOT_FOUND', { message: `There is no office "${id}".` });
    return office;
  }

  /**
   * Makes an address the office's channel, with the page that publishes it and the day it was checked.
   * @throws OFFICE_NOT_FOUND; OFFICE_CHANNEL_INVALID naming each fault
   */
  async function verifyEmailChannel(id: string, given: Record<string, unknown>): Promise<Office> {
    const office = await getOffice(id);
    if (office.isPostOnly)
      throw refused(`${office.name.en} is written to by post only: it serves people in need.`);
    const read = VerifiedEmail.safeParse(given);
    if (!read.success) {
      throw refused(read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'));
    }
    const { email, source, checked } = read.data;
    if (checked > utcDay(addMilliseconds(clock.now(), EASTERNMOST_OFFSET)))
      throw refused('checked: lies in the future');
    await store.putEmailChannel(id, {
      kind: 'email',
      value: email,
      state: 'verified',
      source,
      verifiedOn: checked,
    });
    return getOffice(id);
  }

  /** Nothing more is sent to it. @throws OFFICE_NOT_FOUND; OFFICE_CHANNEL_INVALID when it has no e-mail channel */
  async function blockEmailChannel(id: string): Promise<Office> {
    const channel = emailChannel(await getOffice(id));
    if (!channel) throw refused('It has no verified e-mail channel.');
    await store.putEmailChannel(id, { ...channel, state: 'blocked' });
    return getOffice(id);
  }

  return { listOffices: store.listOffices, getOffice, verifyEmailChannel, blockEmailChannel };
}
export type OfficeService = ReturnType<typeof createOfficeService>;

function refused(message: string): AppError {
  return new AppError('OFFICE_CHANNEL_INVALID', { message });
}
