import { readFile } from 'node:fs/promises';
import type { Manifest } from '../../models/manifest.ts';
import type { Face, Faces, Seen } from '../face/face.ts';
import { selfieFace } from '../face/selfie.ts';
import { Failure } from '../failure.ts';
import type { Album } from './album.ts';
import { DEFECTS, type Defect, withDefect } from './defects.ts';
import { seeded } from './seeded.ts';
import { nearestCentre, seenAtAll } from './subjects.ts';

/** The photos of at most this many people are copied, so that the work has a limit. */
const MOST_COPIED = 1000;

/** How many people's photos are copied and seen at the same time. */
const AT_ONCE = 3;

/** One half of the people. Corrections are learned with one half and measured with the other. */
export type Half = 'learned' | 'measured';

/** The embeddings of one person's photo: of the photo as it is, and of its copies with defects. */
export interface Copied {
  readonly person: number;
  /** The photo's index in the album. */
  readonly photo: number;
  readonly clean: Float32Array;
  /** The copies, by defect. A defect is missing when no face was found in its copy. */
  readonly copies: ReadonlyMap<Defect, Copy>;
}

/** The face in a copy. */
interface Copy {
  readonly embedding: Float32Array;
  /** Whether this copy would be accepted as a selfie. */
  readonly isSelfie: boolean;
}

/**
 * Sees the first photo of every second person (those of `half`), once as it is and once with each
 * defect. A person is left out when no face is found in the photo as it is.
 * @param onProgress hears, after each person, how many people are done, and of how many
 */
export async function copiesOf(
  { photos }: Pick<Album, 'photos'>,
  half: Half,
  faces: Pick<Faces, 'see'>,
  points: Manifest['points'],
  onProgress: (done: number, people: number) => void,
): Promise<Copied[]> {
  const firsts = new Map(photos.map(({ person, file }, photo) => [person, { file, photo }] as const).toReversed());
  const chosen = [...firsts].filter(([person]) => person % 2 === (half === 'learned' ? 0 : 1));
  const step = Math.max(1, chosen.length / MOST_COPIED);
  const people = Array.from({ length: Math.min(chosen.length, MOST_COPIED) }, (_, i) => chosen[Math.floor(i * step)]);
  const queue = people.flatMap((one) => (one ? [one] : [])).values();
  const copied: Copied[] = [];
  let done = 0;
  const work = async () => {
    for (const [person, { file, photo }] of queue) {
      const bytes = await readFile(file);
      const seen = await seenIn(bytes, faces);
      if (seen) copied.push({ person, photo, clean: seen.face.embedding, copies: await copies(person, bytes, seen) });
      onProgress(++done, people.length);
    }
  };
  const copies = async (person: number, photo: Uint8Array, seen: SeenFace) => {
    const made = new Map<Defect, Copy>();
    for (const [index, defect] of DEFECTS.entries()) {
      const random = seeded(person * DEFECTS.length + index);
      const copy = await seenIn(await withDefect({ photo, ...seen }, defect, points, random), faces);
      if (copy) made.set(defect, { embedding: copy.face.embedding, isSelfie: isSelfie(copy.face) });
    }
    return made;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return copied.sort((a, b) => a.person - b.person);
}

type SeenFace = Pick<Seen, 'width' | 'height'> & { readonly face: Face };

async function seenIn(photo: Uint8Array, faces: Pick<Faces, 'see'>): Promise<SeenFace | undefined> {
  const seen = await seenAtAll(photo, faces);
  const face = seen && nearestCentre(seen);
  return seen && face && { width: seen.width, height: seen.height, face };
}

function isSelfie(face: Face): boolean {
  try {
    return selfieFace([face]) === face;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}
