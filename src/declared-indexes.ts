import { answerIndexes } from './answers/answer.store.ts';
import { auditIndexes } from './audit/audit.store.ts';
import { deliveryIndexes } from './deliveries/delivery.store.ts';
import { deskIndexes } from './desk/desk.store.ts';
import { exportIndexes } from './exports/export.store.ts';
import type { IndexDeclaration } from './lib/indexes.ts';
import { incomingIndexes } from './mail/incoming/incoming.store.ts';
import { keptMailIndexes } from './mail/incoming/kept-mail.store.ts';
import { outboxIndexes } from './mail/outbox.store.ts';
import { suppressionIndexes } from './mail/suppression.store.ts';
import { noteIndexes } from './notes/note.store.ts';
import { attemptIndexes } from './organisers/attempt.store.ts';
import { invitationIndexes } from './organisers/invitation.store.ts';
import { organiserIndexes } from './organisers/organiser.store.ts';
import { sessionIndexes } from './organisers/session.store.ts';
import { draftLinkIndexes } from './petitions/draft-link.store.ts';
import { petitionIndexes } from './petitions/petition.store.ts';
import { shortAddressIndexes } from './petitions/short-address.store.ts';
import { countingIndexes } from './signatures/counting.store.ts';
import { signatureIndexes } from './signatures/signature.store.ts';
import { hourIndexes } from './tracking/hour.store.ts';
import { wordsIndexes } from './words/words.store.ts';

/** Every index of every room. */
export const declaredIndexes: readonly IndexDeclaration[] = [
  ...draftLinkIndexes,
  ...shortAddressIndexes,
  ...petitionIndexes,
  ...signatureIndexes,
  ...countingIndexes,
  ...deskIndexes,
  ...outboxIndexes,
  ...suppressionIndexes,
  ...deliveryIndexes,
  ...incomingIndexes,
  ...keptMailIndexes,
  ...wordsIndexes,
  ...answerIndexes,
  ...noteIndexes,
  ...auditIndexes,
  ...organiserIndexes,
  ...sessionIndexes,
  ...invitationIndexes,
  ...attemptIndexes,
  ...hourIndexes,
  ...exportIndexes,
];
