import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { DEFAULT_PACK, loadPack } from '../../models/pack.ts';
import { readConfig } from '../../src/config.ts';
import { type Photo, readAlbum } from '../../src/evaluate/album.ts';
import { GESTURES, type Pose, poseOf, shows } from '../../src/face/gesture.ts';
import { openFaces } from '../../src/face/pool.ts';
import { subjectOf } from './samples.ts';

/**
 * `npm run measure:gestures <folder of person-folders> [-- --people 300]`: what a gesture stops of those who have photos of somebody that
 * were not made for it. One photo is sent as the selfie, others of the same person as the gesture.
 */
const { values, positionals } = parseArgs({
  options: { people: { type: 'string', default: '300' } },
  allowPositionals: true,
});

/** Photos of one person that are looked at. */
const MOST_PHOTOS = 10;
/** As many gestures is somebody asked for in a day: see `src/chat/proofs.ts`. */
const TRIES = 6;

const { modelDir } = readConfig(process.env);
const pack = await loadPack(DEFAULT_PACK, { modelDir, onProgress: console.error });
const { photos } = await readAlbum(positionals[0] ?? '');
const all = [...Map.groupBy(photos, ({ person }) => person).values()];
const people = all.filter((of) => of.length > 2).slice(0, Number(values.people));
await using faces = await openFaces({ pack, workers: 2 });

async function posesOf(of: readonly Photo[]): Promise<Pose[]> {
  const seen = await Promise.all(of.slice(0, MOST_PHOTOS).map(async ({ file }) => faces.see(await readFile(file))));
  return seen.flatMap((one) => poseOf(subjectOf(one)?.landmarks ?? []) ?? []);
}

const shown = new Map(GESTURES.map((gesture) => [gesture, [0, 0] as [number, number]]));
const passed = new Map<number, number[]>();
for (const of of people) {
  const [selfie, ...stock] = await posesOf(of);
  if (!selfie) continue;
  for (const pose of stock) {
    for (const gesture of GESTURES) {
      const counts = shown.get(gesture) ?? [0, 0];
      counts[0] += Number(shows(gesture, pose, [selfie]));
      counts[1] += 1;
    }
  }
  for (const size of [1, 2, 5, MOST_PHOTOS - 1]) {
    if (stock.length < size) continue;
    const had = GESTURES.filter((gesture) =>
      stock.slice(0, size).some((pose) => shows(gesture, pose, [selfie])),
    ).length;
    passed.set(size, [...(passed.get(size) ?? []), had / GESTURES.length]);
  }
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
for (const [gesture, [count, of]] of shown) {
  console.log(`${gesture}: ${percent(count / of)} of ${of} other photos show it beside the first`);
}
for (const [size, shares] of passed) {
  const mean = (of: (share: number) => number) =>
    percent(shares.reduce((sum, share) => sum + of(share), 0) / shares.length);
  console.log(
    `with ${size} other photos (${shares.length} people): a gesture drawn at random is among them for ${mean((share) => share)}, ` +
      `one of ${TRIES} for ${mean((share) => 1 - (1 - share) ** TRIES)}`,
  );
}
