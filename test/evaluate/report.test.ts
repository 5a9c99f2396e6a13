import { expect, test } from 'vitest';
import type { Evaluation } from '../../src/evaluate/evaluation.ts';
import { htmlReport, textReport } from '../../src/evaluate/report.ts';

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
    points: [{ fpir: 0.1, distance: 1.09, fnir: 0.01 }],
    verdicts: {
      strangersMatched: 0.004,
      strangersNamed: 0.006,
      strangersSimilar: 0.14,
      probesMatched: 0.97,
      probesNamed: 0.99,
      probesMistaken: 0,
    },
  },
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

test('a report in HTML tells the same, needs nothing from elsewhere, and takes names as text', () => {
  const html = htmlReport(evaluation);
  for (const figure of ['1,234', '0.975', '0.968–0.982', '14 % at least similar']) expect(html).toContain(figure);
  expect(html).not.toMatch(/https?:|src=|href=|url\(/);
  expect(html).toContain('tiny&#60;1&#62;@2');
  expect(html).not.toContain('tiny<1>');
});

test('its DET curve runs down to the right, and leaves out what no logarithm can show', () => {
  const points = /class="curve" points="([^"]+)"/.exec(htmlReport(evaluation))?.[1];
  const [more = [], fewer = []] = (points ?? '').split(' ').map((point) => point.split(',').map(Number));
  expect(points?.split(' ')).toHaveLength(2);
  // Of FMR 10 % and 0.1 %, the former lies to the right and lower.
  expect(more[0]).toBeGreaterThan(fewer[0] ?? Number.NaN);
  expect(more[1]).toBeGreaterThan(fewer[1] ?? Number.NaN);
});

test('without pairs and gallery it leaves these lines out', () => {
  const { accuracy: _, openSet: __, ...rest } = evaluation;
  expect(textReport(rest)).not.toMatch(/accuracy|gallery/);
});
