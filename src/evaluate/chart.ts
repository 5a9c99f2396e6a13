import type { Estimate } from './interval.ts';

const WIDTH = 640;
const HEIGHT = 420;
const LEFT = 64;
const BOTTOM = 52;
const TOP = 40;
const RIGHT = 28;
const LEGEND = 220;

/** By how many pixels a series is moved aside, so that its points do not cover those of another. */
const DODGE = 6;

/** The height of a row in a row chart. */
const ROW_HEIGHT = 26;
const LABELS = 200;
const GAP = 48;

/** The most labels on the axis of a column. */
const MOST_LABELS = 4;

/** Colours that colour-blind people can tell apart (Okabe & Ito 2008). */
const TONES = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00'];

/** How many series a chart can show: each has its own colour. */
export const MOST_SERIES = TONES.length;

/** The style of charts, for light and dark. A page that shows charts needs it once. */
export const CHART_STYLE = `.chart { color: #1f2328; fill: #1f2328; font: 12px system-ui, sans-serif; }
.paper { fill: #ffffff; }
.title { font-weight: 600; font-size: 14px; }
.grid { stroke: #1f2328; stroke-opacity: .14; }
.aim { stroke: #1f2328; stroke-width: 1.5; stroke-dasharray: 5 4; fill: none; }
.curve { fill: none; stroke-width: 2.5; }
.whisker { stroke-width: 1.6; }
.band { fill-opacity: .2; stroke: none; }
${TONES.map((tone, index) => `.s${index} { stroke: ${tone}; } .f${index} { fill: ${tone}; }`).join('\n')}
@media (prefers-color-scheme: dark) {
  .chart { color: #e6edf3; fill: #e6edf3; }
  .paper { fill: #0d1117; }
  .grid, .aim { stroke: #e6edf3; }
  .s0 { stroke: #4ea8e8; } .f0 { fill: #4ea8e8; }
}`;

/** A point of a chart: `x` is a share on the x axis, the estimate is on the y axis. */
export interface ChartPoint extends Estimate {
  readonly x: number;
}

export interface Series {
  readonly name: string;
  readonly points: readonly ChartPoint[];
  /**
   * How the series is drawn. `points`: points with their intervals. `joined`: these joined by
   * lines. `line`: a line alone. `band`: a line and the area of its intervals.
   */
  readonly shows: 'points' | 'joined' | 'line' | 'band';
}

/** A chart with logarithmic axes. A share of 0 is drawn at the lower edge. */
export function decadeChart(chart: {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly Series[];
  /** Whether curves rise to the right. Then a dashed line shows where both axes are equal. */
  readonly rises: boolean;
}): string {
  const points = chart.series.flatMap((series) => series.points);
  const x = axis(
    points.map((point) => point.x),
    LEFT,
    WIDTH - RIGHT,
  );
  const y = axis(
    points.flatMap(({ share, high }) => [share, high]),
    HEIGHT - BOTTOM,
    TOP,
  );
  const grid = [
    ...x.ticks.map((rate) => gridLine(x.at(rate), TOP, x.at(rate), HEIGHT - BOTTOM)),
    ...y.ticks.map((rate) => gridLine(LEFT, y.at(rate), WIDTH - RIGHT, y.at(rate))),
    ...x.ticks.map((rate) => text(x.at(rate), HEIGHT - BOTTOM + 18, rateLabel(rate), 'middle')),
    ...y.ticks.map((rate) => text(LEFT - 8, y.at(rate) + 4, rateLabel(rate), 'end')),
  ];
  const [from, to] = [Math.max(x.from, y.from), Math.min(x.to, y.to)];
  const diagonal = `<line class="aim" x1="${x.at(from)}" y1="${y.at(from)}" x2="${x.at(to)}" y2="${y.at(to)}"/>`;
  // In a rising chart, all series have points at the same x. So each series is moved aside a
  // little.
  const aside = (index: number) => (chart.rises ? index * DODGE : 0);
  const drawn = chart.series.flatMap((series, index) =>
    drawSeries(series, index, (share) => x.at(share) + aside(index), y.at),
  );
  // The legend is on the left if curves rise, and on the right if they fall: no curve is there.
  const legend = chart.series.flatMap(({ name }, index) => legendOf(name, index, chart.rises ? LEFT : WIDTH - LEGEND));
  const middle = (HEIGHT - BOTTOM + TOP) / 2;
  return svg(chart.title, HEIGHT, [
    ...grid,
    ...(chart.rises && from < to ? [diagonal] : []),
    ...drawn,
    ...legend,
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, chart.x, 'middle'),
    `<text transform="translate(14 ${middle}) rotate(-90)" text-anchor="middle">${escaped(chart.y)}</text>`,
  ]);
}

function drawSeries({ points, shows }: Series, tone: number, x: Axis['at'], y: Axis['at']): string[] {
  const line = points.map((point) => `${x(point.x)},${y(point.share)}`).join(' ');
  const around = [
    ...points.map((point) => `${x(point.x)},${y(point.high)}`),
    ...points.toReversed().map((point) => `${x(point.x)},${y(point.low)}`),
  ].join(' ');
  const marks = points.flatMap((point) => [
    `<line class="whisker s${tone}" x1="${x(point.x)}" y1="${y(point.low)}" x2="${x(point.x)}" y2="${y(point.high)}"/>`,
    `<circle class="f${tone}" cx="${x(point.x)}" cy="${y(point.share)}" r="4"/>`,
  ]);
  return [
    ...(shows === 'band' ? [`<polygon class="band f${tone}" points="${around}"/>`] : []),
    ...(shows === 'points' ? [] : [`<polyline class="curve s${tone}" points="${line}"/>`]),
    ...(shows === 'points' || shows === 'joined' ? marks : []),
  ];
}

function legendOf(name: string, index: number, left: number): string[] {
  const y = TOP + 16 + index * 18;
  return [`<circle class="f${index}" cx="${left + 14}" cy="${y}" r="5"/>`, text(left + 26, y + 4, cut(name), 'start')];
}

/** One column of a row chart, with an estimate or none for each row. */
export interface Column {
  readonly title: string;
  readonly estimates: readonly (Estimate | undefined)[];
  /** The promised value, drawn as a dashed line through all rows. */
  readonly aim?: number;
  /** Whether the axis is logarithmic. Otherwise it ends at 1. */
  readonly isByDecades: boolean;
}

/** A chart with one row for each group or class, and two columns of estimates. */
export function rowChart(chart: {
  readonly title: string;
  readonly rows: readonly string[];
  readonly columns: readonly [Column, Column];
}): string {
  const height = TOP + 26 + chart.rows.length * ROW_HEIGHT + BOTTOM - 16;
  const width = (WIDTH - LABELS - RIGHT - GAP) / 2;
  const [top, bottom] = [TOP + 22, height - BOTTOM + 20];
  const middleOf = (row: number) => top + ROW_HEIGHT / 2 + row * ROW_HEIGHT;
  const labels = chart.rows.map((label, row) => text(LABELS - 12, middleOf(row) + 4, cut(label), 'end'));
  const columns = chart.columns.flatMap(({ title, estimates, aim, isByDecades }, index) => {
    const left = LABELS + index * (width + GAP);
    // The axis fits the shares and not their intervals: an interval from few photos would make it
    // so long that the other rows could not be compared.
    const shares = [...estimates.flatMap((one) => (one ? [one.share] : [])), ...(aim ? [aim] : [])];
    const x = isByDecades ? axis(shares, left, left + width) : upToAll(shares, left, left + width);
    const every = Math.ceil(x.ticks.length / MOST_LABELS);
    return [
      text(left + width / 2, TOP + 12, title, 'middle'),
      ...x.ticks.flatMap((tick, place) => [
        gridLine(x.at(tick), top, x.at(tick), bottom),
        ...(place % every === 0 ? [text(x.at(tick), bottom + 16, rateLabel(tick), 'middle')] : []),
      ]),
      ...(aim ? [`<line class="aim" x1="${x.at(aim)}" y1="${top}" x2="${x.at(aim)}" y2="${bottom}"/>`] : []),
      ...estimates.flatMap((one, row) => (one ? dot(one, middleOf(row), x, index) : [])),
    ];
  });
  return svg(chart.title, height, [...labels, ...columns]);
}

/** Draws an estimate with its interval, and an arrow where the interval goes beyond the axis. */
function dot({ share, low, high }: Estimate, y: number, { at, from, to }: Axis, tone: number): string[] {
  return [
    `<line class="whisker s${tone}" x1="${at(low)}" y1="${y}" x2="${at(high)}" y2="${y}"/>`,
    ...(low < from ? [text(at(from), y + 4, '◂', 'end')] : []),
    ...(high > to ? [text(at(to), y + 4, '▸', 'start')] : []),
    `<circle class="f${tone}" cx="${at(share)}" cy="${y}" r="4.5"/>`,
  ];
}

/** The text of an SVG file with this chart. */
export function svgFile(chart: string): string {
  return chart
    .replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ')
    .replace('>', `>\n<style>\n${CHART_STYLE}\n</style>`);
}

interface Axis {
  /** The values at both ends. */
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  /** Where a share is drawn, in pixels. A share beyond an end of the axis is drawn at that end. */
  readonly at: (share: number) => number;
}

/** A logarithmic axis over whole decades around the shares: at least one decade, at most seven. */
function axis(shares: readonly number[], start: number, end: number): Axis {
  const logs = shares.filter((share) => share > 0).map((share) => Math.log10(share));
  const last = Math.ceil(Math.max(-6, ...logs) - 1e-9);
  const first = Math.min(last - 1, Math.max(last - 7, Math.floor(Math.min(last, ...logs) + 1e-9)));
  return {
    from: 10 ** first,
    to: 10 ** last,
    ticks: Array.from({ length: last - first + 1 }, (_, step) => 10 ** (first + step)),
    at: (share) => placed((Math.log10(Math.max(share, 10 ** first)) - first) / (last - first), start, end),
  };
}

/** The values at which an axis that ends at 1 may begin. */
const BEGINNINGS = [0, 0.5, 0.8, 0.9, 0.98];

/** A linear axis that begins below all shares and ends at 1. */
function upToAll(shares: readonly number[], start: number, end: number): Axis {
  const from = BEGINNINGS.findLast((beginning) => beginning < Math.min(...shares)) ?? 0;
  return {
    from,
    to: 1,
    ticks: [from, (from + 1) / 2, 1],
    at: (share) => placed((share - from) / (1 - from), start, end),
  };
}

function placed(part: number, start: number, end: number): number {
  return Math.round((start + Math.min(1, Math.max(0, part)) * (end - start)) * 10) / 10;
}

function svg(title: string, height: number, parts: readonly string[]): string {
  return `<svg class="chart" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">
<rect class="paper" width="${WIDTH}" height="${height}"/>
<text class="title" x="14" y="22">${escaped(title)}</text>
${parts.join('\n')}
</svg>`;
}

function gridLine(x1: number, y1: number, x2: number, y2: number): string {
  return `<line class="grid" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;
}

function text(x: number, y: number, words: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${escaped(words)}</text>`;
}

/** How many letters of a label fit into its place. */
const LONGEST = 30;

function cut(name: string): string {
  return name.length <= LONGEST ? name : `${name.slice(0, LONGEST - 1)}…`;
}

/** The label of a rate: in percent down to 0.01 %, below that with an exponent. */
function rateLabel(rate: number): string {
  return rate >= 0.000099 ? `${Number((rate * 100).toPrecision(3))} %` : rate.toExponential(0);
}

/** Escapes text for HTML and SVG. */
export function escaped(words: string): string {
  return words.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
