import type { Manifest } from '../../models/manifest.ts';
import { intersection, suppress } from './boxes.ts';
import type { Lap } from './clock.ts';
import { type Candidate, openDetector } from './detect.ts';
import { MAX_FACES } from './face.ts';
import { type Landmarks, openLandmarker } from './landmarks.ts';
import { lift } from './lift.ts';
import type { Pyramid } from './pyramid.ts';
import { enlarged, LONGEST_IN_TILES, tiles, type View, whole } from './views.ts';

/** A face that was found, with its landmarks, in pixels of the photo. */
export interface Found extends Landmarks {
  readonly candidate: Candidate;
}

/** The faces and the other possible heads of a photo. */
export interface Finding {
  /** All faces, largest first. */
  readonly found: readonly Found[];
  /** Other possible heads. Most with a low score are no heads. */
  readonly suspects: readonly Candidate[];
}

export type Finder = (photo: Pyramid, lap: Lap) => Promise<Finding>;

/**
 * The most pixels that the longer side of the smallest copy of the photo may have. A head that
 * fills this copy is not too large for detectors.
 */
const SMALLEST = 640;

/**
 * How many pixels the largest copy has at most, because larger copies take too long. In a copy of
 * 12 megapixels, heads of 32 pixels or more are found.
 */
const MOST_PIXELS = 13e6;

/** From this score on, a hit is a suspect: it may be a face, and may get a second look. */
const SUSPICION = 0.1;

/**
 * Suspects that are shorter than this, in pixels of the largest copy, are enlarged for a second
 * look. With that, twice as many heads of this size are found.
 */
const SMALL = 40;

/** How many small suspects are enlarged at most, the surest first. */
const MAX_CLOSER = 16;

/** How much room is added around the photo, as a share of its size, to find faces that fill it. */
const MARGIN = 0.5;

const TURNS = [Math.PI / 2, -Math.PI / 2, Math.PI];

/**
 * The landmarks of at most this many candidates are measured, the surest first. When there are more
 * candidates, most of them are no faces.
 */
const MAX_CANDIDATES = 4 * MAX_FACES;

/**
 * Finds the faces of a photo. It looks at the photo and at smaller copies, so that each face is
 * large enough and whole in one of them. When these show nobody, it also looks at a still smaller
 * copy with room around it. When the photo is dark, it also looks at a brightened copy. When it
 * finds nobody, or a head seems not to be upright, it also looks at the photo turned by one, two
 * and three quarter turns.
 */
export async function openFinder(manifest: Manifest, files: Readonly<Record<string, string>>): Promise<Finder> {
  const [{ largest, detect }, landmark] = await Promise.all([
    openDetector(manifest, files),
    openLandmarker(manifest, files),
  ]);
  const { minScore, tileScore } = manifest.detector;
  const length = Math.min(SMALLEST, largest.width, largest.height);

  return async (photo, lap) => {
    const smallest = levelOf(Math.max(photo.width, photo.height) / length);
    const finest = levelOf(Math.sqrt((photo.width * photo.height) / MOST_PIXELS));
    const everywhere = (angle: number) =>
      Array.from({ length: smallest - finest + 1 }, (_, i) => tiles(photo, finest + i, angle, largest)).flat();
    const turned = (level: number, margin: number) => TURNS.map((angle) => whole(photo, level, angle, margin));

    /** Runs the detector on views. Gives sure hits as `sure`, and the other hits as `suspects`. */
    async function search(
      from: Pyramid,
      views: readonly View[],
    ): Promise<{ sure: Candidate[]; suspects: Candidate[] }> {
      const sure: Candidate[] = [];
      const suspects: Candidate[] = [];
      for (const view of views) {
        const isSmallest = view.level >= smallest;
        const longest = isSmallest ? Infinity : LONGEST_IN_TILES * 2 ** view.level;
        for (const hit of await detect(from, view, SUSPICION)) {
          // A hit that is too large for tiles of this copy is sure only if the copy of half the
          // size shows it too.
          const isSure = hit.length <= longest && hit.score > (isSmallest ? minScore : tileScore);
          if (!hit.cut) (isSure ? sure : suspects).push(hit);
        }
        lap('detect');
      }
      return { sure, suspects };
    }

    /** Finds landmarks. Skips candidates whose face is in `known` with settled landmarks. */
    async function measure(candidates: readonly Candidate[], known: readonly Found[] = []): Promise<Found[]> {
      const found: Found[] = [];
      // Of several hits on one face in views of one angle, the best stays. Hits at different angles
      // all stay, and `add` chooses one of them by the landmarks.
      const readings = suppress(candidates, (p, q) => p.angle === q.angle && isSame(p, q));
      for (const candidate of readings.slice(0, MAX_CANDIDATES)) {
        if (known.some((face) => isSettled(face) && isSame(face.candidate, candidate))) continue;
        found.push({ candidate, ...(await landmark(photo, candidate)) });
        lap('landmarks');
      }
      return found;
    }

    const look = async (views: readonly View[], known: readonly Found[] = [], from = photo) =>
      measure((await search(from, views)).sure, known);

    /** Runs the detector on enlarged views of small suspects. Gives sure hits on them. */
    async function lookCloser(suspects: readonly Candidate[]): Promise<Candidate[]> {
      const small = suspects.filter(({ length }) => length < SMALL * 2 ** finest).slice(0, MAX_CLOSER);
      const closer = small.map(({ x0, y0, x1, y1, length }) =>
        enlarged([(x0 + x1) / 2, (y0 + y1) / 2], length, finest),
      );
      const { sure } = await search(photo, closer);
      return sure.filter((hit) => small.some((suspect) => isSame(hit, suspect)));
    }

    const { sure, suspects } = await search(photo, everywhere(0));
    const open = suppress(suspects, isSame).filter((suspect) => !sure.some((hit) => isSame(hit, suspect)));
    let seen = await measure([...sure, ...(await lookCloser(open))]);
    if (seen.length === 0) seen = await look([whole(photo, smallest + 1, 0, MARGIN)]);
    let faces = add([], seen);
    // The bright copy comes after the other views: in it, a well-lit face is overexposed.
    const copy = photo.at(smallest);
    const lit = lift(copy);
    if (lit !== copy) faces = add(faces, await look([whole(photo, smallest, 0)], faces, { ...photo, at: () => lit }));
    // A head may not be upright if a large suspect scores fairly, or landmarks do not settle.
    const mayLie =
      open.some(({ length, score }) => length >= SMALL * 2 ** finest && score > minScore / 2) || !seen.every(isSettled);
    if (faces.length === 0 || mayLie) faces = add(faces, await look(turned(smallest, 0), faces));
    if (faces.length === 0) faces = add(faces, await look(turned(smallest + 2, MARGIN)));
    const angle = faces[0]?.candidate.angle ?? 0;
    if (angle !== 0 && smallest > finest) faces = add(faces, await look(everywhere(angle), faces));
    const isKnown = (hit: Candidate) => faces.some(({ candidate }) => isSame(candidate, hit));
    return {
      found: faces.toSorted((p, q) => q.candidate.length - p.candidate.length),
      suspects: suppress([...sure, ...suspects], isSame).filter((hit) => !isKnown(hit)),
    };
  };

  /**
   * Adds plausible faces from other views. When a face is found again, the reading whose landmarks
   * moved less stays.
   */
  function add(faces: readonly Found[], more: readonly Found[]): Found[] {
    let all = [...faces];
    for (const face of more) {
      const rivals = all.filter((other) => isSame(other.candidate, face.candidate));
      if (!isPlausible(face, tileScore) || rivals.some((rival) => rival.unrest <= face.unrest)) continue;
      all = [...all.filter((other) => !rivals.includes(other)), face];
    }
    return all;
  }
}

/** How many halvings make a photo short enough that is this many times too long. */
function levelOf(times: number): number {
  return Math.max(0, Math.ceil(Math.log2(times)));
}

/** Whether two candidates are one face: more than half of the smaller box is in the larger one. */
function isSame(p: Candidate, q: Candidate): boolean {
  const area = ({ x0, y0, x1, y1 }: Candidate) => (x1 - x0) * (y1 - y0);
  return intersection(p, q) > 0.5 * Math.min(area(p), area(q));
}

/**
 * Whether a found face may really be one. Detectors take dogs, flowers and wheels for faces, and
 * the landmarks of such things never settle. The surer the detection, the more the landmarks may
 * move. In 333 pictures of things, this drops four in five false boxes. The true faces that it
 * drops are masked, cut or blurred beyond recognition.
 */
function isPlausible({ candidate, unrest }: Found, sureScore: number): boolean {
  const sure = Math.max(0, (candidate.score - sureScore) / (1 - sureScore));
  return unrest <= (candidate.angle === 0 ? 5 + 20 * sure : 2);
}

function isSettled({ unrest }: Found): boolean {
  return unrest <= 1;
}
