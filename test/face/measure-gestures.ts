import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { DEFAULT_PACK, loadPack } from '../../models/pack.ts';
import { readConfig } from '../../src/config.ts';
import { type Photo, readAlbum } from '../../src/evaluate/album.ts';
import type { Face } from '../../src/face/face.ts';
import { GESTURES, isWhole, type Pose, poseOf, shows } from '../../src/face/gesture.ts';
import { openFaces } from '../../src/face/pool.ts';
import { subjectOf } from './samples.ts';

/**
 * `npm run measure:gestures <folder of person-folders> [-- --people 250 --cut 50]`: how well a
 * gesture stops people who only have other photos of somebody. It tries the photos of `--people`
 * people as they are. Of `--cut` people it tries one photo that is cut in many ways.
 */
const { values, positionals } = parseArgs({
  options: { people: { type: 'string', default: '250' }, cut: { type: 'string', default: '50' } },
  allowPositionals: true,
});

/** The most photos of one person. */
const MOST_PHOTOS = 10;
/** How many gestures somebody is asked for in a day: see `src/chat/gestures/gestures-asked.ts`. */
const TRIES = 6;

const { modelDir } = readConfig(process.env);
const pack = await loadPack(DEFAULT_PACK, { modelDir, onProgress: console.error });
const { photos } = await readAlbum(positionals[0] ?? '');
const people = [...Map.groupBy(photos, ({ person }) => person).values()].filter((of) => of.length > 1);
await using faces = await openFaces({ pack, children: 2 });

async function faceOn(photo: Uint8Array): Promise<Face | undefined> {
  return subjectOf(await faces.see(photo));
}

const poseOn = (face: Face | undefined): Pose | undefined =>
  face && isWhole(face) ? poseOf(face.landmarks) : undefined;

async function posesOf(of: readonly Photo[]): Promise<Pose[]> {
  const seen = await Promise.all(of.slice(0, MOST_PHOTOS).map(async ({ file }) => faceOn(await readFile(file))));
  return seen.flatMap((face) => poseOn(face) ?? []);
}

/** The gestures that some of these photos show, compared with the selfie. */
const shownBeside = (selfie: Pose, others: readonly Pose[]) =>
  GESTURES.filter((gesture) => others.some((pose) => shows(gesture, pose, [selfie])));

/** The most gestures that these photos can show, with the best choice of selfie. */
const most = (poses: readonly Pose[]) =>
  Math.max(
    ...poses.map(
      (selfie) =>
        shownBeside(
          selfie,
          poses.filter((pose) => pose !== selfie),
        ).length,
    ),
  );

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
const meanOf = (shares: readonly number[]) => percent(shares.reduce((sum, share) => sum + share, 0) / shares.length);

const pairs: (readonly [Pose, Pose])[] = [];
const shares = new Map<number, number[]>();
for (const of of people.filter((one) => one.length > 2).slice(0, Number(values.people))) {
  const poses = await posesOf(of);
  const [selfie, ...others] = poses;
  if (selfie) pairs.push(...others.map((pose) => [selfie, pose] as const));
  for (const size of [2, 3, 6, MOST_PHOTOS]) {
    if (poses.length < size) continue;
    shares.set(size, [...(shares.get(size) ?? []), most(poses.slice(0, size)) / GESTURES.length]);
  }
}
for (const gesture of GESTURES) {
  const count = pairs.filter(([selfie, pose]) => shows(gesture, pose, [selfie])).length;
  console.log(`${gesture}: ${percent(count / pairs.length)} of ${pairs.length} other photos show it beside the first`);
}
for (const [size, of] of shares) {
  console.log(
    `with ${size} photos (${of.length} people), the best of them as the selfie: a gesture drawn at random is among them for ` +
      `${meanOf(of)}, one of ${TRIES} for ${meanOf(of.map((share) => 1 - (1 - share) ** TRIES))}`,
  );
}

/**
 * How much of a photo remains around a face: left, above, right and below, in widths and heights of
 * the face.
 */
type Cut = readonly [left: number, above: number, right: number, below: number];
const BELOW = [0.95, 0.9, 0.87, 0.84, 0.82, 0.8, 0.78, 0.76, 0.74, 0.72, 0.7];
const SIDES = [0, -0.1, -0.2, -0.3];
const CUTS: readonly Cut[] = [
  ...BELOW.flatMap((below): Cut[] => [
    [0.5, 0.5, 1.5, below],
    [-0.1, 0.5, 1.5, below],
    [0.5, 0.5, 1.1, below],
    [0.5, -0.1, 1.5, below],
  ]),
  ...SIDES.flatMap((side): Cut[] => [
    [side, 0.5, 1.5, 1.5],
    [0.5, side, 1.5, 1.5],
    [0.5, 0.5, 1 + side, 1.5],
  ]),
];

/**
 * How often one photo, whole and cut, shows a gesture that nobody made, with {@link isWhole} and
 * without it.
 */
async function isShownByCuts({ file }: Photo): Promise<{ readonly kept: boolean; readonly all: boolean } | undefined> {
  const photo = await readFile(file);
  const { width = 0, height = 0 } = await sharp(photo).metadata();
  const face = await faceOn(photo);
  const pose = poseOn(face);
  if (!face || !pose) return undefined;
  const [x, y, w, h] = face.box;
  const found = { kept: false, all: false };
  for (const [left, above, right, below] of CUTS) {
    const at = { left: Math.max(0, Math.round(x - w * left)), top: Math.max(0, Math.round(y - h * above)) };
    const to = {
      right: Math.min(width, Math.round(x + w * right)),
      bottom: Math.min(height, Math.round(y + h * below)),
    };
    const cut = { ...at, width: to.right - at.left, height: to.bottom - at.top };
    const other = await faceOn(await sharp(photo).extract(cut).jpeg({ quality: 95 }).toBuffer());
    const moved = other && poseOf(other.landmarks);
    if (!other || !moved) continue;
    if (most([pose, moved]) === 0) continue;
    found.all = true;
    found.kept ||= isWhole(other);
  }
  return found;
}

const cuts = [];
for (const [photo] of people.slice(0, Number(values.cut))) {
  const found = photo && (await isShownByCuts(photo));
  if (found) cuts.push(found);
}
console.log(
  `one photo in ${CUTS.length} cuts: of ${cuts.length} people ${cuts.filter(({ kept }) => kept).length} show a gesture; ` +
    `${cuts.filter(({ all }) => all).length} if faces need not be whole`,
);
