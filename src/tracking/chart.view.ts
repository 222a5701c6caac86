import { scaleLinear } from 'd3-scale';
import { area, line } from 'd3-shape';

export type ChartView = {
  /** what a screen reader is told in the place of the picture; the table beside it has the figures */
  label: string;
  width: number;
  height: number;
  areas: string[];
  lines: { name: string; d: string }[];
  /** over the whole picture, in per cent: so that letters keep their size at every width */
  ticks: { y: string; label: string }[];
  marks: { x: string; anchor: 'start' | 'middle' | 'end'; label: string }[];
};

const WIDTH = 1_000;
const HEIGHT = 100;
/** Where in the whole picture, from its top and in per cent, the curve lies. */
const PLOT = { top: 8, height: 78 } as const;

type Series = { name: string; values: readonly number[] };

/** A curve as paths. The first series is filled; series of another length are laid over each other from the beginning. */
export function lineChart(
  label: string,
  series: readonly Series[],
  { format, marks }: { format(value: number): string; marks: readonly string[] },
): ChartView {
  const all = series.flatMap(({ values }) => values);
  const y = scaleLinear()
    .domain([Math.min(0, ...all), Math.max(1, ...all)])
    .range([HEIGHT, 0])
    .nice(4);
  const x = scaleLinear()
    .domain([0, Math.max(1, ...series.map(({ values }) => values.length - 1))])
    .range([0, WIDTH]);
  const toX = (_: number, index: number) => x(index);
  const draw = line<number>().x(toX).y(y).digits(1);
  const fill = area<number>().x(toX).y0(y(0)).y1(y).digits(1);
  const percent = (value: number) => `${PLOT.top + (y(value) / HEIGHT) * PLOT.height}%`;
  return {
    label,
    width: WIDTH,
    height: HEIGHT,
    areas: series.slice(0, 1).map(({ values }) => fill([...values]) ?? ''),
    lines: series.map(({ name, values }) => ({ name, d: draw([...values]) ?? '' })),
    ticks: y
      .ticks(4)
      .filter(Number.isInteger)
      .map((value) => ({ y: percent(value), label: format(value) })),
    marks: marks.map((text, index) => ({ label: text, ...placeOf(index, marks.length) })),
  };
}

function placeOf(index: number, count: number): Pick<ChartView['marks'][number], 'x' | 'anchor'> {
  if (index === 0) return { x: '0%', anchor: 'start' };
  if (index === count - 1) return { x: '100%', anchor: 'end' };
  return { x: `${(index / (count - 1)) * 100}%`, anchor: 'middle' };
}
