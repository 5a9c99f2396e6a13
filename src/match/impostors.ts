/**
 * How close strangers come, measured on one pack: pairs of a false-match rate and the Euclidean
 * distance up to which that share of impostor pairs lies. Both fall; there are at least two rows.
 */
export type FmrTable = readonly (readonly [fmr: number, distance: number])[];

/** The two ways to read a table. */
export interface ImpostorCurve {
  /**
   * The share of strangers up to this distance, 0..1. It never falls as distance grows. 1 for NaN,
   * which proves nothing.
   */
  fmrAt(distance: number): number;
  /**
   * The largest distance with at most this FMR; 0 when even distance 0 has more. 0 for NaN: nothing
   * is accepted.
   */
  distanceAt(fmr: number): number;
}

/**
 * The slope beyond the table's end spans about a decade of FMR. A single step would be mostly
 * noise.
 */
const TAIL = Math.log(9);

interface Knot {
  readonly squared: number;
  readonly log: number;
}

type Knots = readonly [Knot, ...Knot[]];

/**
 * Reads between the rows of a table and beyond them. It takes log FMR as linear in the squared
 * distance, which is linear in the cosine (d² = 2 − 2cos). Below the table the measured curve bends
 * down (it is concave in d²), so the straight line assumes too many strangers rather than too few.
 * Above the table the slope of its first step goes on until FMR reaches 1.
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
      // A value without a logarithm is below all knots.
      return Math.sqrt(interpolate(knots, 'log', 'squared', Math.log(fmr)));
    },
  };
}

/** The table with both ends added: where FMR reaches 1, and distance 0. */
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
 * `to` at `value`, on the straight line between the knots around it (both columns fall). Beyond the
 * ends it is the end's own.
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
