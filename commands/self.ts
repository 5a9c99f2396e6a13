import type { PhotoCall } from '../src/chat/command.ts';
import type { Box, Face } from '../src/face/face.ts';
import { distanceBetween, meanDirection } from '../src/match/distance.ts';
import type { Matcher, Named } from '../src/match/matcher.ts';
import type { Tools } from './tools.ts';

/** The asker's face on one photo. */
export interface Own {
  readonly face: Pick<Face, 'box'>;
  readonly match: Named<{ readonly distance: number }>;
}

/**
 * Whether both boxes are equal. Each time a photo is seen, a face has one box, so the numbers are
 * exactly equal.
 */
export function isSameBox(one: Box, other: Box): boolean {
  return one.every((value, index) => value === other[index]);
}

/** A photo and its faces. */
interface Seen {
  readonly faces: readonly Pick<Face, 'box' | 'embedding'>[];
}

/** How many parts the album has, if these photos are one of them; 1 when missing. */
interface Part {
  readonly parts?: number;
}

/**
 * The asker's own templates in this group, without those that a dispute hides. `isEnrolled` is true
 * even when a dispute hides all of them.
 */
export async function ownTemplates(
  { gallery, pack }: Tools,
  { scope, consent }: PhotoCall,
): Promise<{ readonly isEnrolled: boolean; readonly templates: readonly Float32Array[] }> {
  const held = (await gallery.dossier(scope, consent.person))?.templates ?? [];
  const usable = held.filter((one) => one.pack === pack && !one.hidden);
  return { isEnrolled: held.length > 0, templates: usable.map(({ embedding }) => embedding) };
}

/**
 * Finds on each photo the face of the person with these templates, if it is there. Each face is
 * compared with the mean of these templates, and with nobody else's.
 *
 * The allowed chance is for the whole album. When these photos are only 1 / `parts` of the album,
 * they may spend only that share of the chance. By the union bound, the whole album then stays
 * within it.
 */
export function ownOn(
  matcher: Pick<Matcher, 'judge' | 'powerIn'>,
  templates: readonly Float32Array[],
  photos: readonly Seen[],
  { parts = 1 }: Part = {},
): (Own | undefined)[] {
  const own = meanDirection(templates);
  const compared = {
    templates: 1,
    faces: parts * photos.reduce((sum, { faces }) => sum + faces.length, 0),
    // The group's own pairs are not computed, because that would use other people's templates.
    power: matcher.powerIn(undefined),
  };
  return photos.map(({ faces }) => {
    const distances = templates.length === 0 ? [] : faces.map(({ embedding }) => distanceBetween(own, embedding));
    const distance = Math.min(...distances);
    const face = faces[distances.indexOf(distance)];
    const [match] = matcher.judge(Number.isFinite(distance) ? [{ distance }] : [], compared).matches;
    return face && match && { face, match };
  });
}
