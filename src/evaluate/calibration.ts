import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Manifest } from '../../models/manifest.ts';
import { OperatorError } from '../causes/operator-error.ts';
import { distanceBetween } from '../match/distance.ts';
import { impostorCurve } from '../match/impostors.ts';
import { type Distribution, distributionOf } from './distribution.ts';
import type { Groups } from './groups.ts';
import type { Subjects } from './subjects.ts';

type Impostors = Manifest['impostors'];

/** The false-match rates of the rows of an impostor table. */
const FMRS = [1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 3e-6, 1e-6];

/**
 * A row is made only when at least so many pairs are within its distance. With ten, the row's rate
 * is known to a factor of two.
 */
const PAIRS_PER_ROW = 10;

/**
 * A group's share at a row's distance counts only when at least so many of the group's pairs are
 * within that distance.
 */
const PAIRS_PER_SHARE = 100;

/**
 * The highest false-match rate that answers need. Rows with higher rates are ignored for groups.
 */
const HIGHEST_FMR = 0.01;

/** The false-match rate of the pack's threshold for two photos (`verify`). */
export const VERIFY_FMR = 1e-3;

/**
 * Makes the impostor table: for each false-match rate, the distance within which this share of
 * pairs of strangers is. Rates for which there are too few pairs are left out.
 * @throws OperatorError when there are too few pairs for two rows
 */
export function impostorTable(impostors: Distribution): Impostors['fmr'] {
  const rows = FMRS.filter((fmr) => fmr * impostors.count >= PAIRS_PER_ROW);
  if (rows.length < 2)
    throw new OperatorError(`${impostors.count} pairs of different people are too few to calibrate with`);
  return rows.map((fmr) => [fmr, Math.floor(impostors.distanceAt(fmr) * 1e4) / 1e4]);
}

/**
 * The group for which the table is least true: its strangers are nearer to each other than the
 * table says, and in no other group by more. See `worstGroup` in the manifest. Each person counts
 * with one photo. Undefined when no group has enough pairs.
 */
export function worstGroup(fmr: Impostors['fmr'], subjects: Subjects, personOf: readonly number[], groups: Groups) {
  const photoOf = new Map(
    personOf.flatMap((person, photo) => (subjects[photo] ? [[person, subjects[photo]] as const] : [])).toReversed(),
  );
  const powers = [...groups].flatMap(([group, members]) => {
    const faces = members.flatMap((person) => photoOf.get(person) ?? []);
    const distances = faces.flatMap((face, index) => faces.slice(index + 1).map((one) => distanceBetween(face, one)));
    const spread = distributionOf(distances);
    return fmr.flatMap(([rate, distance]) => {
      const share = spread.shareAt(distance);
      if (rate > HIGHEST_FMR || share * spread.count < PAIRS_PER_SHARE) return [];
      const power = Math.min(1, Math.floor((Math.log(share) / Math.log(rate)) * 100) / 100);
      return [{ group, power, people: faces.length }];
    });
  });
  return powers.sort((a, b) => a.power - b.power)[0];
}

/**
 * Writes a measured table, the threshold for two photos that follows from it, and a learned
 * correction, if given, into the manifest `file`. The rest of the manifest stays. The file is
 * replaced in one step.
 */
export async function writeCalibration(
  file: string,
  impostors: Impostors,
  correction?: Manifest['embedder']['correction'],
): Promise<void> {
  const manifest: Pick<Manifest, 'embedder'> = JSON.parse(await readFile(file, 'utf8'));
  const verify = Math.floor(impostorCurve(impostors.fmr).distanceAt(VERIFY_FMR) * 1e4) / 1e4;
  const embedder = { ...manifest.embedder, ...(correction && { correction }) };
  const text = JSON.stringify({ ...manifest, embedder, thresholds: { verify }, impostors }, null, 2);
  await writeFile(`${file}.part`, `${text}\n`);
  await rename(`${file}.part`, file);
}
