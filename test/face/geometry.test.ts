import { expect, test } from 'vitest';
import type { Point } from '../../src/face/face.ts';
import { apply, bestFit, invert, place } from '../../src/face/geometry.ts';

const square: readonly Point[] = [
  [0, 0],
  [10, 0],
  [10, 10],
  [0, 10],
];

function near(got: readonly Point[], expected: readonly Point[]): void {
  for (const [i, [x, y]] of expected.entries()) {
    expect(got[i]?.[0]).toBeCloseTo(x, 6);
    expect(got[i]?.[1]).toBeCloseTo(y, 6);
  }
}

test('a placement turns clockwise, scales, and puts its point where it is told', () => {
  const quarter = place(2, Math.PI / 2, [0, 0], [5, 5]);
  near(
    [apply(quarter, [0, 0]), apply(quarter, [1, 0])],
    [
      [5, 5],
      [5, 7],
    ],
  );
});

test('the inverse leads back', () => {
  const there = place(1.7, 0.4, [3, 4], [-5, 60]);
  near(
    square.map((point) => apply(invert(there), apply(there, point))),
    square,
  );
});

test('the best fit finds a similarity again', () => {
  const truth = place(0.6, -1.1, [2, 2], [40, 7]);
  const found = bestFit(
    square,
    square.map((point) => apply(truth, point)),
  );
  near(
    square.map((point) => apply(found, point)),
    square.map((point) => apply(truth, point)),
  );
});

test('the best fit never mirrors or shears: of points that would need it, it keeps angles and proportions', () => {
  const mirrored = square.map(([x, y]): Point => [-x, y * 2]);
  const { a, b } = bestFit(square, mirrored);
  const [p, q, r] = square.slice(0, 3).map((point) => apply({ a, b, x0: 0, y0: 0 }, point));
  const along = Math.hypot((q?.[0] ?? 0) - (p?.[0] ?? 0), (q?.[1] ?? 0) - (p?.[1] ?? 0));
  const down = Math.hypot((r?.[0] ?? 0) - (q?.[0] ?? 0), (r?.[1] ?? 0) - (q?.[1] ?? 0));
  expect(along).toBeCloseTo(down, 6);
});
