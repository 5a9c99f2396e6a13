import type { Manifest } from '../../models/manifest.ts';
import type { Face, Point } from './face.ts';
import { distance, mean } from './geometry.ts';

/**
 * The gestures that a person may be asked for, to show that they are there. None of them is to the
 * left or right, so a mirrored picture shows it too.
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

/** How many points iBUG 300-W has (Sagonas et al. 2013). Most landmark nets learn these. */
const COUNT = 68;
const [CHIN, NOSE, LEFT, RIGHT] = [8, 33, 48, 54];
const EYES = Array.from({ length: 12 }, (_, i) => 36 + i);
/** The inner lips from left to right: each upper point with the lower point below it. */
const LIPS = [
  [61, 67],
  [62, 66],
  [63, 65],
] as const;

/**
 * How far the nose must move, and how far the lips must part. In pairs of press photos of one
 * person, the second photo shows a given gesture compared with the first in 2 to 5 of 100 pairs
 * (`npm run measure:gestures`). The clearest photos reach half as much again for the chin, and
 * three times as much for the mouth.
 */
const MIN_NOSE = 0.08;
const MIN_GAP = 0.25;
/**
 * How far the lips may part in `chinUp`. An open mouth moves the chin away from the nose, just as
 * lifting the chin does. So the mouth must stay nearly shut.
 */
const MAX_GAP = 0.15;

/**
 * How much room there must be around a face, in eye distances. If the edge cuts through a face, its
 * points move and show a gesture that nobody made. `npm run measure:gestures` cuts one photo of
 * each of 50 people in 56 ways. With this room the cuts show a gesture for 2 people; without it,
 * for 9.
 */
const MIN_MARGIN = 0.35;

/** Whether the face is whole in its photo, with enough room around it. */
export function isWhole({ quality }: Pick<Face, 'quality'>): boolean {
  return quality.margin >= MIN_MARGIN;
}

/** Whether a pack gives the points that show gestures. */
export function seesGestures({ landmarks }: Pick<Manifest, 'landmarks'>): boolean {
  return landmarks.kind === 'net' && landmarks.count === COUNT;
}

/**
 * The pose of a face. Undefined when its points are not those of 300-W, because other points show
 * no gesture.
 */
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

/** Whether a photo shows the gesture, compared with photos in which the same person looks ahead. */
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
