import type { Infra } from '../infra.ts';
import { addMilliseconds, MINUTE } from '../lib/clock.ts';
import type { MailRoom } from '../mail/mail.room.ts';
import { dueRow, type OutboxRow } from '../mail/mail.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { isShown } from '../petitions/petition.ts';
import type { AskingStore } from '../signatures/asking.store.ts';
import { parseSignatureId } from '../signatures/signature.ts';
import { isOld } from './update.service.ts';
import type { UpdateStore } from './update.store.ts';
import { isWithinHours, type Update } from './update.ts';

/** Somebody who waits for the link that confirms has no more than these before them in the outbox. */
const BATCH = 200;

/** Writes the mails of approved updates, as fast as the outbox empties. Taken up where it broke off. */
export function createUpdateWorker(
  deps: Pick<Infra, 'clock' | 'logger'> &
    Pick<MailRoom, 'insertRows' | 'countWaiting'> &
    Pick<AskingStore, 'listAsking'> &
    Pick<PetitionService, 'findPetition'> & {
      store: Pick<UpdateStore, 'listSending' | 'changeUpdate'>;
      getZone(): Promise<string>;
      batchSize?: number;
    },
) {
  const { store, findPetition, getZone, listAsking, insertRows, countWaiting, clock, logger } = deps;
  const { batchSize = BATCH } = deps;

  /** One batch of each; true when more can be written at once. */
  async function step(): Promise<boolean> {
    const zone = await getZone();
    let isMore = false;
    for (const update of await store.listSending()) {
      if (!isOld(update, clock.now()) && !(await maySend(update, zone))) continue;
      const soon = addMilliseconds(clock.now(), MINUTE);
      if ((await countWaiting(soon, batchSize)) >= batchSize) return false;
      isMore = (await writeBatch(update)) || isMore;
    }
    return isMore;
  }

  async function maySend({ hours, petitionId }: Update, zone: string): Promise<boolean> {
    const petition = await findPetition(petitionId);
    return petition !== null && isShown(petition) && isWithinHours(hours, clock.now(), zone);
  }

  /** First the mails, then the mark: what a crash leaves between is written again under the same keys. */
  async function writeBatch(update: Update): Promise<boolean> {
    const { petitionId, progress = { through: '', rows: 0 } } = update;
    const now = clock.now();
    const ids = isOld(update, now) ? [] : await listAsking(petitionId, progress.through, batchSize);
    const rows = ids.map((id) => rowFor(update, id, now));
    // The driver refuses to insert nothing.
    const failed = rows.length > 0 && (await insertRows(rows)).find(Boolean);
    if (failed) throw failed;
    const isDone = ids.length < batchSize;
    const through = ids.at(-1) ?? progress.through;
    const next: Update = {
      ...update,
      ...(isDone && { state: 'sent' }),
      progress: { through, rows: progress.rows + ids.length },
    };
    const isMine = await store.changeUpdate(update, next);
    if (isMine && isDone) logger.info({ updateId: update._id, rows: next.progress?.rows }, 'update.written');
    return !isDone;
  }

  return { step };
}

const KIND = 'news';

function rowFor({ _id: updateId }: Update, signatureId: string, now: Date): OutboxRow {
  const { emailKey } = parseSignatureId(signatureId);
  const _id = `${KIND}:${updateId}:${signatureId}`;
  return dueRow({ _id, kind: KIND, audience: 'person', subjectId: signatureId, emailKey, isOnce: true }, now);
}

/** The update that an outbox row speaks of. */
export function updateOfRow({ _id }: Pick<OutboxRow, '_id'>): string {
  return _id.split(':', 2)[1] ?? '';
}
