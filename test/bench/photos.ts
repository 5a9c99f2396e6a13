import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import type { Pack } from '../../models/pack.ts';
import { openPipeline } from '../../src/face/pipeline.ts';

/** Photos of 250 × 250 with a face in the middle, as in LFW. */
const SIDE = 250;
const COUNT = 30;

const SHARED = join(import.meta.dirname, '../../../shared/faces');

/**
 * Thirty photos: the developers' own if present, else cut from the sample photos inside
 * `@vladmandic/face-api`.
 */
export async function benchPhotos(pack: Pack): Promise<Uint8Array[]> {
  return existsSync(SHARED) ? ofPeople(SHARED) : cutFromSamples(pack);
}

async function ofPeople(folder: string): Promise<Uint8Array[]> {
  const files = await readdir(folder, { recursive: true });
  const photos = files.filter((file) => file.endsWith('.jpg')).sort();
  const step = Math.max(1, Math.floor(photos.length / COUNT));
  const chosen = photos.filter((_, index) => index % step === 0).slice(0, COUNT);
  return Promise.all(chosen.map((file) => readFile(join(folder, file))));
}

/** Photos of three to five people in the size that chats send: Telegram's are 1,280 pixels long. */
export async function chatPhotos(): Promise<Uint8Array[]> {
  const resized = (photo: Uint8Array) => sharp(photo).resize(1280, 1280, { fit: 'inside' }).jpeg({ quality: 87 });
  return Promise.all((await samples()).map((photo) => resized(photo).toBuffer()));
}

/** The six sample photos inside `@vladmandic/face-api`. */
export async function samples(): Promise<Uint8Array[]> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');
  const files = (await readdir(folder)).filter((name) => /^sample\d\.jpg$/.test(name));
  return Promise.all(files.map((file) => readFile(join(folder, file))));
}

async function cutFromSamples(pack: Pack): Promise<Uint8Array[]> {
  const { see } = await openPipeline(pack);
  const cuts: Uint8Array[] = [];
  for (const photo of await samples()) {
    for (const { box } of (await see(photo)).faces) cuts.push(await cut(photo, box));
  }
  return Array.from({ length: COUNT }, (_, index) => cuts[index % cuts.length] ?? new Uint8Array());
}

/** The square around a face in which the face fills about half the height, as in LFW. */
async function cut(
  photo: Uint8Array,
  [x, y, width, height]: readonly [number, number, number, number],
): Promise<Uint8Array> {
  const side = Math.round(height * 2);
  const [left, top] = [Math.round(x + width / 2 - side / 2), Math.round(y + height / 2 - side / 2)];
  // Room is added on all sides, so that a face at the edge can be cut out too.
  const roomy = await sharp(photo).extend({ top: side, bottom: side, left: side, right: side }).toBuffer();
  return sharp(roomy)
    .extract({ left: left + side, top: top + side, width: side, height: side })
    .resize(SIDE, SIDE)
    .jpeg()
    .toBuffer();
}
