import type { Manifest } from '../../models/manifest.ts';
import { intersection } from './boxes.ts';
import { type Candidate, openDetector } from './detect.ts';
import { type Landmarks, openLandmarker } from './landmarks.ts';
import type { Pixels } from './pixels.ts';
import { tiles, type View, whole } from './views.ts';

/** A face that was found and measured, in working pixels. */
export interface Found extends Landmarks {
  readonly candidate: Candidate;
}

/** All faces of a photo. */
export type Finder = (photo: Pixels) => Promise<readonly Found[]>;

/** Room added round the photo, in its own size, for faces that fill the frame. */
const ROOM = 0.5;

/** From this number of faces on a photo shows a group, in which some may be small. */
const GROUP = 3;

const TURNS = [Math.PI / 2, -Math.PI / 2, Math.PI];

export async function openFinder(manifest: Manifest, files: Readonly<Record<string, string>>): Promise<Finder> {
  const [detect, landmark] = await Promise.all([openDetector(manifest, files), openLandmarker(manifest, files)]);
  const { minScore, tileScore } = manifest.detector;

  async function look(photo: Pixels, view: View, score: number, known: readonly Found[]): Promise<Found[]> {
    const found: Found[] = [];
    for (const candidate of await detect(photo, view, score)) {
      const rival = known.find((face) => isSame(face.candidate, candidate));
      if (candidate.cut || rival?.settled) continue;
      found.push({ candidate, ...(await landmark(photo, candidate)) });
    }
    return found;
  }

  /** What the three other ways to hold the photo show, where the faces known so far are not settled. */
  async function lookTurned(photo: Pixels, room: number, known: readonly Found[]): Promise<Found[]> {
    const found: Found[] = [];
    for (const angle of TURNS) found.push(...(await look(photo, whole(photo, angle, room), minScore, known)));
    return found;
  }

  return async (photo) => {
    let faces = await look(photo, whole(photo, 0), minScore, []);
    if (faces.length === 0) faces = await look(photo, whole(photo, 0, ROOM), minScore, []);
    // Landmarks that do not settle belong to a head that lies on its side or upside down, or to no head.
    if (faces.length === 0 || !faces.every((face) => face.settled)) {
      faces = merge(faces, await lookTurned(photo, 0, faces));
      if (faces.length === 0) faces = merge(faces, await lookTurned(photo, ROOM, []));
    }
    if (faces.length === 0 || faces.length >= GROUP) {
      for (const view of tiles(photo, faces[0]?.candidate.angle ?? 0, 2, 0.6)) {
        faces = merge(faces, await look(photo, view, tileScore, faces));
      }
    }
    return faces;
  };
}

/** Adds what another view found. Of two readings of one face the one stays whose landmarks moved less. */
function merge(known: readonly Found[], more: readonly Found[]): Found[] {
  let merged = [...known];
  for (const face of more) {
    const rivals = merged.filter((other) => isSame(other.candidate, face.candidate));
    if (rivals.some((rival) => rival.unrest <= face.unrest)) continue;
    merged = [...merged.filter((other) => !rivals.includes(other)), face];
  }
  return merged;
}

/** Whether two boxes show one face: the smaller lies for the most part within the larger. */
function isSame(p: Candidate, q: Candidate): boolean {
  const area = ({ x0, y0, x1, y1 }: Candidate) => (x1 - x0) * (y1 - y0);
  return intersection(p, q) > 0.5 * Math.min(area(p), area(q));
}
