import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { type Photo, photoOf } from './faces.ts';

/**
 * Makes a photo of these people in these shots. `left`: how many further faces it has, which are
 * too many to be looked at.
 */
export type Album = (faces: Photo['faces'], left?: number) => Photo;

/** Makes drawn photos. Only the crawler's stand-in for the nets sees faces on them. */
export const drawnAlbum: Album = photoOf;

/** How many public figures stand for people of a world. The others are strangers. */
const PEOPLE = 6;
const STRANGER = 9;
const SHOTS = 4;
/** The side of a photograph, in pixels. */
const SIDE = 250;
/** How many different photos show several people. */
const GROUPS = 8;

/**
 * Makes photos from photographs of public figures. `folder` has one folder of photographs for each
 * figure. A photo of several people is one of a few group photos, perhaps of others than those
 * asked for.
 */
export async function photographs(folder: string, random: () => number): Promise<Album> {
  const names = (await readdir(folder, { withFileTypes: true })).filter((one) => one.isDirectory());
  const sorted = names.map(({ name }) => name).toSorted();
  const all = await Promise.all(
    sorted.map(async (name) => {
      const files = (await readdir(join(folder, name))).toSorted().slice(0, SHOTS);
      return await Promise.all(files.map((file) => readFile(join(folder, name, file))));
    }),
  );
  const plain = (faces: Photo['faces'], bytes: Uint8Array): Photo => ({ bytes, faces, left: 0, isBroken: false });
  const one = (of: number, shot: number): Photo => {
    const bytes = all[of]?.[shot % SHOTS];
    if (!bytes) throw new Error(`there is no photograph ${shot} of ${of}`);
    return plain([{ of, shot }], bytes);
  };
  const groups = await Promise.all(
    Array.from({ length: GROUPS }, async () => {
      const people = Array.from({ length: PEOPLE }, (_, of) => of).filter(() => random() < 0.4);
      const shown = [...people, STRANGER].map((of) => one(of, Math.floor(random() * SHOTS)));
      return plain(
        shown.flatMap(({ faces }) => faces),
        await sideBySide(shown.map(({ bytes }) => bytes)),
      );
    }),
  );
  const nobody = plain([], await sideBySide([]));
  return (faces) => {
    const [first, ...others] = faces;
    if (!first) return nobody;
    const group = groups[Math.floor(random() * GROUPS)];
    return others.length > 0 && group ? group : one(first.of % sorted.length, first.shot);
  };
}

async function sideBySide(photos: readonly Uint8Array[]): Promise<Buffer> {
  const wide = { width: SIDE * Math.max(1, photos.length), height: SIDE, channels: 3, background: 'gray' } as const;
  const there = photos.map((input, index) => ({ input: Buffer.from(input), left: index * SIDE, top: 0 }));
  return await sharp({ create: wide }).composite(there).jpeg().toBuffer();
}
