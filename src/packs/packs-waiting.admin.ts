import type { WaitingSource } from '../organisers/today.admin.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import type { PackService } from './pack.service.ts';

/** What Today says of legal clocks: papers that an office has, and has not answered. */
export function packsWaiting({
  packs,
  petitions,
}: {
  packs: Pick<PackService, 'listHandedIn'>;
  petitions: Pick<PetitionService, 'listPetitions'>;
}): WaitingSource {
  return async () => {
    const all = await petitions.listPetitions();
    const handedIn = (await Promise.all(all.map(({ _id }) => packs.listHandedIn(_id)))).flat();
    return handedIn
      .filter(({ answered }) => !answered)
      .map(({ folio, on, _id }) => ({
        key: 'console.today.clock',
        values: { folio },
        since: new Date(on),
        path: `/packs#${encodeURIComponent(_id)}`,
        route: '/packs',
      }));
  };
}
