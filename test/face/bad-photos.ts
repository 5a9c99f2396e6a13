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
  /** Answers that are fine as well. */
  readonly also: readonly string[];
  readonly faces?: number;
  readonly upright?: readonly [width: number, height: number];
  /** Of the face in it. */
  readonly box?: Box;
  /** Within which it must be answered. */
  readonly max_ms?: number;
}

const folder = shared('photos-bad');

/** None where the folder is not there. */
export const badPhotos: readonly BadPhoto[] = folder
  ? JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))
  : [];

export const readBadPhoto = ({ file }: BadPhoto): Promise<Buffer> => readFile(join(folder ?? '', file));

/** What a payload in one of them would leave behind if it ran. */
const CANARY = join(tmpdir(), 'facefinder-canary');

export const clearCanary = (): Promise<void> => rm(CANARY, { force: true });

export const payloadRan = (): boolean => existsSync(CANARY);
