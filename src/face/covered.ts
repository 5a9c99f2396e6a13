import weights from './covered.json' with { type: 'json' };
import type { Coverable } from './face.ts';
import { bestFit, invert } from './geometry.ts';
import { luma } from './pixels.ts';
import type { FivePoints } from './points.ts';
import { type Pyramid, warpFrom } from './pyramid.ts';

export const COVERABLE = ['eyes', 'mouth'] as const satisfies readonly Coverable[];

/**
 * The side of the aligned face in pixels. Here faces are aligned by the points of ArcFace (Deng et
 * al. 2019), whatever pack is used.
 */
const SEEN_SIDE = 112;
const TEMPLATE: FivePoints = [
  [38.29, 51.7],
  [73.53, 51.5],
  [56.03, 71.74],
  [41.55, 92.37],
  [70.73, 92.2],
];

/**
 * The side of a cell in pixels. Cells at the rim of the aligned face show background, so only cells
 * within {@link ROWS} and {@link COLUMNS} are used.
 */
const CELL = 8;
const CELLS = SEEN_SIDE / CELL;
const ROWS = [1, 13] as const;
const COLUMNS = [2, 12] as const;

/**
 * The number of equal ranges of directions into which edges are sorted. Together they cover half a
 * turn.
 */
const EDGES = 6;
/**
 * How many numbers a cell has: the strength of edges in each range of directions, the light, and
 * the differences in blue and in red from the colour of the whole face.
 */
const PER_CELL = EDGES + 3;

/** The length of {@link coverFeatures}. */
export const FEATURES = (ROWS[1] - ROWS[0]) * (COLUMNS[1] - COLUMNS[0]) * PER_CELL;

/**
 * One linear rule for each part. A part is covered when the sum of weight times feature, plus
 * `bias`, is above 0.
 */
export type CoverRules = Readonly<Record<Coverable, { readonly bias: number; readonly weights: Float32Array }>>;

const RULES: CoverRules = { eyes: read(weights.eyes), mouth: read(weights.mouth) };

/**
 * The parts of a face that are covered. `npm run learn:covered` learns the weights from photos with
 * drawn masks and glasses.
 */
export function coveredParts(photo: Pyramid, five: FivePoints): Coverable[] {
  const features = coverFeatures(photo, five);
  return COVERABLE.filter((part) => coverScore(features, RULES[part]) > 0);
}

/** The sum of a rule for a face. The further it is above 0, the surer the part is covered. */
export function coverScore(features: Float32Array, { bias, weights }: CoverRules[Coverable]): number {
  return features.reduce((sum, feature, i) => sum + feature * (weights[i] ?? 0), bias);
}

/**
 * The features of a face, cell by cell: the strength of the edges in each range of directions
 * (histograms of oriented gradients, Dalal and Triggs 2005), the light, and the colour. They are
 * relative to the whole face, so that neither the lamp nor the colour of the skin has an influence.
 * @returns {@link FEATURES} numbers
 */
export function coverFeatures(photo: Pyramid, five: FivePoints): Float32Array {
  const { rgb } = warpFrom(photo, invert(bestFit(five, TEMPLATE)), SEEN_SIDE, SEEN_SIDE, 0);
  const grey = Float32Array.from({ length: SEEN_SIDE * SEEN_SIDE }, (_, i) => luma(rgb, i * 3));
  const { middle, spread } = innerLight(grey);
  const cells = Array.from({ length: CELLS * CELLS }, () => new Float32Array(PER_CELL));
  for (let y = 0; y < SEEN_SIDE; y++) {
    for (let x = 0; x < SEEN_SIDE; x++) {
      const i = y * SEEN_SIDE + x;
      const cell = cells[Math.floor(y / CELL) * CELLS + Math.floor(x / CELL)] as Float32Array;
      const light = grey[i] ?? 0;
      const across = x > 0 && x < SEEN_SIDE - 1 ? ((grey[i + 1] ?? 0) - (grey[i - 1] ?? 0)) / spread : 0;
      const down = y > 0 && y < SEEN_SIDE - 1 ? ((grey[i + SEEN_SIDE] ?? 0) - (grey[i - SEEN_SIDE] ?? 0)) / spread : 0;
      const turn = (Math.atan2(down, across) + Math.PI) % Math.PI;
      add(cell, Math.min(EDGES - 1, Math.floor((turn / Math.PI) * EDGES)), Math.hypot(across, down));
      add(cell, EDGES, (light - middle) / spread);
      add(cell, EDGES + 1, ((rgb[i * 3 + 2] ?? 0) - light) / (spread + 20));
      add(cell, EDGES + 2, ((rgb[i * 3] ?? 0) - light) / (spread + 20));
    }
  }
  const [blue, red] = [EDGES + 1, EDGES + 2].map(
    (at) => cells.reduce((sum, cell) => sum + (cell[at] ?? 0), 0) / cells.length,
  );
  const features: number[] = [];
  for (let row = ROWS[0]; row < ROWS[1]; row++) {
    for (let column = COLUMNS[0]; column < COLUMNS[1]; column++) {
      const cell = cells[row * CELLS + column] as Float32Array;
      features.push(...cell.subarray(0, EDGES).map(Math.sqrt), cell[EDGES] ?? 0);
      features.push(Math.abs((cell[EDGES + 1] ?? 0) - (blue ?? 0)), Math.abs((cell[EDGES + 2] ?? 0) - (red ?? 0)));
    }
  }
  return Float32Array.from(features);
}

/**
 * Adds a pixel's value, divided by the number of pixels in a cell, to number `at` of its cell. So
 * that number becomes the mean of the cell's pixels.
 */
function add(cell: Float32Array, at: number, value: number): void {
  cell[at] = (cell[at] ?? 0) + value / CELL ** 2;
}

/**
 * The mean grey of the face without its rim (`middle`), and its standard deviation plus 8
 * (`spread`), by which edges are divided. Without the 8, the noise of a dark photo would count as
 * edges.
 */
function innerLight(grey: Float32Array): { readonly middle: number; readonly spread: number } {
  let [count, sum, squares] = [0, 0, 0];
  for (let y = 2 * CELL; y < SEEN_SIDE - CELL; y++) {
    for (const light of grey.subarray(y * SEEN_SIDE + 2 * CELL, (y + 1) * SEEN_SIDE - 2 * CELL)) {
      count++;
      sum += light;
      squares += light * light;
    }
  }
  const middle = sum / count;
  return { middle, spread: 8 + Math.sqrt(Math.max(0, squares / count - middle ** 2)) };
}

/** Weights as little-endian floats of 32 bits, in base64. */
function read({ bias, weights }: { readonly bias: number; readonly weights: string }): CoverRules[Coverable] {
  const bytes = Buffer.from(weights, 'base64');
  return { bias, weights: Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(i * 4)) };
}
