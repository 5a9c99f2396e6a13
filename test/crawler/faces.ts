import type { Face, Faces } from '../../src/face/face.ts';
import type { Gesture } from '../../src/face/gesture.ts';
import { Failure } from '../../src/failure.ts';
import { landmarksOf } from '../support/landmarks.ts';

/** A photo: its bytes, and the faces on it, each with its shot. */
export interface Photo {
  readonly bytes: Uint8Array;
  readonly faces: readonly { readonly of: number; readonly shot: number; readonly gesture?: Gesture }[];
  /** How many further faces it has, which are too many to be looked at. */
  readonly left: number;
  /** Whether it is no photo at all. */
  readonly isBroken: boolean;
  /** Whether it was forwarded. Nobody can enrol with a forwarded photo. */
  readonly isBorrowed?: boolean;
  /** Whether it no longer exists. */
  readonly isGone?: boolean;
  /** How often the program had started when the photo was sent. */
  readonly starts?: number;
}

const MAGIC = 'drawn by nobody: ';

/** A photo for {@link dealtFaces}. The same people in the same shots are the same picture. */
export function photoOf(faces: Photo['faces'], left = 0): Photo {
  const bytes = Buffer.from(MAGIC + JSON.stringify({ faces, left }));
  return { bytes, faces, left, isBroken: false };
}

/** Bytes that are no photo. */
export const BROKEN: Photo = { bytes: Buffer.from('no photo at all'), faces: [], left: 0, isBroken: true };

/**
 * Stands for the nets: a photo itself says which faces it shows. The embeddings of different people
 * are at right angles.
 */
export function dealtFaces(dims: number): Faces {
  async function see(bytes: Uint8Array) {
    const text = Buffer.from(bytes).toString();
    if (!text.startsWith(MAGIC)) throw new Failure('not_an_image');
    const { faces: shown, left } = JSON.parse(text.slice(MAGIC.length)) as Pick<Photo, 'faces' | 'left'>;
    const faces = shown.map((face, index) => faceOf(face, index, dims));
    return {
      width: 100 + faces.length * BESIDE,
      height: 300,
      heads: faces.map(({ box, score }) => ({ box, score })),
      ms: { decode: 0, detect: 0, landmarks: 0, embed: 0 },
      faces,
      left,
      frame: 0,
    };
  }
  return {
    see,
    heads: see,
    draw: async (_photo, marks) => Buffer.from(JSON.stringify(marks)),
    check: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

/** How many pixels one face is from the next. No blur is so large that it reaches another face. */
const BESIDE = 250;

/**
 * How much a shot changes its person's embedding. It makes two shots of one person some 0.4 apart.
 */
const ASIDE = 0.3;

function faceOf({ of, shot, gesture }: Photo['faces'][number], index: number, dims: number): Face {
  const embedding = new Float32Array(dims);
  embedding[of % (dims - 10)] = 1;
  embedding[dims - 1 - (shot % 10)] = ASIDE;
  const norm = Math.hypot(...embedding);
  return {
    box: [50 + index * BESIDE, 50, 80, 80],
    score: 0.99,
    landmarks: landmarksOf(gesture),
    quality: { eyeDistance: 40, margin: 1, sharpness: 400, turn: 0.1, exposure: 0.5, covered: [] },
    embedding: embedding.map((value) => value / norm),
  };
}
