import { formatDate, formatNumber } from '../lib/format.ts';
import type { Translator } from '../lib/i18n.ts';
import { INTL_TAG, isLocale, type Locale } from '../lib/locales.ts';
import { canonicalCells, cellName, countryOfRegion } from '../lib/places.ts';
import type { Period } from './series.ts';
import type { Dashboard, Seen } from './tracking.service.ts';

/** A table as a page shows it and as a file has it. */
export type Table = {
  /** also the name of its file */
  id: TableId;
  columns: string[];
  rows: { label: string; values: (number | null)[]; isPart?: boolean }[];
};
export type TableId = 'curve' | 'funnel' | 'delays' | 'sources' | 'places' | 'languages';

export type Reader = { locale: Locale; zone: string };
type Say = Pick<Translator, 't' | 'has'>;

/** Every table of a dashboard, in the order of the page. */
export function tablesOf(say: Say, board: Dashboard, reader: Reader): Table[] {
  return [
    curveTable(say, board, reader),
    funnelTable(say, board, reader),
    delaysTable(say, board, reader),
    ...cutTables(say, board, reader),
  ];
}

function columnsOf(say: Say, { locale }: Reader, names: readonly string[]): string[] {
  return names.map((name) => say.t(locale, `tracking.column.${name}`));
}

function curveTable(say: Say, { main, other }: Dashboard, reader: Reader): Table {
  const names = ['added', 'removed', 'waiting', 'seen', 'mailed', ...(other ? ['other'] : [])];
  const unit = main.period.unit;
  return {
    id: 'curve',
    columns: columnsOf(say, reader, [unit, ...names]),
    rows: main.sums.map(({ added, removed, waiting, seen, mailed }, index) => ({
      label: bucketName(main.period, index, reader),
      values: [added, removed, waiting, seen, mailed, ...(other ? [other.sums[index]?.added ?? null] : [])],
    })),
  };
}

/** "Nov 28, 5 PM" of the zone; on the day that has an hour twice both say of which time they are. */
export function bucketName({ unit, buckets }: Period, index: number, { locale, zone }: Reader): string {
  const at = buckets[index]?.from ?? new Date(0);
  if (unit === 'day') return formatDate(new Date(at.getTime() + 1), locale, zone);
  return new Intl.DateTimeFormat(INTL_TAG[locale], {
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    timeZoneName: 'short',
    timeZone: zone,
  }).format(at);
}

const STEPS = ['seen', 'mailed', 'confirmed', 'words', 'updates'] as const;

function funnelTable(say: Say, { main, other }: Dashboard, reader: Reader): Table {
  const { locale } = reader;
  return {
    id: 'funnel',
    columns: columnsOf(say, reader, ['step', 'people', ...(other ? ['other'] : [])]),
    rows: STEPS.map((step) => ({
      label: say.t(locale, `tracking.step.${step}`),
      values: [main.totals[step], ...(other ? [other.totals[step]] : [])],
    })),
  };
}

const WITHIN = ['minutes', 'hour', 'day', 'week'] as const;

function delaysTable(say: Say, { main, other }: Dashboard, reader: Reader): Table {
  const { locale } = reader;
  return {
    id: 'delays',
    columns: columnsOf(say, reader, ['within', 'people', ...(other ? ['other'] : [])]),
    rows: WITHIN.map((within, index) => ({
      label: say.t(locale, `tracking.within.${within}`),
      values: [main.totals.delays[index] ?? 0, ...(other ? [other.totals.delays[index] ?? 0] : [])],
    })),
  };
}

type Cells = Readonly<Record<string, number>>;

function cutTables(say: Say, { main, other, tally }: Dashboard, reader: Reader): Table[] {
  const { locale } = reader;
  const columns = (name: string) =>
    columnsOf(say, reader, [name, 'period', ...(other ? ['other'] : []), 'ever']);
  const row = (label: string, key: string, cut: (seen: Seen) => Cells, ever: Cells) => ({
    label,
    values: [cut(main)[key] ?? 0, ...(other ? [cut(other)[key] ?? 0] : []), ever[key] ?? 0],
  });
  const bySource = ({ totals }: Seen) => totals.delta.source;
  const byLocale = ({ totals }: Seen) => totals.delta.locale;
  const seenBy = ({ totals }: Seen) => totals.seenBy;
  return [
    {
      id: 'sources',
      columns: [...columns('source'), ...columnsOf(say, reader, ['seen'])],
      rows: sorted({ ...seenBy(main), ...bySource(main) }, tally.bySource, bySource(main)).map((key) => {
        const { label, values } = row(sourceName(say, key, locale), key, bySource, tally.bySource);
        return { label, values: [...values, seenBy(main)[key] ?? 0] };
      }),
    },
    { id: 'places', columns: columns('place'), rows: placeRows() },
    {
      id: 'languages',
      columns: columns('language'),
      rows: sorted(byLocale(main), tally.byLocale).map((key) =>
        row(languageName(key, locale), key, byLocale, tally.byLocale),
      ),
    },
  ];

  function placeRows(): Table['rows'] {
    const placesOf = (seen: Seen) =>
      canonicalCells({ country: seen.totals.delta.country, region: seen.totals.delta.region });
    const ever = canonicalCells({ country: tally.byCountry, region: tally.byRegion });
    const regions = sorted(placesOf(main).region, ever.region);
    return sorted(placesOf(main).country, ever.country).flatMap((country) => [
      row(cellName(country, locale), country, (seen) => placesOf(seen).country, ever.country),
      ...regions
        .filter((region) => countryOfRegion(region) === country)
        .map((region) => ({
          ...row(cellName(region, locale, country), region, (seen) => placesOf(seen).region, ever.region),
          isPart: true,
        })),
    ]);
  }
}

/** The keys of all of these, those with most in the period first. */
function sorted(period: Cells, ever: Cells, by: Cells = period): string[] {
  const keys = [...new Set([...Object.keys(period), ...Object.keys(ever)])];
  const rank = (key: string) => by[key] ?? 0;
  return keys.sort((a, b) => rank(b) - rank(a) || (ever[b] ?? 0) - (ever[a] ?? 0) || (a < b ? -1 : 1));
}

function sourceName(say: Say, source: string, locale: Locale): string {
  const key = `tracking.source.${source}`;
  return say.has(locale, key) ? say.t(locale, key) : source;
}

function languageName(code: string, locale: Locale): string {
  return isLocale(code)
    ? (new Intl.DisplayNames(INTL_TAG[locale], { type: 'language' }).of(code) ?? code)
    : code;
}

/** "12.5 %": of a whole; empty where there is none. */
export function shareOf(part: number, whole: number, locale: Locale): string {
  if (whole <= 0) return '';
  const share = Math.round((part / whole) * 1000) / 10;
  return `${formatNumber(share, locale)} %`;
}
