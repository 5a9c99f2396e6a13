import type { Point } from '../../src/face/face.ts';
import type { Gesture, Pose } from '../../src/face/gesture.ts';

/** A face that looks ahead with its mouth shut. */
const AHEAD: Pose = { nose: 0.42, gap: 0.02 };

/** Faces that make a gesture as clearly as people do. */
const POSES: Readonly<Record<Gesture, Pose>> = {
  chinUp: { ...AHEAD, nose: 0.27 },
  chinDown: { ...AHEAD, nose: 0.57 },
  mouthOpen: { ...AHEAD, gap: 0.6 },
};

/**
 * The 68 points of a drawn face, 100 by 100 pixels from `x` and `y` on. Points that no gesture uses
 * are at its middle.
 */
export function landmarksOf(gesture: Gesture | undefined, [x, y]: Point = [0, 0]): Point[] {
  const { nose, gap } = gesture ? POSES[gesture] : AHEAD;
  const points: Point[] = Array.from({ length: 68 }, () => [x + 50, y + 50]);
  const set = (indices: readonly number[], at: Point) => {
    for (const i of indices) points[i] = [x + at[0], y + at[1]];
  };
  const [eyes, mouth, chin] = [30, 75, 100];
  set([36, 37, 38, 39, 40, 41], [30, eyes]);
  set([42, 43, 44, 45, 46, 47], [70, eyes]);
  set([33], [50, eyes + nose * (chin - eyes)]);
  set([8], [50, chin]);
  set([48], [35, mouth]);
  set([54], [65, mouth]);
  set([61, 62, 63], [50, mouth - (gap / 2) * 30]);
  set([65, 66, 67], [50, mouth + (gap / 2) * 30]);
  return points;
}
