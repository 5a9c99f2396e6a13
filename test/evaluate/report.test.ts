import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { svgFile } from '../../src/evaluate/chart.ts';
import { charts } from '../../src/evaluate/charts.ts';
import { DEFECTS } from '../../src/evaluate/defects.ts';
import { type Evaluation, evaluate } from '../../src/evaluate/evaluation.ts';
import { htmlReport, textReport } from '../../src/evaluate/report.ts';
import { seeded } from '../../src/evaluate/seeded.ts';
import { matcher } from '../../src/match/matcher.ts';
import { crowd } from './synthetic.ts';

const strangers = [
  { promised: 0.001, measured: 0, low: 0, high: 0.0004 },
  { promised: 0.01, measured: 0.0062, low: 0.0031, high: 0.0112 },
];
const verdicts = { matched: 0.972, named: 0.985, possible: { right: 0.013, wrong: 0.004 } };

const evaluation: Evaluation = {
  pack: 'tiny<1>@2',
  people: 20,
  photos: 1_234,
  withoutFace: 3,
  pairs: { genuine: 500, impostor: 70_000 },
  equalError: { rate: 0.0123, distance: 1.2 },
  acceptance: [{ fmr: 1e-3, distance: 1.1435, tar: 0.9753, low: 0.968, high: 0.982 }],
  det: [
    { distance: 1.3, fmr: 0.1, fnmr: 0.001 },
    { distance: 1.1, fmr: 1e-3, fnmr: 0.02 },
    { distance: 1, fmr: 1e-4, fnmr: 0 },
  ],
  accuracy: { mean: 0.992, standardError: 0.0016, distance: 1.19, folds: 10 },
  openSet: {
    enrolled: 10,
    templates: 30,
    probes: 40,
    strangers: 50,
    points: [
      { fpir: 0.1, distance: 1.09, fnir: 0.01, low: 0.006, high: 0.0148 },
      { fpir: 0.003, distance: 1.05, fnir: 0.025, low: 0.02, high: 0.031 },
    ],
    curve: [
      { fpir: 0.5, distance: 1.12, fnir: 0.004, low: 0.001, high: 0.008 },
      { fpir: 0.02, distance: 1.06, fnir: 0.02, low: 0.016, high: 0.024 },
    ],
    verdicts: {
      strangersMatched: 0.004,
      strangersNamed: 0.006,
      strangersSimilar: 0.14,
      probesMatched: 0.97,
      probesNamed: 0.99,
      probesMistaken: 0,
    },
  },
  subsets: {
    promised: 0.001,
    distance: 1.1197,
    groups: [
      {
        name: 'all',
        people: 20,
        photos: 1_234,
        withoutFace: 3,
        genuine: 500,
        accepted: { share: 0.974, low: 0.961, high: 0.985 },
        impostors: 70_000,
        falseMatches: { share: 0.0011, low: 0.0007, high: 0.0016 },
      },
      { name: 'pair <of> two', people: 2, photos: 2, withoutFace: 0, genuine: 0, impostors: 1 },
    ],
    quality: [
      {
        name: 'sharpness < 8, no selfie',
        people: 4,
        photos: 9,
        withoutFace: 0,
        genuine: 11,
        accepted: { share: 0.3636, low: 0.1, high: 0.7 },
        impostors: 30,
        falseMatches: { share: 0, low: 0, high: 0.459 },
      },
    ],
  },
  groups: [
    { group: 'all', enrolled: 5, photos: 1, chancesBy: 'table', strangers, ...verdicts },
    { group: 'all', enrolled: 5, photos: 1, chancesBy: 'group', strangers, ...verdicts },
  ],
};

test('a report in text tells every figure', () => {
  const text = textReport(evaluation);
  for (const figure of [
    '1,234',
    'no face found in 3',
    '70,000',
    '1.23 %',
    '99.2 % ± 0.16 %',
    '1.1435',
    '0.975',
    '0.968–0.982',
  ]) {
    expect(text).toContain(figure);
  }
  expect(text).toContain('0.4 % match, 0.6 % named, 14 % at least similar');
});

test('it tells how sure each rate is, by group, by quality, of a search and of what chances come to', () => {
  const text = textReport(evaluation);
  expect(text).toMatch(/^all +20 +1,234 +3 +500 +97.4 % \(96.1–98.5\) +70,000 +0.11 % \(0.07–0.16\)$/m);
  expect(text).toMatch(/^pair <of> two +2 +2 +0 +0 +– +1 +–$/m);
  expect(text).toMatch(/^sharpness < 8, no selfie +4 +9 +0 +11 +36.36 % \(10–70\) +30 +0 % \(0–45.9\)$/m);
  expect(text).toMatch(/^FPIR 0.3 % +FNIR 2.5 % \(2–3.1\), at 1.050$/m);
  expect(text).toMatch(/^all +5 +1 +group +0 % \(0–0.04\) +0.62 % \(0.31–1.12\)/m);
});

test('it says what would take more photos or more people, and how many', () => {
  const text = textReport(evaluation);
  expect(text).toMatch(/^FPIR 0.1 % +takes 1,000 photos of strangers$/m);
  expect(text).toMatch(/^chances +not measured of pair <of> two: it takes 10 people with a face$/m);
});

test('a report in HTML tells the same, needs nothing from elsewhere, and takes names as text', () => {
  const html = htmlReport(evaluation);
  for (const figure of ['1,234', '0.975', '0.968–0.982', '14 % at least similar']) expect(html).toContain(figure);
  expect(html).not.toMatch(/https?:|src=|href=|url\(/);
  expect(html).toContain('tiny&#60;1&#62;@2');
  expect(html).not.toContain('tiny<1>');
});

test('its DET curve runs down to the right, and leaves out what no logarithm can show', () => {
  const points = /class="curve s0" points="([^"]+)"/.exec(htmlReport(evaluation))?.[1];
  const [more = [], fewer = []] = (points ?? '').split(' ').map((point) => point.split(',').map(Number));
  expect(points?.split(' ')).toHaveLength(2);
  // A point at an FMR of 10 % is further right and lower than a point at 0.1 %.
  expect(more[0]).toBeGreaterThan(fewer[0] ?? Number.NaN);
  expect(more[1]).toBeGreaterThan(fewer[1] ?? Number.NaN);
});

test('a report without pairs and gallery leaves these lines out, and says what a gallery needs', () => {
  const { accuracy: _, openSet: __, ...rest } = evaluation;
  expect(textReport(rest)).not.toMatch(/accuracy|FPIR/);
  expect(textReport(rest)).toMatch(/^gallery +none: it takes people with 4 photos or more$/m);
  expect(charts(rest).map(({ name }) => name)).not.toContain('identification');
});

test('is laid out as docs/evaluate.md shows it', async () => {
  const page = await readFile(join(import.meta.dirname, '../../docs/evaluate.md'), 'utf8');
  const [, example = ''] = /```text\n([\s\S]*?)```/.exec(page) ?? [];
  /** Headings and names of lines, without the figures. */
  const names = (text: string) =>
    text
      .split('\n')
      .flatMap(
        (line) =>
          /^(group|quality|defect|Two photos|Strangers|[a-z][a-z ]+(?= {2}\S)|FPIR [\d.]+ %)/i.exec(line)?.[0].trim() ??
          [],
      );
  const half = { share: 0.5, low: 0.4, high: 0.6 };
  const rate = { people: 9, found: 1, selfies: 0, both: half, one: half, accepted: half };
  const worse = { ...evaluation, defects: DEFECTS.map((defect) => ({ defect, ...rate })) };
  const [shown, said] = [names(example), new Set(names(textReport(worse)))];
  expect(shown.length).toBeGreaterThan(15);
  const ofTheExample = ['women', 'men', 'East Asian names', 'eyes and mouth seen'];
  expect(shown.filter((name) => !said.has(name) && !ofTheExample.includes(name))).toEqual([]);
});

test.each([
  [2, 1],
  [2, 2],
  [20, 1],
  [11, 4],
])('of %i people with %i photos each: has only figures that could be measured', (people, photosEach) => {
  const { subjects, personOf } = crowd({ people, photosEach, dims: 32, noise: 0.3 }, seeded(1));
  const album = {
    people: Array.from({ length: people }, (_, person) => `p${person}`),
    photos: personOf.map((person, photo) => ({ file: '', name: `${photo}`, person })),
  };
  const fmr = [
    [0.1, 1.25],
    [0.001, 1.12],
  ] as const;
  const small = evaluate(album, subjects, { pack: 'tiny@1', matcher: matcher({ fmr }, { verification: 1.12 }) });
  for (const report of [textReport(small), htmlReport(small)]) expect(report).not.toMatch(/NaN|Infinity|undefined/);
  expect(JSON.stringify(small)).not.toContain('null');
  expect(textReport(small).includes('it takes two photos of somebody')).toBe(photosEach === 1);
  expect(textReport(small).includes('it takes people with 4 photos or more')).toBe(photosEach < 4);
  expect(textReport(small).includes('it takes 10 people with a face')).toBe(people < 10);
});

describe('the charts', () => {
  test('are one for each thing that was measured, in the page as well', () => {
    const drawn = charts(evaluation);
    expect(drawn.map(({ name }) => name)).toEqual(['det', 'identification', 'chances', 'groups', 'quality']);
    const html = htmlReport(evaluation);
    for (const { svg } of drawn) expect(html).toContain(svg);
  });

  test.each(charts(evaluation))(
    '$name is a picture of its own that can be read on light and dark ground',
    async ({ svg }) => {
      const file = svgFile(svg);
      expect(file.match(/https?:[^"]*/g)).toEqual(['http://www.w3.org/2000/svg']);
      expect(file).toContain('prefers-color-scheme: dark');
      expect(file).not.toMatch(/NaN|Infinity|undefined/);
      const { width, height } = await sharp(Buffer.from(file)).metadata();
      expect(width).toBe(640);
      expect(height).toBeGreaterThan(100);
      // Something is drawn in the first series' colour, on white.
      const { data, info } = await sharp(Buffer.from(file)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
      const colours = new Set<string>();
      for (let at = 0; at < data.length; at += info.channels) colours.add(data.subarray(at, at + 3).toString('hex'));
      expect([...colours]).toEqual(expect.arrayContaining(['ffffff', '0072b2']));
    },
  );

  test('take names as text', () => {
    const drawn = charts(evaluation).map(({ svg }) => svg);
    expect(drawn.join()).toContain('pair &#60;of&#62; two');
    expect(drawn.join()).not.toContain('<of>');
  });

  test('show a rate that is as promised on the dashes, a higher one above them', () => {
    const chart = (measured: number) =>
      charts({
        ...evaluation,
        groups: evaluation.groups.map((rate) => ({
          ...rate,
          strangers: [
            { promised: 0.001, measured: 0.001, low: 0.001, high: 0.001 },
            { promised: 0.01, measured, low: measured, high: measured },
          ],
        })),
      }).find(({ name }) => name === 'chances')?.svg ?? '';
    const place = (measured: number) => {
      const [, point = ''] = /class="curve s0" points="([^"]+)"/.exec(chart(measured)) ?? [];
      const [x = Number.NaN, y = Number.NaN] = point.split(' ')[1]?.split(',').map(Number) ?? [];
      const [, ...ends] = /class="aim" x1="(.+)" y1="(.+)" x2="(.+)" y2="(.+)"/.exec(chart(measured)) ?? [];
      const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = ends.map(Number);
      return y - (y1 + ((x - x1) * (y2 - y1)) / (x2 - x1));
    };
    expect(place(0.01)).toBeCloseTo(0, 0);
    expect(place(0.02)).toBeLessThan(-10);
    expect(place(0.005)).toBeGreaterThan(10);
  });
});
