import type { Manifest } from '../../models/manifest.ts';
import { intersection } from './boxes.ts';
import type { Lap } from './clock.ts';
import { type Candidate, openDetector } from './detect.ts';
import { MAX_FACES } from './face.ts';
import { type Landmarks, openLandmarker } from './landmarks.ts';
import { lift } from './lift.ts';
import type { Pixels } from './pixels.ts';
import { tiles, type View, whole } from './views.ts';

/** A face that was found and measured, in working pixels. */
export interface Found extends Landmarks {
  readonly candidate: Candidate;
}

/** All faces of a photo, largest first, at most {@link MAX_FACES}. */
export type Finder = (photo: Pixels, lap: Lap) => Promise<Found[]>;

/** Room added round the photo, in its own size, for faces that fill the frame. */
const ROOM = 0.5;

const TURNS = [Math.PI / 2, -Math.PI / 2, Math.PI];

/** Tiles are looked at in groups of so many, and where every head is shorter than so much of the photo's longer side. */
const GROUP = 3;
const SMALL = 0.1;

/**
 * Looks at the whole photo; where that shows nobody, with room round it; where heads seem to be turned, at the photo
 * turned in the three other ways; where there may be more and smaller faces, at its parts.
 */
export async function openFinder(manifest: Manifest, files: Readonly<Record<string, string>>): Promise<Finder> {
  const [detect, landmark] = await Promise.all([openDetector(manifest, files), openLandmarker(manifest, files)]);
  const { minScore, tileScore } = manifest.detector;

  return async (photo, lap) => {
    const lit = lift(photo);

    /** The faces of the views that `known` does not hold for certain already. */
    async function look(views: readonly View[], score: number, known: readonly Found[] = []): Promise<Found[]> {
      const found: Found[] = [];
      for (const view of views) {
        const candidates = await detect(lit, view, score);
        lap('detect');
        for (const candidate of candidates.toSorted((p, q) => q.length - p.length).slice(0, MAX_FACES)) {
          if (candidate.cut || known.some((face) => isSettled(face) && isSame(face, { candidate }))) continue;
          found.push({ candidate, ...(await landmark(photo, candidate)) });
          lap('landmarks');
        }
      }
      return found;
    }
    const turned = (room: number) => TURNS.map((angle) => whole(photo, angle, room));

    let seen = await look([whole(photo, 0)], minScore);
    if (seen.length === 0) seen = await look([whole(photo, 0, ROOM)], minScore);
    let faces = add([], seen);
    // Landmarks that do not settle belong to a head that lies on its side or upside down, or to no head.
    if (faces.length === 0 || !seen.every(isSettled)) faces = add(faces, await look(turned(0), minScore, faces));
    if (faces.length === 0) faces = add(faces, await look(turned(ROOM), minScore));
    if (faces.length === 0 || faces.length >= GROUP || faces.every((face) => isSmall(face, photo))) {
      const parts = tiles(photo, faces[0]?.candidate.angle ?? 0, 2, 0.6);
      faces = add(faces, await look(parts, tileScore, faces));
    }
    return faces.toSorted((p, q) => q.candidate.length - p.candidate.length).slice(0, MAX_FACES);
  };

  /** Adds what other views show and is plausible. Of two readings of one face the one stays that moved less. */
  function add(faces: readonly Found[], more: readonly Found[]): Found[] {
    let all = [...faces];
    for (const face of more) {
      const rivals = all.filter((other) => isSame(other, face));
      if (!isPlausible(face, tileScore) || rivals.some((rival) => rival.unrest <= face.unrest)) continue;
      all = [...all.filter((other) => !rivals.includes(other)), face];
    }
    return all;
  }
}

/** Whether two boxes show one face: the smaller lies for the most part within the larger. */
function isSame({ candidate: p }: Pick<Found, 'candidate'>, { candidate: q }: Pick<Found, 'candidate'>): boolean {
  const area = ({ x0, y0, x1, y1 }: Candidate) => (x1 - x0) * (y1 - y0);
  return intersection(p, q) > 0.5 * Math.min(area(p), area(q));
}

/**
 * Detectors take dogs, flowers and wheels for faces, in which no landmark comes to rest. The surer the detector, the
 * more unrest is forgiven: measured on 333 pictures of things, four false boxes in five go, and of true ones those
 * that are masked, cut or blurred beyond recognition.
 */
function isPlausible({ candidate, unrest }: Found, sureScore: number): boolean {
  const sure = Math.max(0, (candidate.score - sureScore) / (1 - sureScore));
  return unrest <= (candidate.angle === 0 ? 5 + 20 * sure : 2);
}

function isSettled({ unrest }: Found): boolean {
  return unrest <= 1;
}

function isSmall({ candidate }: Found, { width, height }: Pixels): boolean {
  return candidate.length < SMALL * Math.max(width, height);
}
