import type { Services } from '../../src/composition.ts';
import { TESTER } from './actor.ts';

/** Approves every digest that is planned, as an organiser would. */
export async function approveAll({ stores, clock }: Services): Promise<void> {
  for (const delivery of await stores.deliveries.listByState(['planned'], { kind: 'digest' }))
    await stores.deliveries.move(delivery, 'approved', { approvedBy: 'Rosa', approvedAt: clock.now() });
}

/** And lets them go by hand. */
export async function releaseAll(services: Services) {
  await approveAll(services);
  return services.letters.releaseDigests(TESTER, {});
}
