import { readFile } from 'node:fs/promises';
import type { Face, Faces, Seen } from '../face/face.ts';
import { Failure } from '../failure.ts';
import type { Album } from './album.ts';

/** One embedding for each photo of an album, in its order; undefined where no face was found. */
export type Subjects = readonly (Float32Array | undefined)[];

/** The same faces, each with its quality. */
export type SubjectFaces = readonly (Pick<Face, 'embedding' | 'quality'> | undefined)[];

/**
 * Sees every photo, `atOnce` at a time. A photo that shows no face, or cannot be read as an image,
 * has no subject. Any other failure (`busy`, a bug) is thrown.
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
  // Landmarks are left out. Nothing here needs them, and there may be thousands of photos.
  return face && { embedding: face.embedding, quality: face.quality };
}

/** What the pipeline saw in a photo; undefined when the photo cannot be read as an image. */
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
 * The face nearest to the middle of the photo. In a data set with one person on each photo, that is
 * the person's face.
 */
export function nearestCentre({ faces, width, height }: Pick<Seen, 'faces' | 'width' | 'height'>): Face | undefined {
  const fromCentre = ({ box: [x, y, w, h] }: Face) => Math.hypot(x + w / 2 - width / 2, y + h / 2 - height / 2);
  return faces.toSorted((a, b) => fromCentre(a) - fromCentre(b))[0];
}
