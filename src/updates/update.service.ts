import type { Infra } from '../infra.ts';
import { type Actor, byOf } from '../lib/actor.ts';
import { createCached } from '../lib/cached.ts';
import { addMilliseconds, DAY, SECOND, utcDay } from '../lib/clock.ts';
import { AppError, type ErrorCode } from '../lib/errors.ts';
import { newRef } from '../lib/ref.ts';
import type { PetitionService } from '../petitions/petition.service.ts';
import { isShown } from '../petitions/petition.ts';
import type { UpdateStore } from './update.store.ts';
import {
  type Expected,
  isPublished,
  NEWS_DAYS,
  type PublishedUpdate,
  type Update,
  type Written,
} from './update.ts';

/** Updates on petitions: written by one, approved by another, then mailed in the background. */
export function createUpdateService(
  deps: Pick<Infra, 'clock' | 'logger'> &
    Pick<PetitionService, 'getPetition'> & {
      store: UpdateStore;
      countAsking(petitionId: string): Promise<Expected>;
      /** nobody else may approve here */
      isAlone(): Promise<boolean>;
    },
) {
  const { store, getPetition, countAsking, clock, logger } = deps;
  const listed = createCached({ load: store.listUpdates, freshMs: SECOND, clock });
  const saidBy = (actor: Actor) => ({ by: byOf(actor), at: clock.now() });

  /** What stands on a petition's page, the newest first. */
  async function listPublished(petitionId: string): Promise<PublishedUpdate[]> {
    return (await listed.get()).filter(isPublished).filter((one) => one.petitionId === petitionId);
  }

  /** @throws UPDATE_NOT_FOUND */
  async function getUpdate(id: string): Promise<Update> {
    const found = await store.findUpdate(id);
    if (!found) throw new AppError('UPDATE_NOT_FOUND', { message: `There is no update "${id}".` });
    return found;
  }

  /** @throws PETITION_NOT_FOUND */
  async function write(petitionId: string, written: Written, actor: Actor): Promise<Update> {
    await getPetition(petitionId);
    const update: Update = {
      _id: newRef(),
      petitionId,
      state: 'draft',
      ...written,
      revision: 1,
      written: saidBy(actor),
    };
    await store.insertUpdate(update);
    return update;
  }

  /** What was proposed has to be proposed again. @throws UPDATE_CHANGED when it is no more what the writer read */
  async function rewrite(id: string, written: Written, actor: Actor, revision?: number): Promise<void> {
    const read = await getIn(id, ['draft', 'proposed'], revision);
    const { proposed: _, ...rest } = read;
    await put(read, { ...rest, ...written, state: 'draft', written: saidBy(actor) });
  }

  async function propose(id: string, actor: Actor, revision?: number): Promise<void> {
    const read = await getIn(id, ['draft'], revision);
    await put(read, { ...read, state: 'proposed', proposed: saidBy(actor) });
  }

  /**
   * From now on it stands on the page, and its mails are written. @throws SECOND_PERSON where whoever wrote or proposed it
   * approves it: in a group of one they may on another day
   */
  async function approve(id: string, actor: Actor, revision?: number): Promise<void> {
    const read = await getIn(id, ['proposed'], revision);
    if (!isShown(await getPetition(read.petitionId)))
      throw conflict('UPDATE_STATE_CONFLICT', 'Its petition is not on the site.');
    const approved = saidBy(actor);
    if (isTheirs(read, actor)) {
      const isAlone = await deps.isAlone();
      if (!isAlone || utcDay(lastWord(read)) === utcDay(approved.at))
        throw new AppError('SECOND_PERSON', {
          message: `${approved.by} wrote or proposed it. Another person must approve it${isAlone ? ', or the same on another day' : ''}.`,
          isAlone,
        });
    }
    const expected = await countAsking(read.petitionId);
    const progress = { through: '', rows: 0 };
    await put(read, { ...read, state: 'sending', approved, expected, progress });
    logger.info({ updateId: id, petitionId: read.petitionId, by: approved.by }, 'update.approved');
  }

  async function pause(id: string, actor: Actor): Promise<void> {
    await turn(id, ['sending'], (read) => ({ ...read, state: 'paused', changed: saidBy(actor) }));
  }

  /** @throws UPDATE_TOO_OLD two weeks after its approval */
  async function resume(id: string, actor: Actor): Promise<void> {
    await turn(id, ['paused'], (read) => {
      if (isOld(read, clock.now()))
        throw conflict('UPDATE_TOO_OLD', `It was approved over ${NEWS_DAYS} days ago.`);
      return { ...read, state: 'sending', changed: saidBy(actor) };
    });
  }

  /** No more mail of it goes; it stays on the page. Also of one that is written to everybody and waits in the outbox. */
  async function cancel(id: string, actor: Actor): Promise<void> {
    await turn(id, ['sending', 'paused', 'sent'], (read) => ({
      ...read,
      state: 'cancelled',
      changed: saidBy(actor),
    }));
  }

  /** Off the page, and no more mail of it goes. */
  async function withdraw(id: string, actor: Actor): Promise<void> {
    await turn(id, ['sending', 'paused', 'sent', 'cancelled'], (read) => {
      if (read.withdrawn) throw conflict('UPDATE_STATE_CONFLICT', 'It is off the page already.');
      const said = saidBy(actor);
      return { ...read, state: 'cancelled', changed: said, withdrawn: said };
    });
  }

  /** Of one that nobody approved: it is gone. */
  async function discard(id: string, revision?: number): Promise<void> {
    const read = await getIn(id, ['draft', 'proposed'], revision);
    if (!(await store.deleteUpdate(read))) throw changedSince();
    listed.forget();
  }

  async function getIn(id: string, states: readonly Update['state'][], revision?: number): Promise<Update> {
    const read = await getUpdate(id);
    if (!states.includes(read.state)) throw conflict('UPDATE_STATE_CONFLICT', `It is ${read.state}.`);
    if (revision !== undefined && read.revision !== revision) throw changedSince();
    return read;
  }

  async function put(read: Update, next: Update): Promise<void> {
    if (!(await store.changeUpdate(read, next))) throw changedSince();
    listed.forget();
  }

  /** While it is sent its progress is written beside: what a person says is said of what is there then. */
  async function turn(
    id: string,
    states: readonly Update['state'][],
    next: (read: Update) => Update,
  ): Promise<void> {
    for (;;) {
      const read = await getIn(id, states);
      if (await store.changeUpdate(read, next(read))) return listed.forget();
    }
  }

  return {
    listUpdates: store.listUpdates,
    listPublished,
    warm: listed.warm,
    getUpdate,
    countAsking,
    write,
    rewrite,
    propose,
    approve,
    pause,
    resume,
    cancel,
    withdraw,
    discard,
  };
}
export type UpdateService = ReturnType<typeof createUpdateService>;

export function isOld({ approved }: Update, now: Date): boolean {
  return approved !== undefined && addMilliseconds(approved.at, NEWS_DAYS * DAY) <= now;
}

/** Whether they wrote it or proposed it. */
export function isTheirs({ written, proposed }: Update, actor: Actor): boolean {
  const by = byOf(actor);
  return written.by === by || proposed?.by === by;
}

function lastWord({ written, proposed }: Update): Date {
  return proposed?.at ?? written.at;
}

function conflict(code: ErrorCode, message: string): AppError {
  return new AppError(code, { message });
}

function changedSince(): AppError {
  return conflict('UPDATE_CHANGED', 'Someone has changed it since. Look at it again.');
}
