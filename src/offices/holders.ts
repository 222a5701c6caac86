import { AppError } from '../lib/errors.ts';
import type { Holder, Office } from './office.ts';

/** No two hold an office on one day. @throws OFFICE_HOLDER_INVALID */
export function addHolder(office: Office, holder: Holder): Office {
  const other = office.holders.find((one) => overlaps(one, holder));
  if (other)
    throw refused(
      `${other.name} holds ${office._id} ${span(other)}: ${wayOut(office, other, holder)}`,
      'overlap',
    );
  const holders = [...office.holders, holder].sort((a, b) => a.from.localeCompare(b.from));
  return { ...office, holders };
}

/**
 * From `day` on, they hold it no more.
 * @param name needed when more than one could be meant
 * @throws OFFICE_HOLDER_INVALID
 */
export function endHolder(office: Office, day: string, name?: string): Office {
  const open = office.holders.filter(
    (one) => (name ? one.name === name : one.to === undefined) && (one.to === undefined || day < one.to),
  );
  const holder = open.at(-1);
  if (!holder)
    throw refused(`Nobody${name ? ` named ${name}` : ''} holds ${office._id} on ${day} or later.`, 'nobody');
  if (day <= holder.from)
    throw refused(
      `${holder.name} holds ${office._id} from ${holder.from}: the end must be a later day.`,
      'tooEarly',
    );
  return { ...office, holders: office.holders.map((one) => (one === holder ? { ...one, to: day } : one)) };
}

/** One that was entered by mistake. @throws OFFICE_HOLDER_INVALID */
export function removeHolder(office: Office, name: string): Office {
  const holders = office.holders.filter((one) => one.name !== name);
  if (holders.length === office.holders.length) {
    const all = office.holders.map((one) => one.name).join(', ') || 'nobody';
    throw refused(`${office._id} has no holder named "${name}", but ${all}.`, 'nobody');
  }
  return { ...office, holders };
}

function overlaps(a: Holder, b: Holder): boolean {
  return (a.to === undefined || b.from < a.to) && (b.to === undefined || a.from < b.to);
}

function span({ from, to }: Holder): string {
  return to === undefined ? `since ${from}` : `from ${from} until ${to}`;
}

function wayOut({ _id }: Office, other: Holder, holder: Holder): string {
  return other.to === undefined && other.from < holder.from
    ? `first \`office holder end ${_id} --on ${holder.from}\`.`
    : 'give other days (--from, --to).';
}

function refused(message: string, fault: string): AppError {
  return new AppError('OFFICE_HOLDER_INVALID', { message, fault: `holder.${fault}` });
}
