/**
 * How near strangers come, measured with one pack. Each row has a false-match rate and a Euclidean
 * distance; this share of impostor pairs is within that distance. Both fall from row to row. There
 * are at least two rows.
 */
export type FmrTable = readonly (readonly [fmr: number, distance: number])[];

/** Reads an impostor table in both directions. */
export interface ImpostorCurve {
  /**
   * The share of strangers within this distance, 0..1. It never falls as the distance grows. It is
   * 1 for NaN, which proves nothing.
   */
  fmrAt(distance: number): number;
  /**
   * The largest distance with at most this FMR. It is 0 when even distance 0 has a higher FMR, and
   * for NaN, so that nothing is accepted.
   */
  distanceAt(fmr: number): number;
}

/**
 * The slope beyond the end of the table is taken over about a decade of FMR. Over a single step it
 * would be mostly noise.
 */
const TAIL = Math.log(9);

interface Knot {
  readonly squared: number;
  readonly log: number;
}

type Knots = readonly [Knot, ...Knot[]];

/**
 * Reads a table, also between its rows and beyond them. It takes log FMR as linear in the squared
 * distance, which is linear in the cosine (d² = 2 − 2cos). Below the table the measured curve bends
 * down (it is concave in d²). The straight line is above it, so it assumes too many strangers and
 * never too few. Above the table the slope of its first step goes on until FMR reaches 1.
 * @throws RangeError when there are fewer than two rows, or they are out of range or not strictly
 * falling in both columns
 */
export function impostorCurve(table: FmrTable): ImpostorCurve {
  const knots = extended(checked(table).map(([fmr, distance]) => ({ squared: distance ** 2, log: Math.log(fmr) })));
  return {
    fmrAt(distance) {
      if (Number.isNaN(distance)) return 1;
      return Math.exp(interpolate(knots, 'squared', 'log', Math.max(0, distance) ** 2));
    },
    distanceAt(fmr) {
      // A number that has no logarithm is below every row.
      return Math.sqrt(interpolate(knots, 'log', 'squared', Math.log(fmr)));
    },
  };
}

/** The table with a row added at each end: where FMR reaches 1, and at distance 0. */
function extended(knots: readonly Knot[]): Knots {
  const [first, second] = knots;
  const last = knots.at(-1);
  if (!first || !second || !last) throw new RangeError('an impostor table needs two rows or more');
  const decadeUp = knots.findLast((knot) => knot.log - last.log > TAIL) ?? first;
  const top = { log: 0, squared: first.squared - first.log / slope(first, second) };
  const bottom = { log: last.log - last.squared * slope(decadeUp, last), squared: 0 };
  return [top, ...knots, bottom];
}

const slope = (a: Knot, b: Knot): number => (a.log - b.log) / (a.squared - b.squared);

/**
 * The value of `to` where `from` has this value, on the straight line between two rows (both
 * columns fall). Beyond the ends it is the value at the end.
 */
function interpolate(knots: Knots, from: keyof Knot, to: keyof Knot, value: number): number {
  let upper = knots[0];
  for (const lower of knots) {
    if (lower[from] <= value) {
      const step = upper[from] - lower[from];
      return step === 0 ? lower[to] : lower[to] + ((value - lower[from]) * (upper[to] - lower[to])) / step;
    }
    upper = lower;
  }
  return upper[to];
}

function checked(table: FmrTable): FmrTable {
  let [fmrBefore, distanceBefore] = [1, 2];
  for (const [fmr, distance] of table) {
    if (!(fmr > 0 && fmr < fmrBefore && distance > 0 && distance < distanceBefore)) {
      throw new RangeError('an impostor table falls in both columns, from FMR below 1 and distance below 2');
    }
    [fmrBefore, distanceBefore] = [fmr, distance];
  }
  return table;
}
