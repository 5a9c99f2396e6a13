/** The knowledge of an attacker who guesses a person's template. */
export interface Known {
  /** The attacker's photos of the person. Their mean is the first guess. */
  readonly photos: readonly Float32Array[];
  /** The usual cosine of the mean of this many photos to a template, learned from other people. */
  readonly closeness: number;
  /**
   * How far the cosine of a probe to a template usually is from what the mean predicts, learned
   * from other people too.
   */
  readonly spread: number;
}

/**
 * What the answer about one probe tells: the template is at least `nearest` and at most `farthest`
 * from it.
 */
export interface Told {
  readonly probe: Float32Array;
  readonly nearest: number;
  readonly farthest: number;
}

/**
 * How much the first guess weighs against the answers. An attacker must choose one weight; the
 * tests take the best.
 */
const RIDGES = [0.003, 0.01, 0.03, 0.1, 0.3];
/** How often a range is replaced by its expected value. */
const ROUNDS = 6;

/**
 * Guesses the template `v` by ridge regression of e·v = 1 − d²/2 over all probes e, starting with
 * the mean of the photos: one guess for each weight. A range counts as the mean of a normal
 * distribution cut to it (expectation maximisation).
 */
export function guesses(known: Known, told: readonly Told[]): Float32Array[] {
  const first = scaled(meanOf(known.photos), known.closeness);
  const products = told.map(({ probe }) => told.map((other) => dot(probe, other.probe)));
  return RIDGES.map((ridge) => {
    const solve = factored(products.map((row, i) => row.map((value, j) => (i === j ? value + ridge : value))));
    let guess = first;
    for (let round = 0; round < ROUNDS; round++) {
      const missing = told.map((one) => expected(one, dot(one.probe, guess), known.spread) - dot(one.probe, first));
      // The minimum of Σ (e·w − cosine)² + ridge · |w − first|².
      const weights = solve(missing);
      guess = first.map((value, k) =>
        told.reduce((sum, { probe }, i) => sum + (weights[i] ?? 0) * (probe[k] ?? 0), value),
      );
    }
    return normalised(guess);
  });
}

/** The cosine of the best guess to the template. */
export function bestCosine(known: Known, told: readonly Told[], template: Float32Array): number {
  return Math.max(...guesses(known, told).map((guess) => dot(guess, template)));
}

/** The expected cosine within a range of distances, when cosines are predicted with this spread. */
function expected({ nearest, farthest }: Told, foretold: number, spread: number): number {
  const [low, high] = [1 - farthest ** 2 / 2, 1 - nearest ** 2 / 2];
  const [a, b] = [(low - foretold) / spread, (high - foretold) / spread];
  const share = below(b) - below(a);
  // The range is so unlikely that only its nearer end counts.
  if (share < 1e-9) return Math.min(Math.max(foretold, low), high);
  return foretold + (spread * (density(a) - density(b))) / share;
}

const density = (x: number) => Math.exp(-x * x * 0.5) / Math.sqrt(2 * Math.PI);

/** The normal distribution, by Abramowitz and Stegun 26.2.17: wrong by less than 1e-7. */
function below(x: number): number {
  if (x < 0) return 1 - below(-x);
  const t = 1 / (1 + 0.2316419 * x);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - density(x) * series;
}

/** Solves equations with this symmetric, positive definite matrix, by Cholesky's factors of it. */
export function factored(matrix: readonly (readonly number[])[]): (right: readonly number[]) => number[] {
  const n = matrix.length;
  const low = matrix.map(() => new Float64Array(n));
  const at = (i: number, j: number) => low[i]?.[j] ?? 0;
  for (let i = 0; i < n; i++) {
    const row = low[i] ?? new Float64Array();
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i]?.[j] ?? 0;
      for (let k = 0; k < j; k++) sum -= (row[k] ?? 0) * at(j, k);
      row[j] = i === j ? Math.sqrt(sum) : sum / at(j, j);
    }
  }
  return (right) => {
    const solution = [...right];
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < i; k++) solution[i] = (solution[i] ?? 0) - at(i, k) * (solution[k] ?? 0);
      solution[i] = (solution[i] ?? 0) / at(i, i);
    }
    for (let i = n - 1; i >= 0; i--) {
      for (let k = i + 1; k < n; k++) solution[i] = (solution[i] ?? 0) - at(k, i) * (solution[k] ?? 0);
      solution[i] = (solution[i] ?? 0) / at(i, i);
    }
    return solution;
  };
}

export function dot(a: Float32Array, b: Float32Array): number {
  // The program's distance is for unit vectors only. Other vectors need this sum.
  return a.reduce((sum, value, k) => sum + value * (b[k] ?? 0), 0);
}

export function normalised(vector: Float32Array): Float32Array {
  return scaled(vector, 1 / Math.sqrt(dot(vector, vector)));
}

export function meanOf(vectors: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array()] = vectors;
  return normalised(first.map((_, k) => vectors.reduce((sum, vector) => sum + (vector[k] ?? 0), 0)));
}

/** A point between two, on the sphere: `share` of the one and the rest of the other. */
export function blend(a: Float32Array, b: Float32Array, share: number): Float32Array {
  return normalised(a.map((value, k) => share * value + (1 - share) * (b[k] ?? 0)));
}

function scaled(vector: Float32Array, factor: number): Float32Array {
  return vector.map((value) => value * factor);
}

/**
 * A mixture of `own`, a photo of the victim, and a stranger's face. By the attacker's first guess
 * of the template, the template is `distance` away from the mixture, or as near to that as mixing
 * allows.
 */
export function probeAt(distance: number, known: Known, stranger: Float32Array, own: Float32Array): Float32Array {
  const guess = meanOf(known.photos);
  let [low, high] = [0, 1];
  for (let step = 0; step < 20; step++) {
    const share = (low + high) / 2;
    const cosine = known.closeness * dot(blend(own, stranger, share), guess);
    if (Math.sqrt(2 - 2 * cosine) > distance) low = share;
    else high = share;
  }
  return blend(own, stranger, (low + high) / 2);
}
