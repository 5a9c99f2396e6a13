import { detChart } from './det-chart.ts';
import type { Evaluation } from './evaluation.ts';

/** The figures as plain text for a terminal. */
export function textReport(evaluation: Evaluation): string {
  const lines = facts(evaluation).map(([name, value]) => `${name.padEnd(28)} ${value}`);
  const rows = acceptanceRows(evaluation).map((row) => row.map((cell) => cell.padStart(14)).join(''));
  const groups = inColumns(groupRows(evaluation));
  return [...lines, '', ...rows, ...(groups.length > 0 ? ['', ...groups] : [])].join('\n');
}

/** Each column as wide as its widest cell. */
function inColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** The figures and the DET curve as one HTML page that needs nothing else. */
export function htmlReport(evaluation: Evaluation): string {
  const [head = [], ...body] = acceptanceRows(evaluation);
  const [groupHead = [], ...groups] = groupRows(evaluation);
  const row = (cells: readonly string[], tag: 'td' | 'th') =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>facefinder evaluation of ${escaped(evaluation.pack)}</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
svg { width: 100%; height: auto; font-size: 12px; fill: currentColor; }
.grid { stroke: currentColor; opacity: .15; }
.curve { fill: none; stroke: #2a7de1; stroke-width: 2.5; }
</style>
</head>
<body>
<h1>${escaped(evaluation.pack)}</h1>
${detChart(evaluation.det)}
<table>
<thead>${row(head, 'th')}</thead>
<tbody>
${body.map((cells) => row(cells, 'td')).join('\n')}
</tbody>
</table>
<p>Thresholds are distances. Intervals hold 95 %, by resampling people.</p>
<table>
${facts(evaluation)
  .map((cells) => row(cells, 'td'))
  .join('\n')}
</table>${
    groups.length === 0
      ? ''
      : `
<h2>Is what is promised of strangers true in each group?</h2>
<table>
<thead>${row(groupHead, 'th')}</thead>
<tbody>
${groups.map((cells) => row(cells, 'td')).join('\n')}
</tbody>
</table>`
  }
</body>
</html>
`;
}

/** A name and what is said of it. */
type Fact = readonly [name: string, value: string];

function facts({ pack, people, photos, withoutFace, pairs, equalError, accuracy, openSet }: Evaluation): Fact[] {
  return [
    ['pack', pack],
    ['photos', `${count(photos)} of ${count(people)} people; no face found in ${count(withoutFace)}`],
    ['pairs', `${count(pairs.genuine)} of one person, ${count(pairs.impostor)} of two`],
    ['equal error rate', `${percent(equalError.rate)} at ${equalError.distance.toFixed(3)}`],
    ...(accuracy ? [accuracyFact(accuracy)] : []),
    ...(openSet ? openSetFacts(openSet) : []),
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
    ...gallery.points.map(
      ({ fpir, fnir, distance }): Fact => [`FPIR ${percent(fpir)}`, `FNIR ${percent(fnir)}, at ${distance.toFixed(3)}`],
    ),
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

/** Of strangers: how often a chance as small was said of them, where it should be at most as often. */
function groupRows({ groups = [] }: Evaluation): string[][] {
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
      ...strangers.map(({ measured, half }) => `${percent(measured)} ± ${Number((half * 100).toFixed(2))}`),
      percent(matched),
      percent(named),
      `${percent(possible.right)}, ${percent(possible.wrong)}`,
    ]),
  ];
}

const percent = (share: number) => `${Number((share * 100).toFixed(2))} %`;

const count = (number: number) => number.toLocaleString('en');

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
