/** x, y, width, height in pixels of the upright photo; may reach over its edge. */
export type Box = readonly [x: number, y: number, width: number, height: number];

export type Point = readonly [x: number, y: number];

/** What decides whether a selfie is good enough; each measured on the original pixels. */
export interface Quality {
  /** Distance between the eyes, pixels of the upright photo. */
  readonly eyeDistance: number;
  /** Variance of the Laplacian of the aligned grey crop (0..255 scale); low is blurred. */
  readonly sharpness: number;
  /** How far the head is turned, 0 frontal to 1 profile: from the nose's place between the eyes, and the landmarks' unrest. */
  readonly turn: number;
  /** Mean grey of the aligned crop, 0 black to 1 white. */
  readonly exposure: number;
  /** From the edge of the photo to the nearest landmark, in distances between the eyes; negative where one lies outside. */
  readonly room: number;
  /** What sunglasses, a mask or a hand hide. */
  readonly covered: readonly Coverable[];
}

/** A part of a face by whose look people are told apart. */
export type Coverable = 'eyes' | 'mouth';

export interface Face {
  readonly box: Box;
  /** The detector's confidence, 0..1. */
  readonly score: number;
  readonly landmarks: readonly Point[];
  readonly quality: Quality;
  /** L2-normalised, of the pack's dims. */
  readonly embedding: Float32Array;
}

/** Where a head may be: the detector says no more, and nothing of whose it is. */
export interface Head {
  readonly box: Box;
  /** The detector's confidence, 0..1. */
  readonly score: number;
}

/** All heads of one photo. */
export interface Heads {
  /** Of the upright photo, pixels. */
  readonly width: number;
  readonly height: number;
  /** Surest first. Below {@link SURE_HEAD} most are none. */
  readonly heads: readonly Head[];
  /** In which picture of a moving photo they are; 0 is the first. */
  readonly frame: number;
}

/** From this score on a detection is a head more often than not. */
export const SURE_HEAD = 0.3;
/** From this one on it is a face, as far as people would say: packs look at such ones alone. */
export const SURE_FACE = 0.6;

/** Hair, ears and chin, on each side of a face's box, by the box's longer side: they tell too. */
const HEAD = 0.3;

/** The head whose face has this box: what a blur covers. */
export function headAround([x, y, width, height]: Box): Box {
  const grown = Math.max(width, height) * HEAD;
  return [x - grown, y - grown, width + 2 * grown, height + 2 * grown];
}

/** What the pipeline saw in one photo. Its heads are all of them: those of the faces, and those that were not looked at. */
export interface Seen extends Heads {
  readonly ms: { readonly decode: number; readonly detect: number; readonly landmarks: number; readonly embed: number };
  /** Largest first; at most {@link MAX_FACES}. */
  readonly faces: readonly Face[];
  /** How many more were seen and not looked at. */
  readonly left: number;
}

/** Faces beyond this number in one photo are left out, smallest first. */
export const MAX_FACES = 64;

/** A photo is shown no longer than this, in pixels: chats show no more. */
export const SHOWN_SIDE = 1280;

/** A photo that is passed on keeps this length, in pixels. */
export const PASSED_ON_SIDE = 2560;

/** A box to draw; `number` is written beside it, `tone` colours it; `blur` makes the head unrecognisable instead. */
export interface Mark {
  readonly box: Box;
  readonly number: number;
  readonly tone: 'match' | 'possible' | 'unknown' | 'blur';
}

export interface DrawOptions {
  /** Which picture of a moving photo is drawn on: see {@link Seen}; without it, the first. */
  readonly frame?: number;
  /** Pixels of the picture's long side at most; without it, {@link SHOWN_SIDE}. */
  readonly side?: number;
  readonly signal?: AbortSignal;
}

/**
 * Sees and draws in child processes that are killed at their deadline.
 * Failures: `not_an_image`, `image_too_large`, `image_unreadable` (also: it killed two fresh processes), `unavailable` (no process
 * can work), `busy` (pool is closing or overfull).
 */
export interface Faces extends AsyncDisposable {
  /** All faces of a photo; none is an empty list, not a failure. The photo's bytes are not kept. */
  see(photo: Uint8Array, signal?: AbortSignal): Promise<Seen>;
  /** All heads of a photo, by detection alone: no number of anybody's face is computed. The photo's bytes are not kept. */
  heads(photo: Uint8Array, signal?: AbortSignal): Promise<Heads>;
  /** The upright photo, with `marks` drawn, as JPEG without metadata. */
  draw(photo: Uint8Array, marks: readonly Mark[], options?: DrawOptions): Promise<Uint8Array>;
  /** Tries what could not be started again, and lets idle processes answer. Throws `unavailable` with the Cause if one cannot start. */
  check(): Promise<void>;
}
