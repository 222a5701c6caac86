import { organiserOf } from '../lib/actor.ts';
import { formatDateTime } from '../lib/format.ts';
import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { HOME } from '../organisers/visit.ts';
import { type Export, endOf, FORMATS, mayGrant, stateOf } from './export.ts';

export const EXPORTS = `${HOME}/exports`;

export type ExportReader = {
  locale: Locale;
  zone: string;
  /** names of organisers by their ref */
  names: ReadonlyMap<string, string>;
  by: string;
  isAlone: boolean;
  now: Date;
  /** titles of petitions by their slug */
  titles: ReadonlyMap<string, string>;
};

export type ExportView = {
  what: string;
  why: string;
  asked: string;
  state: string;
  files: { href: string; label: string; of: string }[];
  grantPath?: string;
  endPath?: string;
  /** why it cannot be granted by who reads */
  waits?: string;
  /** of the button that refuses or ends it */
  endLabel: string;
};

/** One export as a line of the page: what may be done with it by who reads. */
export function exportView({ t }: Pick<Translator, 't'>, one: Export, reader: ExportReader): ExportView {
  const { locale, zone, names, by, now, titles } = reader;
  const state = stateOf(one, now);
  const nameOf = (who = '') => names.get(organiserOf(who) ?? '') ?? who;
  const at = (moment?: Date) => (moment ? formatDateTime(moment, locale, zone) : '–');
  const way = mayGrant(one, reader);
  const kind = t(locale, `exports.kind.${one.kind}`);
  const what = one.petitionId
    ? t(locale, 'exports.of', { kind, title: titles.get(one.petitionId) ?? one.petitionId })
    : kind;
  const mine = reader.isAlone ? 'exports.waits.alone' : 'exports.waits.mine';
  return {
    what,
    why: one.why,
    asked: t(locale, 'exports.asked', { name: nameOf(one.askedBy), at: at(one.askedAt) }),
    state: t(locale, `exports.state.${state}`, {
      name: nameOf(one.grantedBy),
      at: at(endOf(one)),
      ended: one.endedAt ? nameOf(one.endedBy) : '',
    }),
    files:
      state === 'open'
        ? FORMATS.map((format) => ({
            href: `${EXPORTS}/${one._id}/${one.kind}.${format}`,
            label: t(locale, `exports.format.${format}`),
            of: what,
          }))
        : [],
    ...(way && { grantPath: `${EXPORTS}/${one._id}/grant` }),
    ...(state !== 'ended' && { endPath: `${EXPORTS}/${one._id}/end` }),
    ...(state === 'waiting' && !way && one.askedBy === by && { waits: t(locale, mine) }),
    endLabel: t(locale, `exports.end.${state === 'open' ? 'open' : 'waiting'}`),
  };
}
