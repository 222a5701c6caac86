import { createCached } from '../lib/cached.ts';
import { addMilliseconds, type Clock, SECOND, SKEW_MS } from '../lib/clock.ts';
import { AppError } from '../lib/errors.ts';
import type { Logger } from '../lib/logger.ts';
import type { InstallationStore } from './installation.store.ts';
import {
  faultOf,
  type Holder,
  type Installation,
  isSameSite,
  mergeSending,
  type Sending,
  type Site,
  siteOf,
  type Work,
} from './installation.ts';

/** A server says so often that it is there, and is believed so long. */
export const HOLD_EVERY_MS = 15 * SECOND;
const HOLD_MS = 60 * SECOND;

/** A server says what it is; a command, or anything else that only reads the record, does not. */
export type ServerRole = Omit<Holder, 'until'> & {
  /** serves pages: it alone says what the addresses are */
  isWeb: boolean;
  sends: boolean;
  /** nobody else can serve these data, as their database is this server's own */
  isSole: boolean;
};

/**
 * The settings that this process renders with: those of the record, which the server writes when it starts. Two servers
 * of different settings never render at the same time; whoever comes second takes the first one's and says so.
 */
export async function openInstallation(deps: {
  store: InstallationStore;
  /** `saysWhere`: its addresses are set, and not merely the default */
  own: Site & Sending & { saysWhere: boolean };
  server?: ServerRole | undefined;
  isAlive(process: Pick<Holder, 'pid' | 'startedAt'>): Promise<boolean>;
  clock: Clock;
  logger: Logger;
}) {
  const { store, own, server, clock, logger } = deps;
  const record = createCached({ load: store.findInstallation, freshMs: SECOND, clock });
  let said = '';

  async function open(): Promise<Site> {
    for (;;) {
      const before = await store.findInstallation();
      const next = server && (await nextOf(server, before));
      if (next && !(await store.replace(before, next))) continue;
      return siteOf(next ?? before ?? own);
    }
  }

  /** What this server makes of the record; undefined when it is not for it to change anything. */
  async function nextOf(role: ServerRole, before: Installation | null): Promise<Installation | undefined> {
    const others = role.isSole ? [] : await listLive(role, before);
    const isMine = role.isWeb && (!before || others.length === 0 || isSameSite(own, before));
    if (!isMine)
      return before && role.sends
        ? { ...before, ...mergeSending(own, before, false), ...raised(before) }
        : undefined;
    const isAlone = role.sends && others.length === 0;
    return {
      _id: 'installation',
      ...siteOf(own),
      ...mergeSending(own, before ?? undefined, isAlone),
      ...raised(before),
      holders: [...others, holderOf(role)],
    };
  }

  function holderOf({ id, host, pid, startedAt }: ServerRole): Holder {
    const until = addMilliseconds(clock.now(), HOLD_MS);
    return { id, host, pid, ...(startedAt && { startedAt }), until };
  }

  /** The others that still serve; one of this machine that was killed is known to be gone. */
  async function listLive({ id, host, pid }: ServerRole, before: Installation | null): Promise<Holder[]> {
    const live: Holder[] = [];
    for (const holder of before?.holders ?? []) {
      const isHere = holder.host === host;
      if (holder.id === id || isOver(holder) || (isHere && holder.pid === pid)) continue;
      if (!isHere || (await deps.isAlive(holder))) live.push(holder);
    }
    return live;
  }

  /** Also where a clock that was ahead has written until when it is believed. */
  function isOver({ until }: Holder): boolean {
    const now = clock.now();
    return until <= now || until > addMilliseconds(now, HOLD_MS + SKEW_MS);
  }

  /** Again and again while a server runs: says that it is there, and notices when the settings have changed. */
  async function hold(): Promise<void> {
    const before = await store.findInstallation();
    const mine = before?.holders.find(({ id }) => id === server?.id);
    if (server && before && mine) {
      const holders = [...(await listLive(server, before)), holderOf(server)];
      await store.replace(before, { ...before, ...raised(before), holders });
    }
    record.forget();
    await fault('send');
  }

  /** This server is about to stop. */
  async function leave(): Promise<void> {
    const before = await store.findInstallation();
    if (!before?.holders.some(({ id }) => id === server?.id)) return;
    const holders = before.holders.filter(({ id }) => id !== server?.id);
    if (!(await store.replace(before, { ...before, ...raised(before), holders }))) await leave();
  }

  /** Why this process may not do this work at this moment, in words for an operator; undefined when it may. */
  async function fault(work: Work): Promise<string | undefined> {
    const now = await record.get();
    const words = now ? wordsOn(work, now) : undefined;
    if (words && words !== said) logger.error({ reason: words, work }, 'installation.left-to-others');
    said = words ?? '';
    return words;
  }

  function wordsOn(work: Work, now: Installation): string | undefined {
    if (!isSameSite(site, now))
      return `a server has started with other settings (${now.publicUrl}, ${now.mailDomain}): start this process again`;
    return faultOf(work, own, now);
  }

  const site = await open();
  if (!isSameSite(site, own) && (server || own.saysWhere))
    logger.warn({ configured: siteOf(own), used: site }, 'installation.configured-otherwise');

  return {
    site,
    hold,
    leave,
    /** @throws CONFIG_INVALID when this process may not render mail now */
    async checkRender(): Promise<void> {
      const words = await fault('render');
      if (words) throw new AppError('CONFIG_INVALID', { message: `No mail is written here: ${words}.` });
    },
    /** `otherwise` while this process may not do this work. */
    guard:
      <T>(work: Work, step: () => Promise<T>, otherwise: T) =>
      async () =>
        (await fault(work)) === undefined ? step() : otherwise,
  };
}
export type InstallationService = Awaited<ReturnType<typeof openInstallation>>;

function raised(before: Installation | null): { revision: number } {
  return { revision: (before?.revision ?? 0) + 1 };
}
