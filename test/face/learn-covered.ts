import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_PACK, loadPack } from '../../models/pack.ts';
import { readConfig } from '../../src/config.ts';
import { readAlbum } from '../../src/evaluate/album.ts';
import { type Defect, withDefect } from '../../src/evaluate/defects.ts';
import { seeded } from '../../src/evaluate/seeded.ts';
import { COVERABLE, type CoverRules, coverFeatures, coverScore, FEATURES } from '../../src/face/covered.ts';
import { decode } from '../../src/face/decode.ts';
import { openFinder } from '../../src/face/find.ts';
import { openPyramid } from '../../src/face/pyramid.ts';

/**
 * `npm run learn:covered <folder of person-folders> [-- --write]`: learns when eyes and mouth are
 * covered, from the first photo of each person and copies with drawn glasses, sunglasses and masks.
 * Of four people, two are for learning, one is for the limit, and one is for the measurement. The
 * limit comes from other people, because a rule does better on those from whom it was learned.
 * `--write` stores the rules for the program.
 */
const { values, positionals } = parseArgs({ options: { write: { type: 'boolean' } }, allowPositionals: true });
const FILE = join(import.meta.dirname, '../../src/face/covered.json');

/** The share of drawn covers that are found. */
const FOUND = 0.99;
const MOST_PEOPLE = 2400;
const COVERS = { eyes: 'sunglasses', mouth: 'mask' } as const;

/** Logistic regression, by gradient descent with momentum (Polyak 1964). */
const STEPS = 400;
const RATE = 0.3;
const MOMENTUM = 0.9;
const WEIGHT_DECAY = 0.03;

interface Seen {
  readonly kind: 'clean' | Defect;
  readonly part: 'learned' | 'limit' | 'measured';
  readonly features: Float32Array;
}

const [folder = ''] = positionals;
const all = await seeAll(folder);
const learned = all.filter(({ part }) => part === 'learned');
const measured = all.filter(({ part }) => part === 'measured');
const rules: CoverRules = { eyes: learn('eyes'), mouth: learn('mouth') };
for (const part of COVERABLE) {
  for (const kind of ['clean', 'glasses', 'sunglasses', 'mask'] as const) {
    const these = measured.filter((one) => one.kind === kind);
    const covered = these.filter(({ features }) => coverScore(features, rules[part]) > 0).length;
    console.log(`${part} covered: ${kind} ${covered} of ${these.length}`);
  }
}
if (values.write) {
  const written = COVERABLE.map((part) => {
    const { bias, weights } = rules[part];
    return [
      part,
      { bias, weights: Buffer.from(weights.buffer, weights.byteOffset, weights.byteLength).toString('base64') },
    ];
  });
  await writeFile(FILE, `${JSON.stringify(Object.fromEntries(written), null, 2)}\n`);
}

async function seeAll(folder: string): Promise<Seen[]> {
  const { photos } = await readAlbum(folder);
  const { manifest, files } = await loadPack(DEFAULT_PACK, { modelDir: readConfig(process.env).modelDir });
  const find = await openFinder(manifest, files);
  const look = async (bytes: Uint8Array) => {
    const { pixels, width, height } = await decode(bytes, { pixels: 25e6 });
    const pyramid = openPyramid(pixels);
    const {
      found: [face, ...others],
    } = await find(pyramid, () => {});
    // With several faces it is unknown which one is drawn on.
    if (!face || others.length > 0) return undefined;
    return { width, height, landmarks: face.points, features: coverFeatures(pyramid, face.five) };
  };
  const firsts = [...new Map(photos.map(({ person, file }) => [person, file] as const).toReversed())].sort(
    ([a], [b]) => a - b,
  );
  const step = Math.max(1, firsts.length / MOST_PEOPLE);
  const seen: Seen[] = [];
  for (let n = 0; n < Math.min(firsts.length, MOST_PEOPLE); n++) {
    const [person, file] = firsts[Math.floor(n * step)] ?? [0, ''];
    const photo = await readFile(file);
    const clean = await look(photo);
    if (!clean) continue;
    const part = (['learned', 'limit', 'learned', 'measured'] as const)[n % 4] ?? 'learned';
    seen.push({ kind: 'clean', part, features: clean.features });
    for (const [index, kind] of (['glasses', 'sunglasses', 'mask'] as const).entries()) {
      const portrait = { photo, width: clean.width, height: clean.height, face: { landmarks: clean.landmarks } };
      const copy = await look(await withDefect(portrait, kind, manifest.points, seeded(person * 8 + index)));
      if (copy) seen.push({ kind, part, features: copy.features });
    }
    if (n % 100 === 0) console.error(`${n} people seen`);
  }
  return seen;
}

/** A rule that finds {@link FOUND} of the drawn covers. */
function learn(part: (typeof COVERABLE)[number]): CoverRules[typeof part] {
  const { scale, middle } = spreadOf(learned);
  const isCovered = learned.map(({ kind }) => kind === COVERS[part]);
  const positives = isCovered.filter(Boolean).length;
  const scaled = learned.map(({ features }) => features.map((v, i) => (v - (middle[i] ?? 0)) / (scale[i] ?? 1)));
  const weights = new Float64Array(FEATURES);
  const speed = new Float64Array(FEATURES);
  let [bias, biasSpeed] = [0, 0];
  for (let step = 0; step < STEPS; step++) {
    const slope = weights.map((weight) => weight * WEIGHT_DECAY);
    let biasSlope = 0;
    for (const [n, features] of scaled.entries()) {
      let score = bias;
      for (let i = 0; i < FEATURES; i++) score += (features[i] ?? 0) * (weights[i] ?? 0);
      // All covered faces together weigh as much as all uncovered ones, however many there are of
      // each.
      const share = 0.5 / (isCovered[n] ? positives : learned.length - positives);
      const error = share * (1 / (1 + Math.exp(-score)) - (isCovered[n] ? 1 : 0));
      biasSlope += error;
      for (let i = 0; i < FEATURES; i++) slope[i] = (slope[i] ?? 0) + error * (features[i] ?? 0);
    }
    biasSpeed = MOMENTUM * biasSpeed - RATE * biasSlope;
    bias += biasSpeed;
    for (let i = 0; i < FEATURES; i++) {
      speed[i] = MOMENTUM * (speed[i] ?? 0) - RATE * (slope[i] ?? 0);
      weights[i] = (weights[i] ?? 0) + (speed[i] ?? 0);
    }
  }
  const unscaled = Float32Array.from(weights, (weight, i) => weight / (scale[i] ?? 1));
  const plain = { bias: 0, weights: unscaled };
  const scores = all
    .filter((one) => one.kind === COVERS[part] && one.part === 'limit')
    .map(({ features }) => coverScore(features, plain))
    .sort((a, b) => a - b);
  const limit = scores[Math.floor((1 - FOUND) * scores.length)] ?? 0;
  return { bias: -limit, weights: unscaled };
}

function spreadOf(seen: readonly Seen[]): { readonly middle: Float64Array; readonly scale: Float64Array } {
  const middle = new Float64Array(FEATURES);
  const squares = new Float64Array(FEATURES);
  for (const { features } of seen) {
    for (const [i, v] of features.entries()) {
      middle[i] = (middle[i] ?? 0) + v / seen.length;
      squares[i] = (squares[i] ?? 0) + v ** 2 / seen.length;
    }
  }
  return { middle, scale: squares.map((v, i) => Math.sqrt(Math.max(0, v - (middle[i] ?? 0) ** 2)) + 1e-3) };
}
