import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Manifest } from '../../models/manifest.ts';
import { OperatorError } from '../causes/operator-error.ts';
import { impostorCurve } from '../match/impostors.ts';
import type { Distribution } from './distribution.ts';

type Impostors = Manifest['impostors'];

/** The rows of an impostor table. */
const FMRS = [1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 3e-6, 1e-6];

/** A row rests on at least so many pairs: with ten, its rate is known to a factor of two. */
const PAIRS_PER_ROW = 10;

/** The threshold for comparing two photos is that of this rate. */
const VERIFY_FMR = 1e-3;

/**
 * The table of the distances that shares of strangers reach, as far down as the pairs carry it.
 * Throws when they are too few for two rows.
 */
export function impostorTable(impostors: Distribution): Impostors['fmr'] {
  const rows = FMRS.filter((fmr) => fmr * impostors.count >= PAIRS_PER_ROW);
  if (rows.length < 2)
    throw new OperatorError(`${impostors.count} pairs of different people are too few to calibrate with`);
  return rows.map((fmr) => [fmr, Math.floor(impostors.distanceAt(fmr) * 1e4) / 1e4]);
}

/**
 * Puts a measured table, and the verification threshold that follows from it, into the manifest `file`; everything else in it
 * stays. The file is replaced in one step.
 */
export async function writeCalibration(file: string, impostors: Impostors): Promise<void> {
  const manifest: object = JSON.parse(await readFile(file, 'utf8'));
  const verify = Math.floor(impostorCurve(impostors.fmr).distanceAt(VERIFY_FMR) * 1e4) / 1e4;
  const text = JSON.stringify({ ...manifest, thresholds: { verify }, impostors }, null, 2);
  await writeFile(`${file}.part`, `${text}\n`);
  await rename(`${file}.part`, file);
}
