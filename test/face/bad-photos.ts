import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Box } from '../../src/face/face.ts';
import { shared } from './samples.ts';

/** A hostile or odd photo of ../shared/photos-bad, with the answer that it must get. */
export interface BadPhoto {
  readonly file: string;
  readonly what: string;
  readonly expected: string;
  /** Other allowed answers. */
  readonly also: readonly string[];
  readonly faces?: number;
  readonly upright?: readonly [width: number, height: number];
  /** The box of its face. */
  readonly box?: Box;
  /** The time limit of its answer. */
  readonly max_ms?: number;
}

const folder = shared('photos-bad');

/** Empty when the folder is missing. */
export const badPhotos: readonly BadPhoto[] = folder
  ? JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))
  : [];

export const readBadPhoto = ({ file }: BadPhoto): Promise<Buffer> => readFile(join(folder ?? '', file));

/** The file that an attack in one of the photos would make if it succeeded. */
const CANARY = join(tmpdir(), 'facefinder-canary');

export const clearCanary = (): Promise<void> => rm(CANARY, { force: true });

export const payloadRan = (): boolean => existsSync(CANARY);
