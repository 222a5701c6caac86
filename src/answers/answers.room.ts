import type { DeliveryRecord } from '../deliveries/delivery.ts';
import type { Clock } from '../lib/clock.ts';
import type { Translator } from '../lib/i18n.ts';
import type { Logger } from '../lib/logger.ts';
import type { KeySet, Sealer } from '../lib/sealed.ts';
import type { Hold, OutboxRow } from '../mail/mail.ts';
import type { Office } from '../offices/office.ts';
import type { Catalog, Petition } from '../petitions/petition.ts';
import type { SignatureStore } from '../signatures/signature.store.ts';
import type { Signature } from '../signatures/signature.ts';
import { createAnswerService } from './answer.service.ts';
import type { AnswerStore } from './answer.store.ts';
import { createOfficeLinks } from './answer-links.ts';
import { createOfficeAnswerService } from './office-answer.service.ts';
import { createUpdateComposer, type UpdateComposerDeps } from './update.composer.ts';
import { createUpdateService } from './update.service.ts';

/** Everything that comes of an office's answer, put together from what the other rooms give. */
export function createAnswersRoom(
  deps: Pick<UpdateComposerDeps, 'renderMail' | 'oneClickHeaders' | 'publicUrl' | 'linksFor'> & {
    answers: AnswerStore;
    findByToken(petitionId: string, token: string): Promise<DeliveryRecord | null>;
    subscribers: Pick<SignatureStore, 'listSubscribed'>;
    getPetition(slug: string): Promise<Petition>;
    findPetition(slug: string): Promise<Petition | null>;
    findPetitionByNumber(number: number): Promise<Petition | null>;
    listPetitions(): Promise<readonly Petition[]>;
    getOffice(id: string): Promise<Office>;
    changeOffice(id: string, how: (office: Office) => Office): Promise<Office | null>;
    setPace(officeId: string, pace: { digestsPerMonth: number }): Promise<unknown>;
    blockEmailChannel(officeId: string, reason: string): Promise<unknown>;
    findHead(petitionId: string, seq: number): Promise<{ total: number } | null>;
    findSignature(id: string): Promise<Signature | null>;
    findHold(emailKey: string, scope: 'updates'): Promise<Hold | undefined>;
    insertRows(rows: readonly OutboxRow[]): Promise<readonly (Error | undefined)[]>;
    linkKeys: KeySet;
    catalog: Catalog;
    translator: Pick<Translator, 't'>;
    sealer: Sealer;
    clock: Clock;
    logger: Logger;
  },
) {
  const answers = createAnswerService({ ...deps, store: deps.answers });
  return {
    answers,
    officeAnswer: createOfficeAnswerService({
      ...deps,
      links: createOfficeLinks({ keys: deps.linkKeys, clock: deps.clock }),
      recordByLink: answers.recordByLink,
    }),
    updates: createUpdateService(deps),
    updateComposer: createUpdateComposer(deps),
  };
}
