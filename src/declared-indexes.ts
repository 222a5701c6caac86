import { actIndexes } from './audit/act.store.ts';
import { answerIndexes } from './letters/answer.store.ts';
import { deliveryIndexes } from './letters/delivery.store.ts';
import { quotedIndexes } from './letters/quoted.store.ts';
import { recordIndexes } from './letters/record.store.ts';
import type { IndexDeclaration } from './lib/indexes.ts';
import { incomingIndexes } from './mail/incoming.store.ts';
import { keptMailIndexes } from './mail/kept-mail.store.ts';
import { outboxIndexes } from './mail/outbox.store.ts';
import { suppressionIndexes } from './mail/suppression.store.ts';
import { petitionIndexes } from './petitions/petition.store.ts';
import { countingIndexes } from './signatures/counting.store.ts';
import { signatureIndexes } from './signatures/signature.store.ts';
import { wordsIndexes } from './signatures/words.store.ts';

/** Every index of every room. */
export const declaredIndexes: readonly IndexDeclaration[] = [
  ...petitionIndexes,
  ...signatureIndexes,
  ...countingIndexes,
  ...outboxIndexes,
  ...suppressionIndexes,
  ...deliveryIndexes,
  ...incomingIndexes,
  ...keptMailIndexes,
  ...wordsIndexes,
  ...quotedIndexes,
  ...answerIndexes,
  ...recordIndexes,
  ...actIndexes,
];
