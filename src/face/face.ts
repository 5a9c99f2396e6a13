/** x, y, width, height in pixels of the upright photo. A box may go beyond the photo's edge. */
export type Box = readonly [x: number, y: number, width: number, height: number];

export type Point = readonly [x: number, y: number];

/**
 * The measures that decide whether a selfie is good enough. All are taken from the original pixels.
 */
export interface Quality {
  /** The distance between the eyes, in pixels of the upright photo. */
  readonly eyeDistance: number;
  /**
   * The variance of the Laplacian of the aligned grey crop (0..255 scale). It is low in a blurred
   * photo.
   */
  readonly sharpness: number;
  /**
   * How far the head is turned: 0 from the front, 1 in profile. It follows from where the nose is
   * between the eyes, and from how much the landmarks still move (`unrest` in `landmarks.ts`).
   */
  readonly turn: number;
  /** The mean grey of the aligned crop: 0 is black, 1 is white. */
  readonly exposure: number;
  /**
   * The distance from the photo's edge to the nearest landmark, in eye distances. Negative when a
   * landmark is outside.
   */
  readonly margin: number;
  /** The parts that are covered, by sunglasses, a mask or a hand. */
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

/** Where a head may be. Nothing in it tells whose head it is. */
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
  /** All possible heads, the surest first. Most of those below {@link SURE_HEAD} are no heads. */
  readonly heads: readonly Head[];
  /** The number of the picture that shows them, in a moving photo; 0 is the first. */
  readonly frame: number;
}

/** From this score on, more than half of the detections are heads. */
export const SURE_HEAD = 0.3;
/**
 * From this score on, people would call it a face. The shipped packs measure only such faces
 * (`minScore`).
 */
export const SURE_FACE = 0.6;

/**
 * How much is added to each side of a face's box for hair, ears and chin, as a share of the box's
 * longer side. People are recognised by these too.
 */
const HEAD = 0.3;

/** The area of the head around a face's box, which a blur covers. */
export function headAround([x, y, width, height]: Box): Box {
  const grown = Math.max(width, height) * HEAD;
  return [x - grown, y - grown, width + 2 * grown, height + 2 * grown];
}

/**
 * What the pipeline saw in one photo. `heads` has every head: those of `faces`, and those that were
 * not looked at.
 */
export interface Seen extends Heads {
  readonly ms: { readonly decode: number; readonly detect: number; readonly landmarks: number; readonly embed: number };
  /** The faces, the largest first; at most {@link MAX_FACES}. */
  readonly faces: readonly Face[];
  /** How many more faces were found but not looked at. */
  readonly left: number;
}

/** How many faces of one photo are looked at. The smallest are left out. */
export const MAX_FACES = 64;

/** The longest side of a photo that is shown, in pixels. Chats show no more. */
export const SHOWN_SIDE = 1280;

/** The longest side of a photo that is passed on, in pixels. */
export const PASSED_ON_SIDE = 2560;

/**
 * A box to draw. `number` is written beside it, and `tone` is its colour. `blur` makes the head
 * unrecognisable instead.
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
 * @throws Failure `not_an_image`, `image_too_large`, `image_unreadable` (also when the photo killed
 * two fresh processes), `unavailable` (no process can work), `busy` (the pool is closing or full)
 */
export interface Faces extends AsyncDisposable {
  /**
   * All faces of a photo; an empty list when there are none. The bytes of the photo are not kept.
   */
  see(photo: Uint8Array, signal?: AbortSignal): Promise<Seen>;
  /**
   * All heads of a photo. It only detects, and computes no embedding. The bytes of the photo are
   * not kept.
   */
  heads(photo: Uint8Array, signal?: AbortSignal): Promise<Heads>;
  /** The upright photo with `marks` drawn on it, as a JPEG without metadata. */
  draw(photo: Uint8Array, marks: readonly Mark[], options?: DrawOptions): Promise<Uint8Array>;
  /**
   * Tries again to start processes that failed to start, and pings idle ones. Throws `unavailable`
   * with the Cause if one cannot start.
   */
  check(): Promise<void>;
}
