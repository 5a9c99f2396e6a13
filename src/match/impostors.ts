/**
 * How near strangers come to each other, measured with one pack. Each row has a false-match rate
 * (FMR) and a Euclidean distance: this share of pairs of strangers is within this distance. Both
 * fall from row to row. There are at least two rows.
 */
export type FmrTable = readonly (readonly [fmr: number, distance: number])[];

/** Reads an impostor table in both directions. */
export interface ImpostorCurve {
  /**
   * The share of strangers within this distance, 0..1. It never falls as the distance grows. For
   * NaN it is 1, as for the largest distance.
   */
  fmrAt(distance: number): number;
  /**
   * The largest distance with at most this FMR. It is 0 when even distance 0 has a higher FMR. For
   * NaN it is 0 too, so that no distance is accepted.
   */
  distanceAt(fmr: number): number;
}

/**
 * The slope below the last row is taken between that row and a row whose FMR is at least this much
 * higher (in log FMR, about a decade). Between two neighbouring rows it would be mostly noise.
 */
const TAIL = Math.log(9);

interface Knot {
  readonly squared: number;
  readonly log: number;
}

type Knots = readonly [Knot, ...Knot[]];

/**
 * Makes a curve from a table. The curve is also defined between the rows and beyond them. Between
 * two rows, log FMR is taken as linear in the squared distance d², which is linear in the cosine
 * (d² = 2 − 2cos). At distances below the last row, the curve goes on as a straight line. The
 * measured curve bends down there (it is concave in d²), so the line assumes too many strangers and
 * never too few. At distances above the first row, the slope of the first two rows goes on until
 * FMR is 1.
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
      // NaN, the logarithm of a negative number or of NaN, counts as below the last row.
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
 * The value of the column `to` where the column `from` has this value, on the straight line between
 * two rows. Both columns fall. Beyond the first or last row it is the value of that row.
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
