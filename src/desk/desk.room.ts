import type { Audit } from '../audit/audit.service.ts';
import type { DeliveryStore } from '../deliveries/delivery.store.ts';
import type { Infra } from '../infra.ts';
import { SECOND } from '../lib/clock.ts';
import type { KeptMailService } from '../mail/incoming/kept-mail.service.ts';
import type { MailRoom } from '../mail/mail.room.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import type { SignaturesRoom } from '../signatures/signatures.room.ts';
import { createDeskActs } from './acts.service.ts';
import { createBursts } from './burst.service.ts';
import { createBurstStore } from './burst.store.ts';
import { createDesk } from './desk.service.ts';
import { createDeskStore } from './desk.store.ts';
import { createErasure } from './erasure.service.ts';
import { createRules } from './rule.service.ts';
import { createRuleStore } from './rule.store.ts';
import { createRuleWorker } from './rule.worker.ts';

/** Where organisers find signatures, and hold, take out and put back what is not from people. */
export function createDeskRoom(
  infra: Infra,
  rooms: {
    petitions: PetitionService;
    mail: MailRoom;
    signatures: SignaturesRoom;
    deliveries: Pick<DeliveryStore, 'listLettersOf'>;
    keptMail: KeptMailService;
    audit: Audit;
    networkOf(ip: string): string;
    getTotal(petitionId: string): Promise<number>;
  },
) {
  const { petitions, mail, signatures, deliveries, keptMail, audit, networkOf, getTotal } = rooms;
  const store = createDeskStore(infra.connection);
  const shared = { ...infra, ...petitions, ...signatures, store, audit, signatures: signatures.store };
  const desk = createDesk({ ...shared, networkOf });
  const ruleStore = createRuleStore(infra.connection);
  const erasure = createErasure({ ...signatures, ...deliveries, keptMail });
  return {
    desk: { ...desk, ...createDeskActs({ ...shared, ...mail, store, desk }) },
    erasure,
    rules: createRules({ ...infra, ...petitions, store: ruleStore, audit, getTotal }),
    bursts: createBursts({ ...infra, store: createBurstStore(infra.connection), audit }),
    ruleWorker: createRuleWorker({ ...infra, store: ruleStore }),
    forgetSignals: createForgetting(store.forgetSignals),
    deskStore: store,
  };
}
export type DeskRoom = ReturnType<typeof createDeskRoom>;

/** Each process looks through the past once, and from then on only at what has become old since. */
function createForgetting(forget: (from: Date, now: Date) => Promise<Date>) {
  let from = new Date(0);
  return async (now: Date): Promise<void> => {
    const until = await forget(from, now);
    // Whatever was being confirmed at that very moment by another clock is looked at again.
    from = new Date(Math.max(0, until.getTime() - 3_600 * SECOND));
  };
}
