import type { DeliveryService } from '../deliveries/delivery.service.ts';
import type { OfficeService } from '../offices/office.service.ts';
import type { WaitingSource } from '../organisers/today.admin.ts';

/** What Today says of letters: how many nobody has approved, and each that is in doubt or came back. */
export function lettersWaiting({
  letters,
  offices,
}: {
  letters: Pick<DeliveryService, 'listDoubtful' | 'findPlanned'>;
  offices: Pick<OfficeService, 'listOffices'>;
}): WaitingSource {
  return async () => {
    const [{ count, since }, doubtful, all] = await Promise.all([
      letters.findPlanned(),
      letters.listDoubtful(),
      offices.listOffices(),
    ]);
    const names = new Map(all.map(({ _id, name }) => [_id, name]));
    const planned = { key: 'console.today.planned', values: { count }, path: '/deliveries' };
    return [
      ...(count > 0 ? [{ ...planned, ...(since && { since }) }] : []),
      ...doubtful.map(({ _id, officeId, state, endedAt }) => ({
        key: `console.today.${state}`,
        values: (locale: 'en' | 'es') => ({ office: names.get(officeId)?.[locale] ?? officeId }),
        path: `/deliveries/${encodeURIComponent(_id)}`,
        route: '/deliveries/:ref',
        ...(endedAt && { since: endedAt }),
      })),
    ];
  };
}
