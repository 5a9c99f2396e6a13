import type { PhotoTurn } from '../src/chat/command.ts';
import type { Box, Face } from '../src/face/face.ts';
import { distanceBetween } from '../src/match/distance.ts';
import type { Named } from '../src/match/matcher.ts';
import type { Tools } from './tools.ts';

/** The asker on one photo. */
export interface Own {
  readonly face: Pick<Face, 'box'>;
  readonly match: Named<{ readonly distance: number }>;
}

/** Whether two boxes are that of one face, as it was seen once. */
export function isSameBox(one: Box, other: Box): boolean {
  return one.every((value, index) => value === other[index]);
}

/**
 * On which of the photos the asker is: at most once on each. All faces are compared with the asker's
 * own templates in this group, and with nobody else's; those that are hidden while somebody else
 * says that the face is theirs count for nothing.
 *
 * `parts`: as many times the photos that are asked about in all, of which these are a part. The
 * chance is that of the whole: this part may spend its share of it, 1 / `parts`, so that by the union
 * bound all parts together stay within it.
 * @returns for each photo where the asker is, and with how many templates it was compared
 */
export async function findSelf(
  { gallery, matcher, pack }: Tools,
  { scope, consent }: PhotoTurn,
  photos: readonly { readonly faces: readonly Pick<Face, 'box' | 'embedding'>[] }[],
  { parts = 1 } = {},
): Promise<{ readonly templates: number; readonly own: readonly (Own | undefined)[] }> {
  const held = (await gallery.dossier(scope, consent.person))?.templates ?? [];
  const templates = held.filter((one) => one.pack === pack && !one.hidden).map(({ embedding }) => embedding);
  const compared = {
    templates: templates.length,
    faces: parts * photos.reduce((sum, { faces }) => sum + faces.length, 0),
    // Nobody else's templates are asked how near the people of this group are to each other.
    power: matcher.powerIn(undefined),
  };
  const own = photos.map(({ faces }) => {
    const distances = faces.map(({ embedding }) =>
      Math.min(...templates.map((one) => distanceBetween(one, embedding))),
    );
    const distance = Math.min(...distances);
    const face = faces[distances.indexOf(distance)];
    const [match] = matcher.judge(Number.isFinite(distance) ? [{ distance }] : [], compared).matches;
    return face && match && { face, match };
  });
  return { templates: templates.length, own };
}
