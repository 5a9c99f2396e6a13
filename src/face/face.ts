/** x, y, width, height in pixels of the upright photo. A box may go beyond the photo's edge. */
export type Box = readonly [x: number, y: number, width: number, height: number];

export type Point = readonly [x: number, y: number];

/** The measures by which a selfie is good enough or not. See `selfie.ts` for the limits. */
export interface Quality {
  /** The distance between the eyes, in pixels of the upright photo. */
  readonly eyeDistance: number;
  /**
   * The variance of the Laplacian of the aligned face in grey (0..255). It is low when the face is
   * blurred.
   */
  readonly sharpness: number;
  /**
   * How far the head is turned to a side: 0 from the front, 1 in profile. It is computed from where
   * the nose is between the eyes, and from how far the landmarks moved between two looks (`unrest`
   * in `landmarks.ts`).
   */
  readonly turn: number;
  /** The mean grey of the aligned face: 0 is black, 1 is white. */
  readonly exposure: number;
  /**
   * The distance from the photo's edge to the nearest landmark, in eye distances. Negative when a
   * landmark is outside.
   */
  readonly margin: number;
  /** The parts that are covered, for example by sunglasses, a mask or a hand. */
  readonly covered: readonly Coverable[];
}

/** A part of a face by which people are told apart. */
export type Coverable = 'eyes' | 'mouth';

export interface Face {
  readonly box: Box;
  /** The detector's confidence, 0..1. */
  readonly score: number;
  readonly landmarks: readonly Point[];
  readonly quality: Quality;
  /** The L2-normalised embedding. */
  readonly embedding: Float32Array;
}

/** Where a head may be. It has nothing by which people could be told apart. */
export interface Head {
  readonly box: Box;
  /** The detector's confidence, 0..1. */
  readonly score: number;
}

/** All heads of one photo. */
export interface Heads {
  /** The width of the upright photo, in pixels. */
  readonly width: number;
  readonly height: number;
  /**
   * All possible heads, the surest first. Most with a score below {@link SURE_HEAD} are no heads.
   */
  readonly heads: readonly Head[];
  /** The number of the picture that shows the heads, in a moving photo; 0 is the first. */
  readonly frame: number;
}

/** From this score on, more than half of the detections are heads. */
export const SURE_HEAD = 0.3;
/**
 * From this score on, people who see the detection would call it a face. The shipped packs measure
 * only such faces (`minScore`).
 */
export const SURE_FACE = 0.6;

/**
 * How much is added to each side of a face's box, as a share of the box's longer side, so that the
 * hair, ears and chin are in it. People are recognised by these too.
 */
const HEAD = 0.3;

/** The area of the head around a face's box, which a blur covers. */
export function headAround([x, y, width, height]: Box): Box {
  const grown = Math.max(width, height) * HEAD;
  return [x - grown, y - grown, width + 2 * grown, height + 2 * grown];
}

/**
 * What the pipeline saw in one photo. `heads` has the heads of all `faces`, and further possible
 * heads.
 */
export interface Seen extends Heads {
  readonly ms: { readonly decode: number; readonly detect: number; readonly landmarks: number; readonly embed: number };
  /** The faces, the largest first; at most {@link MAX_FACES}. */
  readonly faces: readonly Face[];
  /** How many faces were found and left out, because there were more than {@link MAX_FACES}. */
  readonly left: number;
}

/** How many faces of one photo are embedded at most. The smallest are left out. */
export const MAX_FACES = 64;

/**
 * The longest side of a photo with marks, in pixels. Chats do not show a longer photo any larger.
 */
export const SHOWN_SIDE = 1280;

/** The longest side of a photo with blurred heads, which people pass on, in pixels. */
export const PASSED_ON_SIDE = 2560;

/**
 * What to draw for one face. `match`, `possible` and `unknown` are colours: a frame in this colour
 * is drawn around `box`, with `number` above. `blur` makes the head around `box` unrecognisable.
 */
export interface Mark {
  readonly box: Box;
  readonly number: number;
  readonly tone: 'match' | 'possible' | 'unknown' | 'blur';
}

export interface DrawOptions {
  /**
   * The number of the picture to draw on, in a moving photo; see {@link Heads}. By default the
   * first.
   */
  readonly frame?: number;
  /** The longest side of the drawn picture in pixels. By default {@link SHOWN_SIDE}. */
  readonly side?: number;
  readonly signal?: AbortSignal;
}

/**
 * Sees and draws in child processes, which are killed at their deadline.
 * @throws Failure `not_an_image`, `image_too_large`, `image_unreadable` (also when two fresh
 * processes ended at the photo), `unavailable` (no process can work), `busy` (too many photos wait,
 * or the pool is closing)
 */
export interface Faces extends AsyncDisposable {
  /** Finds and embeds all faces of a photo. The photo is not kept. */
  see(photo: Uint8Array, signal?: AbortSignal): Promise<Seen>;
  /** Finds all heads of a photo, and computes no embedding. The photo is not kept. */
  heads(photo: Uint8Array, signal?: AbortSignal): Promise<Heads>;
  /** The upright photo with `marks` drawn on it, as a JPEG without metadata. */
  draw(photo: Uint8Array, marks: readonly Mark[], options?: DrawOptions): Promise<Uint8Array>;
  /**
   * Tries again to start processes that could not start, and pings an idle process that sees and an
   * idle one that draws. Throws `unavailable` with the Cause if a process cannot start, or a pinged
   * one hangs.
   */
  check(): Promise<void>;
}
