import type { Manifest } from '../../models/manifest.ts';
import type { Face, Point } from './face.ts';
import { distance, mean } from './geometry.ts';

/**
 * The gestures that a person may be asked for, to show that they are there. None of them is a turn
 * of the head to the left or right, because many selfies are mirrored.
 */
export const GESTURES = ['chinUp', 'chinDown', 'mouthOpen'] as const;

export type Gesture = (typeof GESTURES)[number];

/**
 * How a head is held and a mouth is opened. Poses can be compared only between photos of one
 * person.
 */
export interface Pose {
  /**
   * Where the end of the nose is between the eyes (0) and the tip of the chin (1). It is smaller
   * when the chin is lifted.
   */
  readonly nose: number;
  /** How far apart the lips are, in widths of the mouth. */
  readonly gap: number;
}

/** The number of points of iBUG 300-W (Sagonas et al. 2013), which most landmark nets learn. */
const COUNT = 68;
const [CHIN, NOSE, LEFT, RIGHT] = [8, 33, 48, 54];
const EYES = Array.from({ length: 12 }, (_, i) => 36 + i);
/** The points of the inner lips, from left to right: an upper one and the lower one below it. */
const LIPS = [
  [61, 67],
  [62, 66],
  [63, 65],
] as const;

/**
 * By how much `nose` or `gap` of a pose must change for a gesture. Of 100 pairs of press photos of
 * one person, 2 to 5 show a given gesture by chance (`npm run measure:gestures`). The clearest
 * gestures change `nose` by one and a half times as much, and `gap` by three times as much.
 */
const MIN_NOSE = 0.08;
const MIN_GAP = 0.25;
/**
 * By how much `gap` may grow in `chinUp`. Opening the mouth changes `nose` just as lifting the chin
 * does. So in this gesture the mouth must stay nearly shut.
 */
const MAX_GAP = 0.15;

/**
 * How far the landmarks must be from the photo's edge, in eye distances. If the edge cuts through a
 * face, its points are found elsewhere and may show a gesture that the person did not make. In `npm
 * run measure:gestures`, one photo of each of 50 people is cut in 56 ways. With this limit, the
 * cuts of 2 people show a gesture; without it, those of 9.
 */
const MIN_MARGIN = 0.35;

/** Whether the photo shows the whole face, with enough room around it. */
export function isWhole({ quality }: Pick<Face, 'quality'>): boolean {
  return quality.margin >= MIN_MARGIN;
}

/** Whether a pack gives the points by which gestures are seen. */
export function seesGestures({ landmarks }: Pick<Manifest, 'landmarks'>): boolean {
  return landmarks.kind === 'net' && landmarks.count === COUNT;
}

/** The pose of a face, by its landmarks. Undefined when these are not the points of 300-W. */
export function poseOf(points: readonly Point[]): Pose | undefined {
  if (points.length !== COUNT) return undefined;
  const at = (i: number): Point => points[i] ?? [0, 0];
  const eyes = mean(EYES.map(at));
  const chin = at(CHIN);
  const length = distance(eyes, chin);
  const [dx, dy] = [(chin[0] - eyes[0]) / length, (chin[1] - eyes[1]) / length];
  const nose = ((at(NOSE)[0] - eyes[0]) * dx + (at(NOSE)[1] - eyes[1]) * dy) / length;
  const apart = LIPS.map(([upper, lower]) => distance(at(upper), at(lower)));
  return { nose, gap: Math.max(...apart) / distance(at(LEFT), at(RIGHT)) };
}

/** Whether a pose shows the gesture, compared with `ahead`: poses of the same person without it. */
export function shows(gesture: Gesture, { nose, gap }: Pose, ahead: readonly Pose[]): boolean {
  const from = (of: (pose: Pose) => number) => ahead.reduce((sum, pose) => sum + of(pose), 0) / ahead.length;
  const lowered = nose - from((pose) => pose.nose);
  const opened = gap - from((pose) => pose.gap);
  switch (gesture) {
    case 'chinUp':
      return lowered <= -MIN_NOSE && opened <= MAX_GAP;
    case 'chinDown':
      return lowered >= MIN_NOSE;
    case 'mouthOpen':
      return opened >= MIN_GAP;
  }
}
