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
 * Whether both boxes are the same. It compares them exactly, because both come from one look at the
 * photo, which gives a face and its head the same numbers.
 */
export function isSameBox(one: Box, other: Box): boolean {
  return one.every((value, index) => value === other[index]);
}

type Judging = Pick<Matcher, 'judge' | 'powerIn'>;

/** A photo and its faces. */
interface Seen {
  readonly faces: readonly Pick<Face, 'box' | 'embedding'>[];
  /** Whether the asker said that the photo does not show them. */
  readonly isTakenOut?: boolean;
}

/** How much of an album is compared, and how often. */
interface Part {
  /** How many parts the album has, if these photos are one of them; 1 when missing. */
  readonly parts?: number;
  /** `first`: the other looks come in later asks. `all` when missing: this ask has all looks. */
  readonly looks?: 'first' | 'all';
}

/**
 * The most looks: how often a face is compared. With more looks, each has too little of the allowed
 * chance to find more (`npm run measure:own`).
 */
const LOOKS_IN_ALL = 3;

/**
 * How often a face is compared when photos come one by one: at the first look at its photo, and at
 * the second look, together with sure photos.
 */
const LOOKS_ONE_BY_ONE = 2;

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
 * Finds on each photo the face of the person with these templates, if it is there. Faces are
 * compared with this person alone.
 *
 * At the first look, each face is compared with the mean of the templates. A face that matches is
 * the person's. The mean of these faces and the templates is nearer to the person's other photos,
 * and the next look compares with it. There are at most {@link LOOKS_IN_ALL}. Each look counts as a
 * comparison, so the allowed chance holds for all looks together. If nothing matches at the first
 * look, there is no other look, and the first has all of the allowed chance.
 *
 * The allowed chance is for the whole album. When these photos are only 1 / `parts` of the album,
 * they may spend only that share of the chance. By the union bound, the whole album then stays
 * within it.
 */
export function ownOn(
  matcher: Judging,
  templates: readonly Float32Array[],
  photos: readonly Seen[],
  { parts = 1, looks = 'all' }: Part = {},
): (Own | undefined)[] {
  if (templates.length === 0) return photos.map(() => undefined);
  const faces = parts * photos.reduce((sum, photo) => sum + photo.faces.length, 0);
  const look = (by: readonly Float32Array[], comparisons: number) =>
    photos.map((photo) => nearestOn(matcher, meanDirection(by), photo, { faces, comparisons }));
  let found = look(templates, LOOKS_IN_ALL);
  if (looks === 'first') return found;
  for (let looked = 1; looked < LOOKS_IN_ALL; looked++) {
    const sure = found.flatMap((own, index) =>
      own?.match.verdict === 'match' && !photos[index]?.isTakenOut ? [own.face.embedding] : [],
    );
    if (sure.length === 0) return look(templates, 1);
    const next = look([...templates, ...sure], LOOKS_IN_ALL);
    found = found.map((own, index) =>
      own?.match.verdict !== 'match' && mayBeOn(matcher, templates, photos[index]) ? (next[index] ?? own) : own,
    );
  }
  return found;
}

/**
 * Finds the person on one of at most `all` photos that come one by one. Without `sure`, this is the
 * first look at the photo. `sure`: photos that surely show the person, for the second look. That
 * look compares with the mean of the templates and of the person's faces on these photos. Each look
 * counts as a comparison, so the allowed chance holds for both looks at all photos. If no sure
 * photo has such a face, the look compares with the templates alone, and has all of the allowed
 * chance.
 */
export function ownAmong(
  matcher: Judging,
  templates: readonly Float32Array[],
  photo: Seen,
  { all, sure }: { readonly all: number; readonly sure?: readonly Seen[] | undefined },
): Own | undefined {
  const look = (by: readonly Float32Array[], { faces }: Seen, comparisons: number) =>
    nearestOn(matcher, meanDirection(by), { faces }, { faces: all * faces.length, comparisons });
  if (templates.length === 0) return undefined;
  if (!sure) return look(templates, photo, LOOKS_ONE_BY_ONE);
  const own = sure.flatMap((one) => {
    const found = look(templates, one, LOOKS_ONE_BY_ONE);
    return found?.match.verdict === 'match' ? [found.face.embedding] : [];
  });
  return look([...templates, ...own], photo, own.length > 0 ? LOOKS_ONE_BY_ONE : 1);
}

/**
 * Whether one photo may show the person, if it is the only photo. If not, {@link ownOn} does not
 * find them on it among other photos either.
 */
export function mayBeOn(matcher: Judging, templates: readonly Float32Array[], photo: Seen | undefined): boolean {
  const alone = { faces: 1, comparisons: 1 };
  return photo !== undefined && nearestOn(matcher, meanDirection(templates), photo, alone) !== undefined;
}

/** The face on this photo that is nearest to this mean, if it is the person's or may be. */
function nearestOn(
  matcher: Judging,
  mean: Float32Array,
  { faces: shown }: Seen,
  { faces, comparisons }: { readonly faces: number; readonly comparisons: number },
) {
  // The group's own pairs are not computed, because that would use other people's templates.
  const compared = { templates: comparisons, faces, power: matcher.powerIn(undefined) };
  const distances = shown.map(({ embedding }) => distanceBetween(mean, embedding));
  const distance = Math.min(...distances);
  const face = shown[distances.indexOf(distance)];
  const [match] = matcher.judge(Number.isFinite(distance) ? [{ distance }] : [], compared).matches;
  return face && match && { face, match };
}
