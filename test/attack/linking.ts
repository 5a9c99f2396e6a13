import { dot, factored, meanOf } from './guess.ts';

/** What a thief of one group's vectors has: the vectors, and photos of its people. */
export interface Loot {
  /** For each person, the nets' embeddings of the photos. */
  readonly photos: readonly (readonly Float32Array[])[];
  /** One stored vector of each person, in an unrelated order: `of[i]` is the owner of the i-th. */
  readonly stored: readonly Float32Array[];
  readonly of: readonly number[];
}

/**
 * The ridge of the regression over the known pairs. It keeps the regression from fitting them too
 * closely.
 */
const RIDGE = 0.3;
const ROUNDS = 30;
const SMALLEST_STEP = 1e-6;

/**
 * The thief knows the owners of some stored vectors. This is the share of the other people whose
 * stored vectors the thief finds: the known pairs show how photos become stored vectors, and the
 * thief changes the other people's photos in the same way.
 * @param known how many owners are known: the first `known` people
 */
export function linkedByPairs({ photos, stored, of }: Loot, known: number): number {
  const seen = photos.map(meanOf);
  const pairs = seen.slice(0, known).map((_, person) => [person, of.indexOf(person)] as const);
  const rest = of.flatMap((person, index) => (person < known ? [] : [index]));
  const likeness = turned(seen, stored, pairs);
  const people = seen.flatMap((_, person) => (person < known ? [] : [person]));
  const chosen = assigned(people.map((person) => rest.map((index) => -likeness(person, index))));
  return shareRight(
    people,
    chosen.map((at) => rest[at] ?? -1),
    of,
  );
}

/**
 * The share of a whole group whose stored vectors the thief finds without knowing any owner. The
 * photos of two people have about the same cosine as the stored vectors of these two. So the thief
 * matches people to vectors in the way in which these cosines agree best, by the fast approximate
 * quadratic assignment of Vogelstein et al. (PLoS ONE, 2015). Of several starts, the one with the
 * best agreement counts. A thief can do the same, because the agreement needs no owners.
 */
export function linkedByShape({ photos, stored, of }: Loot, beginnings: number, random: () => number): number {
  const [theirs, ours] = [cosines(photos.map(meanOf)), cosines(stored)];
  let best = { agreement: Number.NEGATIVE_INFINITY, chosen: [] as number[] };
  for (let begun = 0; begun < beginnings; begun++) {
    const chosen = matched(theirs, ours, begun === 0 ? () => 0 : random);
    const agreement = inner(
      theirs,
      square(theirs.n, (i, j) => at(ours, chosen[i] ?? 0, chosen[j] ?? 0)),
    );
    if (agreement > best.agreement) best = { agreement, chosen };
  }
  return shareRight(
    of.map((_, person) => person),
    best.chosen,
    of,
  );
}

/**
 * One run of the method that `linkedByShape` names. It starts in the middle of all assignments,
 * moved a little by `shake`. Each step goes towards the assignment that a linear prediction calls
 * best.
 */
function matched(theirs: Square, ours: Square, shake: () => number): number[] {
  const { n } = theirs;
  let share = square(n, () => (1 + shake()) / n);
  for (let round = 0; round < ROUNDS; round++) {
    const slope = times(times(theirs, share), ours);
    const next = bestOf(slope);
    const step = square(n, (i, j) => (next[i] === j ? 1 : 0) - at(share, i, j));
    const [bend, rise] = [inner(times(times(theirs, step), ours), step), 2 * inner(slope, step)];
    const far = bend < 0 ? Math.min(1, -rise / (2 * bend)) : 1;
    if (far < SMALLEST_STEP) break;
    const from = share;
    share = square(n, (i, j) => at(from, i, j) + far * at(step, i, j));
  }
  return bestOf(share);
}

/** A square matrix, row by row. */
interface Square {
  readonly n: number;
  readonly values: Float64Array;
}

const at = ({ n, values }: Square, i: number, j: number) => values[i * n + j] ?? 0;
const square = (n: number, of: (i: number, j: number) => number): Square => ({
  n,
  values: Float64Array.from({ length: n * n }, (_, k) => of(Math.floor(k / n), k % n)),
});
const inner = (a: Square, b: Square) => a.values.reduce((sum, value, k) => sum + value * (b.values[k] ?? 0), 0);
const bestOf = (worth: Square) =>
  assigned(Array.from({ length: worth.n }, (_, i) => Array.from({ length: worth.n }, (_, j) => -at(worth, i, j))));

function times(a: Square, b: Square): Square {
  const { n } = a;
  const values = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const factor = at(a, i, k);
      for (let j = 0; j < n; j++) values[i * n + j] = (values[i * n + j] ?? 0) + factor * at(b, k, j);
    }
  }
  return { n, values };
}

/**
 * The cosine of each vector to each other one, less the mean of these cosines. 0 on the diagonal.
 */
function cosines(all: readonly Float32Array[]): Square {
  const n = all.length;
  const none = new Float32Array();
  const raw = square(n, (i, j) => (i === j ? 0 : dot(all[i] ?? none, all[j] ?? none)));
  const mean = raw.values.reduce((sum, value) => sum + value, 0) / (n * (n - 1));
  return square(n, (i, j) => (i === j ? 0 : at(raw, i, j) - mean));
}

/**
 * Learns from the known pairs, by ridge regression, how photos become stored vectors. Gives the
 * similarity of a person's photo, changed in this way, to a stored vector.
 */
function turned(
  seen: readonly Float32Array[],
  stored: readonly Float32Array[],
  pairs: readonly (readonly [person: number, index: number])[],
): (person: number, index: number) => number {
  const no = new Float32Array();
  const from = pairs.map(([person]) => seen[person] ?? no);
  const to = pairs.map(([, index]) => stored[index] ?? no);
  const solve = factored(from.map((a, i) => from.map((b, j) => dot(a, b) + (i === j ? RIDGE : 0))));
  const weights = seen.map((one) => solve(from.map((other) => dot(one, other))));
  const products = stored.map((one) => to.map((other) => dot(one, other)));
  return (person, index) =>
    (weights[person] ?? []).reduce((sum, weight, k) => sum + weight * (products[index]?.[k] ?? 0), 0);
}

function shareRight(people: readonly number[], chosen: readonly number[], of: readonly number[]): number {
  return people.filter((person, at) => of[chosen[at] ?? -1] === person).length / people.length;
}

/**
 * For each row of a square matrix of costs, the column in the assignment with the least sum (the
 * Hungarian method, by shortest paths).
 */
export function assigned(costs: readonly (readonly number[])[]): number[] {
  const n = costs.length;
  const [rows, columns] = [new Float64Array(n + 1), new Float64Array(n + 1)];
  const rowOf = new Int32Array(n + 1);
  for (let row = 1; row <= n; row++) {
    const before = new Int32Array(n + 1);
    const least = new Float64Array(n + 1).fill(Number.POSITIVE_INFINITY);
    const isUsed = new Uint8Array(n + 1);
    let column = 0;
    rowOf[0] = row;
    do {
      isUsed[column] = 1;
      const from = rowOf[column] ?? 0;
      let [step, next] = [Number.POSITIVE_INFINITY, 0];
      for (let j = 1; j <= n; j++) {
        if (isUsed[j]) continue;
        const cost = (costs[from - 1]?.[j - 1] ?? 0) - (rows[from] ?? 0) - (columns[j] ?? 0);
        if (cost < (least[j] ?? 0)) {
          least[j] = cost;
          before[j] = column;
        }
        if ((least[j] ?? 0) < step) [step, next] = [least[j] ?? 0, j];
      }
      for (let j = 0; j <= n; j++) {
        if (isUsed[j]) {
          rows[rowOf[j] ?? 0] = (rows[rowOf[j] ?? 0] ?? 0) + step;
          columns[j] = (columns[j] ?? 0) - step;
        } else least[j] = (least[j] ?? 0) - step;
      }
      column = next;
    } while (rowOf[column] !== 0);
    while (column !== 0) {
      const previous = before[column] ?? 0;
      rowOf[column] = rowOf[previous] ?? 0;
      column = previous;
    }
  }
  const chosen = new Array<number>(n).fill(0);
  for (let j = 1; j <= n; j++) chosen[(rowOf[j] ?? 1) - 1] = j - 1;
  return chosen;
}
