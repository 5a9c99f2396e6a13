import { CHART_STYLE, escaped } from './chart.ts';
import { charts } from './charts.ts';
import type { DefectRate } from './defect-rates.ts';
import type { Evaluation } from './evaluation.ts';
import { LEAST_PEOPLE } from './group-rates.ts';
import type { Estimate } from './interval.ts';
import { FPIRS, TEMPLATES_EACH } from './open-set.ts';
import type { SubsetRate } from './subset-rates.ts';

/** A heading row and the rows below it. */
type Table = readonly (readonly string[])[];

/** The figures as plain text for a terminal. */
export function textReport(evaluation: Evaluation): string {
  const lines = facts(evaluation).map(([name, value]) => `${name.padEnd(28)} ${value}`);
  const rows = acceptanceRows(evaluation).map((row) => row.map((cell) => cell.padStart(14)).join(''));
  const tables = sections(evaluation).flatMap(({ title, table }) => ['', title, ...inColumns(table)]);
  return [...lines, ...(rows.length > 1 ? ['', ...rows] : []), ...tables].join('\n');
}

/** Puts a table into columns, each as wide as its widest cell. */
function inColumns(rows: Table): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** The figures and the charts as one HTML page that needs no other file. */
export function htmlReport(evaluation: Evaluation): string {
  const drawn = charts(evaluation);
  const chart = (...names: readonly string[]) =>
    drawn.flatMap(({ name, svg }) => (names.includes(name) ? [svg] : [])).join('\n');
  const parts = sections(evaluation).map(
    ({ title, table, chart: name }) =>
      `<h2>${escaped(title)}</h2>\n${chart(name)}\n<div class="wide">${htmlTable(table)}</div>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>facefinder evaluation of ${escaped(evaluation.pack)}</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
.wide { overflow-x: auto; font-size: .85rem; white-space: nowrap; }
svg { width: 100%; max-width: 44rem; height: auto; }
${CHART_STYLE}
</style>
</head>
<body>
<h1>${escaped(evaluation.pack)}</h1>
${chart('det')}
${htmlTable(acceptanceRows(evaluation))}
<p>Thresholds are distances. ${INTERVALS}</p>
<table>
${facts(evaluation)
  .map((cells) => htmlRow(cells, 'td'))
  .join('\n')}
</table>
${chart('identification')}
${parts.join('\n')}
</body>
</html>
`;
}

const INTERVALS =
  'Intervals hold 95 %, by resampling people; none is narrower than that of no error (Clopper and Pearson).';

function htmlTable([head = [], ...body]: Table): string {
  return `<table>
<thead>${htmlRow(head, 'th')}</thead>
<tbody>
${body.map((cells) => htmlRow(cells, 'td')).join('\n')}
</tbody>
</table>`;
}

function htmlRow(cells: readonly string[], tag: 'td' | 'th'): string {
  return `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
}

/** The sections, each with a table and the name of its chart ('' for none). */
function sections(evaluation: Evaluation): { title: string; table: Table; chart: string }[] {
  const { groups, quality, distance, promised } = evaluation.subsets;
  const compared = `Two photos compared at ${distance.toFixed(3)}, where the pack promises ${percent(promised)} of strangers`;
  const chances = chanceRows(evaluation);
  return [
    { title: `${compared}: by group`, table: subsetRows('group', groups), chart: 'groups' },
    ...(quality.length === 0
      ? []
      : [{ title: `${compared}: by quality`, table: subsetRows('quality', quality), chart: 'quality' }]),
    ...(evaluation.defects
      ? [{ title: `${compared}: photos made worse`, table: defectRows(evaluation.defects), chart: '' }]
      : []),
    ...(chances.length === 0
      ? []
      : [
          {
            title: 'Strangers of whom a chance as small is said, against the chance',
            table: chances,
            chart: 'chances',
          },
        ]),
  ];
}

/** One line of the report: a name and a value. */
type Fact = readonly [name: string, value: string];

function facts(evaluation: Evaluation): Fact[] {
  const { pack, people, photos, withoutFace, pairs, equalError, accuracy, openSet } = evaluation;
  return [
    ['pack', pack],
    ['photos', `${count(photos)} of ${count(people)} people; no face found in ${count(withoutFace)}`],
    ['pairs', `${count(pairs.genuine)} of one person, ${count(pairs.impostor)} of two`],
    [
      'equal error rate',
      pairs.genuine === 0
        ? 'not measured: it takes two photos of somebody'
        : `${percent(equalError.rate)} at ${equalError.distance.toFixed(3)}`,
    ],
    ...(accuracy ? [accuracyFact(accuracy)] : []),
    ...(openSet
      ? openSetFacts(openSet)
      : [['gallery', `none: it takes people with ${TEMPLATES_EACH + 1} photos or more`] as const]),
    ...tooSmall(evaluation),
  ];
}

function accuracyFact({ mean, standardError, folds, distance }: NonNullable<Evaluation['accuracy']>): Fact {
  const value = `${percent(mean)} ± ${percent(standardError)} (${folds} folds, at ${distance.toFixed(3)})`;
  return ['accuracy on the pairs', value];
}

function openSetFacts(gallery: NonNullable<Evaluation['openSet']>): Fact[] {
  const { probesMatched, probesNamed, probesMistaken, strangersMatched, strangersNamed, strangersSimilar } =
    gallery.verdicts;
  return [
    ['gallery', `${count(gallery.templates)} templates of ${count(gallery.enrolled)} people`],
    ['searched', `${count(gallery.probes)} further photos of them, ${count(gallery.strangers)} of strangers`],
    ...FPIRS.map((fpir): Fact => {
      const point = gallery.points.find((one) => one.fpir === fpir);
      if (!point) return [`FPIR ${percent(fpir)}`, `takes ${count(Math.ceil(1 / fpir))} photos of strangers`];
      const { fnir, low, high, distance } = point;
      return [`FPIR ${percent(fpir)}`, `FNIR ${interval({ share: fnir, low, high })}, at ${distance.toFixed(3)}`];
    }),
    [
      'verdicts on the enrolled',
      `${percent(probesMatched)} match, ${percent(probesNamed)} named, ${percent(probesMistaken)} match of another`,
    ],
    [
      'verdicts on strangers',
      `${percent(strangersMatched)} match, ${percent(strangersNamed)} named, ${percent(strangersSimilar)} at least similar`,
    ],
  ];
}

/** A fact that names the groups for which no chances were measured, if there are any. */
function tooSmall({ subsets, groups }: Evaluation): Fact[] {
  const measured = new Set(groups.map(({ group }) => group));
  const left = subsets.groups.map(({ name }) => name).filter((name) => !measured.has(name));
  if (left.length === 0) return [];
  return [['chances', `not measured of ${left.join(', ')}: it takes ${LEAST_PEOPLE} people with a face`]];
}

function acceptanceRows({ acceptance }: Evaluation): string[][] {
  return [
    ['FMR', 'threshold', 'TAR', '95 % interval'],
    ...acceptance.map(({ fmr, distance, tar, low, high }) => [
      fmr.toExponential(0),
      distance.toFixed(4),
      tar.toFixed(3),
      `${low.toFixed(3)}–${high.toFixed(3)}`,
    ]),
  ];
}

function subsetRows(what: string, rates: readonly SubsetRate[]): Table {
  return [
    [what, 'people', 'photos', 'no face', 'pairs of one', 'accepted (95 %)', 'pairs of two', 'accepted (95 %)'],
    ...rates.map(({ name, people, photos, withoutFace, genuine, accepted, impostors, falseMatches }) => [
      name,
      ...[people, photos, withoutFace, genuine].map(count),
      accepted ? interval(accepted) : '–',
      count(impostors),
      falseMatches ? interval(falseMatches) : '–',
    ]),
  ];
}

function defectRows(rates: readonly DefectRate[]): Table {
  return [
    ['defect', 'people', 'face found', 'taken as selfie', 'strangers, both', 'strangers, one', 'accepted (95 %)'],
    ...rates.map(({ defect, people, found, selfies, both, one, accepted }) => [
      defect,
      count(people),
      percent(found),
      percent(selfies),
      interval(both),
      interval(one),
      accepted ? interval(accepted) : '–',
    ]),
  ];
}

/**
 * The table of {@link GroupRate}s. It has a column for each promised chance, which says how often
 * answers about strangers show at most that chance.
 */
function chanceRows({ groups }: Evaluation): Table {
  const [first] = groups;
  if (!first) return [];
  const promises = first.strangers.map(({ promised }) => `≤ ${percent(promised)}`);
  return [
    ['group', 'enrolled', 'photos', 'chances by', ...promises, 'matched', 'named', 'possible: right, wrong'],
    ...groups.map(({ group, enrolled, photos, chancesBy, strangers, matched, named, possible }) => [
      group,
      count(enrolled),
      count(photos),
      chancesBy,
      ...strangers.map(({ measured, low, high }) => interval({ share: measured, low, high })),
      percent(matched),
      percent(named),
      `${percent(possible.right)}, ${percent(possible.wrong)}`,
    ]),
  ];
}

/** An estimate with its interval, for example 0.5 % (0.21–0.9). */
function interval({ share, low, high }: Estimate): string {
  return `${percent(share)} (${figure(low)}–${figure(high)})`;
}

const percent = (share: number) => `${figure(share)} %`;

const figure = (share: number) => Number((share * 100).toFixed(2));

const count = (number: number) => number.toLocaleString('en');
