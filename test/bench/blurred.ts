import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { draw } from '../../src/face/draw.ts';
import { type Box, type Head, SURE_HEAD } from '../../src/face/face.ts';
import { openPipeline, type Pipeline } from '../../src/face/pipeline.ts';
import { impostorCurve } from '../../src/match/impostors.ts';
import type { Benchmark } from './benchmark.ts';
import { samples } from './photos.ts';

const GROUPS = join(import.meta.dirname, '../../../shared/faces-groups');

/**
 * Sizes in pixels to which a photo's largest face is reduced, so that there are faces of several
 * sizes in each of the {@link CLASSES}.
 */
const SIDES = [24, 28, 32, 36, 39, 40, 48, 64, 96];

/**
 * The classes of faces by size, the largest first. A face is in the first class whose `from`, in
 * pixels, it reaches. `least` is the share of a class that must be covered.
 */
const CLASSES = [
  { from: 40, least: 0.99 },
  { from: 24, least: 0.97 },
] as const;

/** A face counts as covered when this share of its box is. */
const COVERED = 0.95;

/** How many points across a face are checked. */
const POINTS = 20;

/** How far a drawn blur reaches beyond each side of a box, as a share of the box's longer side. */
const REACH = 0.3;

/** The share of strangers who are closer than the distance at which a face counts as recognised. */
const FMR = 1e-2;

/**
 * Whether `/blur` covers faces of every size, and whether the result shows anybody recognisable.
 * Faces are those found in the photos at full size.
 */
export const blurred: Benchmark = {
  name: 'blurred',
  target:
    'of faces of 40 pixels and more 99 % are covered, of 24 to 40 97 %; blurred, they are recognised no oftener than twice as often as strangers',
  async run({ pack }) {
    const pipeline = await openPipeline(pack);
    const photos = await groupPhotos();
    const shares = await coveredShares(pipeline, photos);
    const { fmr } = pack.manifest.impostors;
    const { faces, recognised } = await recognisedOn(pipeline, photos, impostorCurve(fmr).distanceAt(FMR));
    const isCovered = shares.every(({ share, least }) => share >= least);
    const told = shares.map(
      ({ from, count, share }) => `of ${count} from ${from} pixels ${(share * 100).toFixed(1)} %`,
    );
    return {
      measured: Math.min(...shares.map(({ share }) => share)),
      holds: isCovered && recognised <= 2 * FMR * faces,
      detail: `${told.join(', ')} covered; ${recognised} of ${faces} recognised at a false-match rate of ${FMR}`,
    };
  },
};

/** The developers' group photographs if present, and those in every checkout. */
async function groupPhotos(): Promise<Uint8Array[]> {
  const files = existsSync(GROUPS) ? (await readdir(GROUPS)).filter((file) => file.startsWith('bbt')) : [];
  const own = await Promise.all(files.map((file) => readFile(join(GROUPS, file))));
  return [...own, ...(await samples())];
}

async function coveredShares({ see, heads }: Pipeline, photos: readonly Uint8Array[]) {
  const counts = CLASSES.map((size) => ({ ...size, count: 0, covered: 0 }));
  for (const photo of photos) {
    const { width, faces } = await see(photo);
    const longest = Math.max(...faces.map(({ box: [, , w, h] }) => Math.max(w, h)));
    for (const side of SIDES.filter((one) => one < longest)) {
      const scale = side / longest;
      const small = await sharp(photo)
        .rotate()
        .resize(Math.round(width * scale))
        .jpeg({ quality: 90 })
        .toBuffer();
      const seen = (await heads(small)).heads.filter(({ score }) => score >= SURE_HEAD);
      for (const { box } of faces) {
        const there = box.map((value) => value * scale);
        const size = Math.max(there[2] ?? 0, there[3] ?? 0);
        const count = counts.find(({ from }) => size >= from);
        if (!count) continue;
        count.count++;
        if (shareCovered(there as unknown as Box, seen) >= COVERED) count.covered++;
      }
    }
  }
  return counts.map(({ covered, ...size }) => ({ ...size, share: covered / size.count }));
}

function shareCovered([x, y, width, height]: Box, heads: readonly Head[]): number {
  const isCovered = (px: number, py: number) =>
    heads.some(({ box: [left, top, w, h] }) => {
      const reach = Math.max(w, h) * REACH;
      return px >= left - reach && px < left + w + reach && py >= top - reach && py < top + h + reach;
    });
  const at = (i: number, length: number) => ((i + 0.5) / POINTS) * length;
  const points = Array.from({ length: POINTS ** 2 }, (_, i) =>
    isCovered(x + at(i % POINTS, width), y + at(Math.floor(i / POINTS), height)),
  );
  return points.filter(Boolean).length / points.length;
}

/**
 * How many faces the photos have, and how many of these are recognised on the blurred copies. A
 * face is recognised if its photo's copy has a face within `distance` of it.
 */
async function recognisedOn({ see }: Pipeline, photos: readonly Uint8Array[], distance: number) {
  let [faces, recognised] = [0, 0];
  for (const photo of photos) {
    const seen = await see(photo);
    const marks = seen.heads.map(({ box }) => ({ box, number: 0, tone: 'blur' as const }));
    const ghosts = (await see(await draw(photo, marks, { side: 2560 }))).faces;
    for (const { embedding } of seen.faces) {
      faces++;
      if (ghosts.some((ghost) => apart(ghost.embedding, embedding) <= distance)) recognised++;
    }
  }
  return { faces, recognised };
}

function apart(p: Float32Array, q: Float32Array): number {
  return Math.hypot(...p.map((value, i) => value - (q[i] ?? 0)));
}
