import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '../causes/operator-error.ts';

export interface Photo {
  readonly file: string;
  /** The file's name without its ending. */
  readonly name: string;
  /** The index of the photo's person in the album's `people`. */
  readonly person: number;
}

/** What is in a folder that has one folder of photos for each person. */
export interface Album {
  /** The names of the people's folders, sorted. */
  readonly people: readonly string[];
  /** All photos, sorted by person and then by name. */
  readonly photos: readonly Photo[];
}

const PHOTO = /^(.+)\.(jpe?g|png|webp|gif|avif)$/i;

/**
 * Finds the photos in a folder that has one folder for each person. It ignores files beside these
 * folders, folders inside them, and names that begin with a dot.
 * @throws OperatorError when fewer than two people have photos; an error of Node when the folder
 * cannot be read
 */
export async function readAlbum(folder: string): Promise<Album> {
  const people: string[] = [];
  const photos: Photo[] = [];
  for (const name of await foldersIn(folder)) {
    const files = (await readdir(join(folder, name), { withFileTypes: true })).filter((entry) => entry.isFile());
    const found = files.flatMap((entry) => {
      const photo = PHOTO.exec(entry.name)?.[1];
      return photo === undefined || photo.startsWith('.')
        ? []
        : [{ file: join(folder, name, entry.name), name: photo }];
    });
    if (found.length === 0) continue;
    photos.push(...found.sort(byName).map((photo) => ({ ...photo, person: people.length })));
    people.push(name);
  }
  if (people.length < 2)
    throw new OperatorError('the folder must hold a folder of photos for each of at least two people');
  return { people, photos };
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  return folders.map((entry) => entry.name).sort();
}

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
