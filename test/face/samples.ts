import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { DEFAULT_PACK, loadPack, type Pack } from '../../models/pack.ts';
import { readConfig } from '../../src/config.ts';
import type { Box, Face, Faces, Seen } from '../../src/face/face.ts';
import { Failure } from '../../src/failure.ts';

const DEMO = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');

/** Photographs of several people, 1 to 6, in every checkout. */
export const sample = (number: number): string => join(DEMO, `sample${number}.jpg`);

/** How many people each sample shows. */
export const SAMPLE_FACES = [3, 3, 3, 4, 5, 4];

/** One woman of sample 6, alone, looking ahead; 390 × 500. */
export const portrait = (): Promise<Buffer> => cut(6, 1070, 190, 390, 500);

/** One woman of sample 1, alone, her head tilted. She is also in sample 3, from another day. */
export const tiltedPortrait = (): Promise<Buffer> => cut(1, 1370, 110, 420, 440);

function cut(number: number, left: number, top: number, width: number, height: number): Promise<Buffer> {
  return sharp(sample(number)).extract({ left, top, width, height }).jpeg({ quality: 95 }).toBuffer();
}

/** The pack for tests that need no accuracy. It takes a third of the default's time. */
export const FAST_PACK = 'faceplugin512';

/** The default pack, fetched if this machine lacks it. */
export const defaultPack = (): Promise<Pack> => packCalled(DEFAULT_PACK);

/** The pack {@link FAST_PACK}, fetched if this machine lacks it. */
export const fastPack = (): Promise<Pack> => packCalled(FAST_PACK);

const packCalled = (name: string): Promise<Pack> =>
  loadPack(name, { modelDir: readConfig(process.env).modelDir, onProgress: console.error });

/**
 * A folder of photographs beside the repository on some machines. Undefined, with a note, when it
 * is missing.
 */
export function shared(folder: string): string | undefined {
  const path = join(import.meta.dirname, '../../../shared', folder);
  if (existsSync(path)) return path;
  console.error(`*** NOT TESTED: ../shared/${folder} is not there`);
  return undefined;
}

/** The face nearest the middle of the photo. */
export function subjectOf({ width, height, faces }: Seen): Face | undefined {
  const away = ({ box: [x, y, w, h] }: Face) => Math.hypot(x + w / 2 - width / 2, y + h / 2 - height / 2);
  return faces.toSorted((p, q) => away(p) - away(q))[0];
}

export function distance(p: Float32Array, q: Float32Array): number {
  return Math.sqrt(p.reduce((sum, v, i) => sum + (v - (q[i] ?? 0)) ** 2, 0));
}

/** The intersection of two boxes over their union, from 0 to 1. */
export function overlap([px, py, pw, ph]: Box, [qx, qy, qw, qh]: Box): number {
  const width = Math.max(0, Math.min(px + pw, qx + qw) - Math.max(px, qx));
  const height = Math.max(0, Math.min(py + ph, qy + qh) - Math.max(py, qy));
  return (width * height) / (pw * ph + qw * qh - width * height);
}

/** What is seen in a photo, or the code of the failure with which it is refused. */
export async function outcomeOf(faces: Faces, photo: Uint8Array): Promise<Seen | string> {
  try {
    return await faces.see(photo);
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
}
