import { organiserOf } from '../lib/actor.ts';
import { formatDateTime } from '../lib/format.ts';
import type { Translator } from '../lib/i18n.ts';
import { type DeskReader, SIGNATURES, selectionTexts } from './desk.view.ts';
import { isAtWork, type Rule } from './rule.ts';

export const RULES = `${SIGNATURES}/rules`;

type T = Pick<Translator, 't'>;
type Names = ReadonlyMap<string, string>;

export type RuleLine = { href: string; what: string; state: string; by: string };

export function ruleLine(translator: T, reader: DeskReader, rule: Rule, names: Names): RuleLine {
  const { locale, zone } = reader;
  return {
    href: `${RULES}/${rule._id}`,
    what: translator.t(locale, `console.rules.did.${rule.verb}`, { count: rule.matched }),
    state: translator.t(locale, `console.rules.state.${rule.state}`),
    by: `${nameOf(names, rule.by)}, ${formatDateTime(rule.createdAt, locale, zone)}`,
  };
}

/** One rule: what, of whom, why, how far it is, and what can be decided. */
export function ruleView(
  translator: T,
  reader: DeskReader,
  rule: Rule,
  { names, left }: { names: Names; left: number },
) {
  const { locale, zone } = reader;
  const t = (key: string, values?: Record<string, number | string>) =>
    translator.t(locale, `console.rules.${key}`, values);
  const { state, matched, changed, decidedBy, decidedAt, endedAt } = rule;
  const done = state === 'undoing' ? changed - left : changed;
  const most = state === 'undoing' ? changed : matched;
  const at = (by: string, when: Date) => `${nameOf(names, by)}, ${formatDateTime(when, locale, zone)}`;
  const acts = [
    ...(state === 'waiting' ? ['approve'] : []),
    ...(state === 'waiting' || state === 'running' ? ['cancel'] : []),
    ...(state === 'done' || state === 'cancelled' || (state === 'undone' && left > 0) ? ['undo'] : []),
  ];
  const rows: [string, string | undefined][] = [
    ['what', t(`did.${rule.verb}`, { count: matched })],
    ['whom', selectionTexts(translator, reader, rule.selection).join(' · ')],
    ['why', rule.why],
    ['madeBy', at(rule.by, rule.createdAt)],
    ['state', t(`state.${state}`)],
    ['decidedBy', decidedBy && decidedAt && at(decidedBy, decidedAt)],
    ['changed', state === 'waiting' || state === 'refused' ? undefined : t('count', { count: done, most })],
    ['left', left > 0 && state === 'undone' ? t('count', { count: left, most: changed }) : undefined],
    ['endedAt', endedAt && formatDateTime(endedAt, locale, zone)],
  ];
  return {
    rows: rows.flatMap(([key, value]) => (value ? [{ label: t(key), value }] : [])),
    ...(isAtWork(state) && {
      progress: { done, most: Math.max(most, 1) },
      againHref: `${RULES}/${rule._id}`,
    }),
    acts: acts.map((act) => ({
      action: `${RULES}/${rule._id}/${act}`,
      label: t(act),
      isGrave: act !== 'approve',
    })),
    rulesHref: RULES,
  };
}

function nameOf(names: Names, by: string): string {
  const ref = organiserOf(by);
  return ref === undefined ? by : (names.get(ref) ?? ref);
}
