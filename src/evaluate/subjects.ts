import { readFile } from 'node:fs/promises';
import type { Face, Faces, Seen } from '../face/face.ts';
import { Failure } from '../failure.ts';
import type { Album } from './album.ts';

/** The embedding of each photo, in the album's order; undefined where no face was found. */
export type Subjects = readonly (Float32Array | undefined)[];

/** The face of each photo, in the album's order; undefined where no face was found. */
export type SubjectFaces = readonly (Pick<Face, 'embedding' | 'quality'> | undefined)[];

/**
 * Sees every photo, `atOnce` photos at a time, and gives the face of each. It gives undefined for a
 * photo that shows no face or cannot be read as an image. Any other failure (`busy`, a bug) is
 * thrown.
 */
export async function findSubjects(
  { photos }: Pick<Album, 'photos'>,
  faces: Pick<Faces, 'see'>,
  options: { readonly atOnce: number; readonly onProgress?: (done: number) => void },
): Promise<SubjectFaces> {
  const subjects: SubjectFaces[number][] = new Array(photos.length);
  const queue = photos.entries();
  let done = 0;
  const work = async () => {
    for (const [index, { file }] of queue) {
      subjects[index] = await subjectOf(await readFile(file), faces);
      options.onProgress?.(++done);
    }
  };
  await Promise.all(Array.from({ length: options.atOnce }, work));
  return subjects;
}

async function subjectOf(photo: Uint8Array, faces: Pick<Faces, 'see'>): Promise<SubjectFaces[number]> {
  const seen = await seenAtAll(photo, faces);
  const face = seen && nearestCentre(seen);
  // Landmarks are not needed, and would take much memory when there are thousands of photos.
  return face && { embedding: face.embedding, quality: face.quality };
}

/** What is seen in a photo; undefined when the photo cannot be read as an image. */
export async function seenAtAll(photo: Uint8Array, faces: Pick<Faces, 'see'>): Promise<Seen | undefined> {
  try {
    return await faces.see(photo);
  } catch (error) {
    if (error instanceof Failure && (error.code === 'not_an_image' || error.code.startsWith('image_')))
      return undefined;
    throw error;
  }
}

/**
 * The face nearest to the middle of the photo. In a data set whose photos are each of one person,
 * that is the person's face.
 */
export function nearestCentre({ faces, width, height }: Pick<Seen, 'faces' | 'width' | 'height'>): Face | undefined {
  const fromCentre = ({ box: [x, y, w, h] }: Face) => Math.hypot(x + w / 2 - width / 2, y + h / 2 - height / 2);
  return faces.toSorted((a, b) => fromCentre(a) - fromCentre(b))[0];
}
