import { decadeChart, MOST_SERIES, rowChart, type Series } from './chart.ts';
import type { Evaluation } from './evaluation.ts';
import type { GroupRate } from './group-rates.ts';
import type { SubsetRate } from './subset-rates.ts';

/** A picture of one measurement. */
export interface Chart {
  /** The name of the chart's file, without an ending. */
  readonly name: string;
  /** The chart as an SVG element; see `svgFile`. */
  readonly svg: string;
}

/** The charts of an evaluation. A chart whose rates were not measured is left out. */
export function charts(evaluation: Evaluation): Chart[] {
  const { subsets } = evaluation;
  return [
    { name: 'det', svg: detChart(evaluation) },
    ...identificationChart(evaluation),
    ...chancesChart(evaluation),
    { name: 'groups', svg: subsetChart('Two photos compared, by group', subsets.groups, subsets.promised) },
    ...(subsets.quality.length === 0
      ? []
      : [{ name: 'quality', svg: subsetChart('Two photos compared, by quality', subsets.quality, subsets.promised) }]),
  ];
}

function detChart({ det, acceptance }: Evaluation): string {
  const curve = det
    .filter(({ fnmr }) => fnmr > 0)
    .map(({ fmr, fnmr }) => ({ x: fmr, share: fnmr, low: fnmr, high: fnmr }));
  const measured = acceptance.map(({ fmr, tar, low, high }) => {
    return { x: fmr, share: 1 - tar, low: 1 - high, high: 1 - low };
  });
  return decadeChart({
    title: 'Comparing two photos: DET curve, 95 % intervals',
    x: 'false-match rate (strangers taken for one person)',
    y: 'false-non-match rate (one person missed)',
    series: [
      { name: 'all pairs', points: curve, shows: 'line' },
      { name: 'at the rates of the table', points: measured, shows: 'points' },
    ],
    rises: false,
  });
}

function identificationChart({ openSet }: Evaluation): Chart[] {
  if (!openSet || openSet.curve.length === 0) return [];
  const series = (name: string, points: typeof openSet.curve, shows: Series['shows']): Series => ({
    name,
    points: points.map(({ fpir, fnir, low, high }) => ({ x: fpir, share: fnir, low, high })),
    shows,
  });
  const svg = decadeChart({
    title: `Searching among ${openSet.enrolled} people: 95 % intervals`,
    x: 'FPIR (strangers for whom somebody is found)',
    y: 'FNIR (enrolled who are not found)',
    series: [series('all thresholds', openSet.curve, 'band'), series('as in the table', openSet.points, 'points')],
    rises: false,
  });
  return [{ name: 'identification', svg }];
}

/**
 * A chart of how often chances hold, for everybody and for the first groups of the list. It shows
 * rates for asks of one photo, with chances that are computed as in real answers (`chancesBy` is
 * `group`). For each group it shows the rate with the most enrolled people.
 */
function chancesChart({ groups }: Evaluation): Chart[] {
  const asked = groups.filter(({ photos, chancesBy }) => photos === 1 && chancesBy === 'group');
  const largest = new Map<string, GroupRate>();
  for (const rate of asked) {
    if (rate.enrolled > (largest.get(rate.group)?.enrolled ?? 0)) largest.set(rate.group, rate);
  }
  if (largest.size === 0) return [];
  const svg = decadeChart({
    title: 'Chance said of strangers, against how often it is said (dashes: as promised)',
    x: 'chance that an answer says at most',
    y: 'strangers of whom it says so',
    series: [...largest.values()].slice(0, MOST_SERIES).map(({ group, enrolled, strangers }) => ({
      name: `${group}, ${enrolled} enrolled`,
      points: strangers.map(({ promised, measured, low, high }) => ({ x: promised, share: measured, low, high })),
      shows: 'joined',
    })),
    rises: true,
  });
  return [{ name: 'chances', svg }];
}

function subsetChart(title: string, rates: readonly SubsetRate[], promised: number): string {
  return rowChart({
    title: `${title}: 95 % intervals`,
    rows: rates.map(({ name }) => name),
    columns: [
      { title: 'one person, accepted', estimates: rates.map(({ accepted }) => accepted), isByDecades: false },
      {
        title: 'strangers, accepted',
        estimates: rates.map(({ falseMatches }) => falseMatches),
        aim: promised,
        isByDecades: true,
      },
    ],
  });
}
