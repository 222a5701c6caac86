import type { DeliveriesRoom } from '../deliveries/deliveries.room.ts';
import type { Infra } from '../infra.ts';
import type { LedgerRoom } from '../ledger/ledger.room.ts';
import type { MailRoom } from '../mail/mail.room.ts';
import type { RenderMail } from '../mail/mail.ts';
import type { OfficesRoom } from '../offices/offices.room.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import type { Catalog } from '../petitions/petition.ts';
import type { SignaturesRoom } from '../signatures/signatures.room.ts';
import { createAnswerService } from './answer.service.ts';
import { createAnswerStore } from './answer.store.ts';
import { createOfficeLinks } from './answer-links.ts';
import { createOfficeAnswerService } from './office-answer.service.ts';
import { createTranslationService } from './translation.service.ts';
import { createUpdateComposer } from './update.composer.ts';
import { createUpdateService } from './update.service.ts';

type Rooms = {
  petitions: PetitionService;
  offices: OfficesRoom;
  ledger: LedgerRoom;
  mail: MailRoom;
  signatures: SignaturesRoom;
  deliveries: DeliveriesRoom;
  catalog: Catalog;
  renderMail: RenderMail;
};

/** Everything that comes of an office's answer. */
export function createAnswers(infra: Infra, rooms: Rooms) {
  const { petitions, offices, ledger, mail, signatures, deliveries, catalog, renderMail } = rooms;
  const store = createAnswerStore(infra.connection);
  const shared = { ...infra, ...petitions, ...offices, catalog };
  const answers = createAnswerService({ ...shared, store });
  const links = createOfficeLinks({ keys: infra.keys.link, clock: infra.clock });
  const telling = { ...shared, ...signatures.store, ...mail, answers: store };
  return {
    store,
    answers,
    officeAnswer: createOfficeAnswerService({
      ...shared,
      ...deliveries.record,
      ...answers,
      findHead: ledger.findHead,
      links,
    }),
    translations: createTranslationService({ ...infra, ...answers, store }),
    updates: createUpdateService(telling),
    updateComposer: createUpdateComposer({
      ...telling,
      ...infra.config,
      linksFor: signatures.linksFor,
      renderMail,
    }),
  };
}
export type AnswersRoom = ReturnType<typeof createAnswers>;
