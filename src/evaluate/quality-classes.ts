import type { Quality } from '../face/face.ts';
import { MAX_TURN, MIN_EYE_DISTANCE, MIN_SHARPNESS } from '../face/selfie.ts';

/** The quality of each photo's face, in the album's order; undefined where no face was found. */
export type Qualities = readonly (Quality | undefined)[];

/** A class of faces that are similar in one respect of quality, such as sharpness. */
interface QualityClass {
  readonly name: string;
  readonly holds: (quality: Quality) => boolean;
}

/**
 * The eye distance in the aligned face that the embedder gets. A face with this eye distance, or a
 * larger one, is not enlarged when it is aligned.
 */
const FULL_EYE_DISTANCE = 35;

/**
 * The respects of quality, each with its classes, the worst first. A face is in one class of each
 * respect. In most respects, faces of the first class are refused as selfies.
 */
const SCALES: readonly (readonly QualityClass[])[] = [
  scale('eyes apart', 'px', ({ eyeDistance }) => eyeDistance, [MIN_EYE_DISTANCE, 24, FULL_EYE_DISTANCE]),
  scale('sharpness', '', ({ sharpness }) => sharpness, [MIN_SHARPNESS, 50, 200]),
  turns([MAX_TURN, 0.5, 0.25]),
  [
    { name: 'dark, exposure < 0.25', holds: ({ exposure }) => exposure < 0.25 },
    { name: 'bright, exposure ≥ 0.75', holds: ({ exposure }) => exposure >= 0.75 },
    { name: 'exposure 0.25–0.75', holds: ({ exposure }) => exposure >= 0.25 && exposure < 0.75 },
  ],
  [
    { name: 'eyes or mouth covered, no selfie', holds: ({ covered }) => covered.length > 0 },
    { name: 'eyes and mouth seen', holds: ({ covered }) => covered.length === 0 },
  ],
];

/** The classes of a measure. @param bounds rising; below the first one, a selfie is refused */
function scale(
  name: string,
  unit: string,
  of: (quality: Quality) => number,
  bounds: readonly number[],
): QualityClass[] {
  const [gate = 0] = bounds;
  const suffix = unit === '' ? '' : ` ${unit}`;
  const steps = bounds.map((from, index): QualityClass => {
    const to = bounds[index + 1];
    return {
      name: to === undefined ? `${name} ≥ ${from}${suffix}` : `${name} ${from}–${to}${suffix}`,
      holds: (quality) => of(quality) >= from && (to === undefined || of(quality) < to),
    };
  });
  return [{ name: `${name} < ${gate}${suffix}, no selfie`, holds: (quality) => of(quality) < gate }, ...steps];
}

/** The classes of `turn`. @param bounds falling; above the first one, a selfie is refused */
function turns(bounds: readonly number[]): QualityClass[] {
  const [gate = 1] = bounds;
  const steps = bounds.map((to, index): QualityClass => {
    const from = bounds[index + 1];
    return {
      name: from === undefined ? `turn ≤ ${to}` : `turn ${from}–${to}`,
      holds: ({ turn }) => turn <= to && (from === undefined || turn > from),
    };
  });
  return [{ name: `turn > ${gate}, no selfie`, holds: ({ turn }) => turn > gate }, ...steps];
}

/** For each respect of quality its classes, the worst first, each with its photos. */
export function photosByClass(
  qualities: Qualities,
): { readonly name: string; readonly photos: ReadonlySet<number> }[][] {
  return SCALES.map((classes) =>
    classes.map(({ name, holds }) => {
      const photos = [...qualities.entries()].flatMap(([photo, quality]) => (quality && holds(quality) ? [photo] : []));
      return { name, photos: new Set(photos) };
    }),
  );
}
