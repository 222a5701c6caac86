import { formatDate, formatDateTime, formatNumber } from '../lib/format.ts';
import type { Translator } from '../lib/i18n.ts';
import type { Locale } from '../lib/locales.ts';
import { type ChartView, lineChart } from './chart.view.ts';
import { type Pace, SPANS } from './series.ts';
import { bucketName, type Reader, shareOf, type Table, type TableId, tablesOf } from './tables.view.ts';
import type { TrackingQuery } from './tracking.schema.ts';
import type { Dashboard } from './tracking.service.ts';

type Say = Pick<Translator, 't' | 'has'>;
type Option = { value: string; label: string; isChosen: boolean };

export type TableView = {
  id: TableId;
  title: string;
  lead: string;
  columns: string[];
  rows: { label: string; cells: string[]; share?: string; width?: number; isPart: boolean }[];
  csv: string;
  isEmpty: boolean;
  /** each row says what share of the whole it is */
  isShared: boolean;
};

export type TrackingView = {
  updated: string;
  figures: { label: string; value: string; note?: string }[];
  otherName?: string;
  chart: ChartView;
  curve: TableView;
  tables: TableView[];
  form: {
    /** something other than what the page shows by itself was asked for */
    isChosen: boolean;
    spans: Option[];
    againsts: Option[];
    to: string;
    otherTo: string;
    zone: string;
    zones: Option[];
  };
};

/** Zones that organisers and supporters live in; the campaign's and the one that was asked for are there too. */
const ZONES = [
  'America/Mexico_City',
  'America/Tijuana',
  'America/Cancun',
  'America/Los_Angeles',
  'America/Denver',
  'America/Phoenix',
  'America/Chicago',
  'America/New_York',
  'America/Guatemala',
  'America/El_Salvador',
  'America/Tegucigalpa',
  'UTC',
];

export function trackingView(
  say: Say,
  board: Dashboard,
  reader: Reader,
  more: {
    query: TrackingQuery;
    /** the page's own address, without a query */
    path: string;
    /** slug to title of every petition */
    titles: ReadonlyMap<string, string>;
    otherName?: string | undefined;
  },
): TrackingView {
  const { locale, zone } = reader;
  const t: Translator['t'] = say.t;
  const { query, path, titles, otherName } = more;
  const [curve, ...tables] = tablesOf(say, board, reader).map((table) =>
    tableView(say, table, board, { locale, href: csvHref(path, table.id, query) }),
  );
  if (!curve) throw new RangeError('a dashboard without a curve');
  return {
    updated: t(locale, 'tracking.updated', { at: formatDateTime(board.at, locale, zone) }),
    figures: figuresOf(say, board, reader),
    ...(otherName && { otherName }),
    chart: chartOf(say, board, reader),
    curve,
    tables,
    form: formOf(say, reader, query, { titles, own: board.main.petitionId }),
  };
}

function figuresOf(say: Say, { tally, waiting, main, other, pace }: Dashboard, reader: Reader) {
  const { locale } = reader;
  const t: Translator['t'] = say.t;
  const number = (value: number) => formatNumber(value, locale);
  const gained = main.totals.added - main.totals.removed;
  const before = other ? other.totals.added - other.totals.removed : undefined;
  return [
    { label: t(locale, 'tracking.figure.total'), value: number(tally.total) },
    {
      label: t(locale, 'tracking.figure.gained'),
      value: number(gained),
      ...(before !== undefined && { note: t(locale, 'tracking.figure.against', { count: before }) }),
    },
    {
      label: t(locale, 'tracking.figure.waiting'),
      value: number(waiting),
      note: t(locale, 'tracking.figure.waiting.note'),
    },
    {
      label: t(locale, 'tracking.figure.pace'),
      value: number(Math.round(pace.perDay * 10) / 10),
      note: paceText(say, pace, reader),
    },
  ];
}

/** "10,000 around March 3, 2027, at this pace" */
export function paceText(say: Say, { threshold, remaining, at }: Pace, { locale, zone }: Reader): string {
  const values = { threshold, remaining };
  return at
    ? say.t(locale, 'tracking.pace.at', { ...values, day: formatDate(at, locale, zone) })
    : say.t(locale, 'tracking.pace.never', values);
}

function chartOf(say: Say, { main, other }: Dashboard, reader: Reader): ChartView {
  const { locale } = reader;
  const { period, sums } = main;
  const marks = [0, Math.floor((period.buckets.length - 1) / 2), period.buckets.length - 1];
  const label = say.t(locale, 'tracking.chart', {
    from: bucketName(period, 0, reader),
    to: bucketName(period, period.buckets.length - 1, reader),
    added: main.totals.added,
    most: Math.max(0, ...sums.map(({ added }) => added)),
  });
  const series = [
    { name: 'main', values: sums.map(({ added }) => added) },
    { name: 'waiting', values: sums.map(({ waiting }) => waiting) },
    ...(other ? [{ name: 'other', values: other.sums.map(({ added }) => added) }] : []),
  ];
  return lineChart(label, series, {
    format: (value) => formatNumber(value, locale),
    marks: marks.map((index) => shortName(period.buckets[index]?.from, period.unit, reader)),
  });
}

function shortName(at: Date | undefined, unit: 'hour' | 'day', { locale, zone }: Reader): string {
  return new Intl.DateTimeFormat(locale === 'es' ? 'es-MX' : 'en-US', {
    month: 'short',
    day: 'numeric',
    ...(unit === 'hour' && { hour: 'numeric' }),
    timeZone: zone,
  }).format(at);
}

/** Of which whole each row of a table is a share. */
const WHOLE: Partial<Record<TableId, (board: Dashboard) => number>> = {
  funnel: ({ main }) => Math.max(main.totals.seen, main.totals.mailed, main.totals.confirmed),
  delays: ({ main }) => main.totals.confirmed,
  sources: ({ main }) => main.totals.added - main.totals.removed,
  places: ({ main }) => main.totals.added - main.totals.removed,
  languages: ({ main }) => main.totals.added - main.totals.removed,
};

function tableView(
  say: Say,
  { id, columns, rows }: Table,
  board: Dashboard,
  { locale, href }: { locale: Locale; href: string },
): TableView {
  const whole = WHOLE[id]?.(board);
  return {
    id,
    title: say.t(locale, `tracking.table.${id}`),
    lead: say.t(locale, `tracking.table.${id}.lead`),
    columns,
    rows: rows.map(({ label, values, isPart = false }) => ({
      label,
      cells: values.map((value) => (value === null ? '–' : formatNumber(value, locale))),
      isPart,
      ...(whole !== undefined && shareView(values[0] ?? 0, whole, locale)),
    })),
    csv: href,
    isEmpty: rows.length === 0,
    isShared: whole !== undefined && whole > 0,
  };
}

function shareView(part: number, whole: number, locale: Locale) {
  const share = shareOf(part, whole, locale);
  const width = whole > 0 ? Math.round(Math.min(1, Math.max(0, part / whole)) * 100) : 0;
  return share ? { share, width } : {};
}

function csvHref(path: string, id: TableId, query: TrackingQuery): string {
  const { span, to, zone, against, otherTo } = query;
  const kept = new URLSearchParams({
    span,
    ...(to && { to }),
    ...(zone && { zone }),
    ...(against && { against }),
    ...(otherTo && { otherTo }),
  });
  return `${path}/${id}.csv?${kept}`;
}

function formOf(
  say: Say,
  { locale, zone }: Reader,
  query: TrackingQuery,
  { titles, own }: { titles: ReadonlyMap<string, string>; own: string },
): TrackingView['form'] {
  const { span, against, to = '', otherTo = '' } = query;
  const option = (value: string, label: string, isChosen: boolean): Option => ({ value, label, isChosen });
  return {
    isChosen: span !== '30d' || Boolean(to || against || query.zone),
    spans: SPANS.map((one) => option(one, say.t(locale, `tracking.span.${one}`), one === span)),
    againsts: [
      ...(['', 'before', 'period'] as const).map((one) =>
        option(one, say.t(locale, `tracking.against.${one || 'nothing'}`), one === against),
      ),
      ...[...titles]
        .filter(([slug]) => slug !== own)
        .map(([slug, title]) => option(slug, title, slug === against)),
    ],
    to,
    otherTo,
    zone,
    zones: [...new Set([zone, ...ZONES])].map((one) => option(one, one.replaceAll('_', ' '), one === zone)),
  };
}
