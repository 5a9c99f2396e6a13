/** x, y, width, height in pixels of the upright photo; may reach over its edge. */
export type Box = readonly [x: number, y: number, width: number, height: number];

export type Point = readonly [x: number, y: number];

/**
 * The measures that decide whether a selfie is good enough. All are taken from the original pixels.
 */
export interface Quality {
  /** Distance between the eyes, pixels of the upright photo. */
  readonly eyeDistance: number;
  /** Variance of the Laplacian of the aligned grey crop (0..255 scale); low is blurred. */
  readonly sharpness: number;
  /**
   * How far the head is turned, 0 frontal to 1 profile. It follows from the nose's place between
   * the eyes and from the unrest of the landmarks.
   */
  readonly turn: number;
  /** Mean grey of the aligned crop, 0 black to 1 white. */
  readonly exposure: number;
  /**
   * From the photo's edge to the nearest landmark, in eye distances. Negative where a landmark lies
   * outside.
   */
  readonly margin: number;
  /** The parts that sunglasses, a mask or a hand cover. */
  readonly covered: readonly Coverable[];
}

/** A part of a face that tells people apart. */
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

/** Where a head may be. It holds nothing that tells whose head it is. */
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
  /** Surest first. Most of those below {@link SURE_HEAD} are no heads. */
  readonly heads: readonly Head[];
  /** The picture of a moving photo that shows them; 0 is the first. */
  readonly frame: number;
}

/** From this score on, a detection is more likely a head than not. */
export const SURE_HEAD = 0.3;
/**
 * From this score on, people would call it a face. The shipped packs look only at such faces
 * (`minScore`).
 */
export const SURE_FACE = 0.6;

/**
 * Room for hair, ears and chin on each side of a face's box, as a share of its longer side: they
 * identify people too.
 */
const HEAD = 0.3;

/** The area of the head around a face's box, which a blur covers. */
export function headAround([x, y, width, height]: Box): Box {
  const grown = Math.max(width, height) * HEAD;
  return [x - grown, y - grown, width + 2 * grown, height + 2 * grown];
}

/**
 * What the pipeline saw in one photo. `heads` holds all heads, including those of the faces and of
 * what was not looked at.
 */
export interface Seen extends Heads {
  readonly ms: { readonly decode: number; readonly detect: number; readonly landmarks: number; readonly embed: number };
  /** Largest first; at most {@link MAX_FACES}. */
  readonly faces: readonly Face[];
  /** How many more were found but not looked at. */
  readonly left: number;
}

/** The most faces of one photo; the smallest are left out. */
export const MAX_FACES = 64;

/** The longest side of a photo that is shown, in pixels: chats show no more. */
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
  /** The picture of a moving photo to draw on, see {@link Heads}. Without it, the first. */
  readonly frame?: number;
  /** Pixels of the picture's long side at most; without it, {@link SHOWN_SIDE}. */
  readonly side?: number;
  readonly signal?: AbortSignal;
}

/**
 * Sees and draws in child processes, which are killed at their deadline.
 * @throws Failure `not_an_image`, `image_too_large`, `image_unreadable` (also when the photo killed
 * two fresh processes), `unavailable` (no process can work), `busy` (the pool is closing or full)
 */
export interface Faces extends AsyncDisposable {
  /** All faces of a photo; an empty list when there are none. The photo's bytes are not kept. */
  see(photo: Uint8Array, signal?: AbortSignal): Promise<Seen>;
  /**
   * All heads of a photo, by detection alone. No embedding is computed, and the photo's bytes are
   * not kept.
   */
  heads(photo: Uint8Array, signal?: AbortSignal): Promise<Heads>;
  /** The upright photo, with `marks` drawn, as JPEG without metadata. */
  draw(photo: Uint8Array, marks: readonly Mark[], options?: DrawOptions): Promise<Uint8Array>;
  /**
   * Restarts processes that failed to start, and pings idle ones. Throws `unavailable` with the
   * Cause if one cannot start.
   */
  check(): Promise<void>;
}
