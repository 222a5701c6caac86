import { type Actor, byOf } from '../lib/actor.ts';
import type { Clock } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import { readInput } from '../lib/form-faults.ts';
import type { Logger } from '../lib/logger.ts';
import { createChannelService } from './channel.service.ts';
import { refuseHelpline } from './channels.ts';
import { addHolder, endHolder, removeHolder } from './holders.ts';
import { Day, NewClosing, NewHolder, NewOffice, OfficeChange, OfficeFields } from './office.schema.ts';
import type { OfficeStore } from './office.store.ts';
import { NO_MAIL, OFFICE_HOURS, type Office, type Pace, withDefaults } from './office.ts';

type Given = Record<string, unknown>;

/** Every change is made to the office as it is at that moment: two at once both count. */
export function createOfficeService(deps: { store: OfficeStore; clock: Clock; logger: Logger }) {
  const { store, clock, logger } = deps;

  /** @throws OFFICE_NOT_FOUND */
  async function getOffice(id: string): Promise<Office> {
    return (await store.findOffice(id)) ?? missing(id);
  }

  async function change(id: string, how: (office: Office) => Office): Promise<Office> {
    return (await store.changeOffice(id, how)) ?? missing(id);
  }

  async function changeBy(actor: Actor, id: string, how: (office: Office) => Office): Promise<Office> {
    const office = await change(id, how);
    logger.info({ officeId: id, by: byOf(actor) }, 'office.changed');
    return office;
  }

  /** @throws OFFICE_EXISTS; OFFICE_INVALID naming each fault; OFFICE_IS_HELPLINE */
  async function addOffice(actor: Actor, given: Given): Promise<Office> {
    const read = readInput(NewOffice, { hours: OFFICE_HOURS, ...given }, 'OFFICE_INVALID');
    refuseHelpline(read.name.en, read.name.es);
    const all = await store.listOffices();
    const order = Math.max(0, ...all.map((one) => one.order)) + 1;
    const office = withDefaults({ ...withLanguage(read), holders: [], channels: [], order });
    if (!(await store.insertOffice(office)))
      throw new AppError('OFFICE_EXISTS', {
        message: `There is an office "${office._id}" already.`,
        field: 'ref',
        fault: 'taken',
      });
    logger.info({ officeId: office._id, by: byOf(actor) }, 'office.added');
    return office;
  }

  /**
   * Names, languages, zone and hours; what is not given stays. @throws OFFICE_NOT_FOUND, OFFICE_INVALID, OFFICE_IS_HELPLINE
   */
  async function setOffice(actor: Actor, id: string, given: Given): Promise<Office> {
    return changeBy(actor, id, (office) => {
      const { language, languages, zone, hours } = office;
      const name = { ...office.name, ...(given.name as Partial<Office['name']> | undefined) };
      const short = given.short ? { ...(office.short ?? {}), ...given.short } : office.short;
      const whole = { language, languages, zone, hours, ...given, name, ...(short && { short }) };
      const read = readInput(OfficeChange, whole, 'OFFICE_INVALID');
      refuseHelpline(read.name.en, read.name.es);
      return { ...office, ...withLanguage(read) };
    });
  }

  /** For good: it serves people in need, and no mail goes there. @throws OFFICE_NOT_FOUND */
  async function setPostOnly(actor: Actor, id: string): Promise<Office> {
    return changeBy(actor, id, (office) => ({ ...office, isPostOnly: true, pace: NO_MAIL }));
  }

  /** @throws OFFICE_NOT_FOUND; OFFICE_INVALID naming each fault and the most that may be set */
  async function setPace(actor: Actor, id: string, given: { [K in keyof Pace]?: unknown }): Promise<Office> {
    const office = await change(id, (before) => {
      const pace = readInput(OfficeFields.pace, { ...before.pace, ...given }, 'OFFICE_INVALID');
      if (before.isPostOnly && Object.values(pace).some((most) => most > 0))
        throw new AppError('OFFICE_INVALID', {
          message: `${before.name.en} is written to by post only: its pace is 0.`,
          fault: 'postOnly',
        });
      return { ...before, pace };
    });
    logger.info({ officeId: id, ...office.pace, by: byOf(actor) }, 'office.pace-set');
    return office;
  }

  /** @throws OFFICE_NOT_FOUND; OFFICE_INVALID naming each fault, or that it is closed on these days already */
  async function addClosing(actor: Actor, id: string, given: Given): Promise<Office> {
    const closing = { ...readInput(NewClosing, given, 'OFFICE_INVALID'), by: byOf(actor), at: clock.now() };
    return changeBy(actor, id, (office) => {
      const closings = office.closings ?? [];
      const other = closings.find(({ from, to }) => from <= closing.to && closing.from <= to);
      if (other)
        throw new AppError('OFFICE_INVALID', {
          message: `${id} is closed from ${other.from} to ${other.to} already (office closing remove).`,
          fault: 'closed',
        });
      return { ...office, closings: [...closings, closing].sort((a, b) => a.from.localeCompare(b.from)) };
    });
  }

  /** @throws OFFICE_NOT_FOUND; OFFICE_INVALID when none begins on that day */
  async function removeClosing(actor: Actor, id: string, from: string): Promise<Office> {
    return changeBy(actor, id, (office) => {
      const closings = (office.closings ?? []).filter((one) => one.from !== from);
      if (closings.length === (office.closings ?? []).length)
        throw new AppError('OFFICE_INVALID', {
          message: `No closing of ${id} begins on "${from}".`,
          fault: 'gone',
        });
      return { ...office, closings };
    });
  }

  /** @throws OFFICE_NOT_FOUND; OFFICE_HOLDER_INVALID naming each fault, or who holds it then */
  async function addOfficeHolder(actor: Actor, id: string, given: Given): Promise<Office> {
    const holder = readInput(NewHolder, given, 'OFFICE_HOLDER_INVALID');
    return changeBy(actor, id, (office) => addHolder(office, holder));
  }
  async function endOfficeHolder(actor: Actor, id: string, on: unknown, name?: string): Promise<Office> {
    const day = readInput(Day, on, 'OFFICE_HOLDER_INVALID');
    return changeBy(actor, id, (office) => endHolder(office, day, name));
  }
  async function removeOfficeHolder(actor: Actor, id: string, name: string): Promise<Office> {
    return changeBy(actor, id, (office) => removeHolder(office, name));
  }

  return {
    listOffices: store.listOffices,
    getOffice,
    addOffice,
    setOffice,
    setPostOnly,
    setPace,
    ...createChannelService({ findOffice: store.findOffice, getOffice, change, clock, logger }),
    addClosing,
    removeClosing,
    addHolder: addOfficeHolder,
    endHolder: endOfficeHolder,
    removeHolder: removeOfficeHolder,
  };
}
export type OfficeService = ReturnType<typeof createOfficeService>;

/** What we write in stands among what it reads. */
function withLanguage<T extends Pick<Office, 'language' | 'languages'>>(office: T): T {
  const { language, languages } = office;
  return { ...office, languages: [...new Set([language, ...languages])] };
}

function missing(id: string): never {
  throw new AppError('OFFICE_NOT_FOUND', { message: `There is no office "${id}".` });
}
