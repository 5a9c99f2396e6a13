import type { Pack } from '../../models/pack.ts';
import { align } from './align.ts';
import { startClock } from './clock.ts';
import { decode } from './decode.ts';
import { openEmbedder } from './embed.ts';
import { type Face, MAX_FACES, type Point, type Seen } from './face.ts';
import { openFinder } from './find.ts';
import { openPyramid } from './pyramid.ts';
import { qualityOf } from './quality.ts';

/** Sees one photo at a time, in this process: nothing ends it when a photo hangs the decoder. */
export type See = (photo: Uint8Array) => Promise<Seen>;

/** A larger photo is seen in a copy of this size, which takes 75 MB. */
const SEEN_PIXELS = 25e6;

/** Loads the pack's nets (some 100 ms). */
export async function openPipeline({ manifest, files }: Pick<Pack, 'manifest' | 'files'>): Promise<See> {
  const [find, embed] = await Promise.all([openFinder(manifest, files), openEmbedder(manifest, files)]);
  return async (bytes) => {
    const { lap, ms } = startClock();
    const lookAt = async (frame: number) => {
      const { pixels, ...photo } = await decode(bytes, { pixels: SEEN_PIXELS }, frame);
      lap('decode');
      const pyramid = openPyramid(pixels);
      return { ...photo, frame, pyramid, found: await find(pyramid, lap) };
    };
    let look = await lookAt(0);
    // Moving pictures fade in, and may end in black: nobody in the first says little of the others.
    for (const other of look.frames.slice(1)) if (look.found.length === 0) look = await lookAt(other);
    const { width, height, scale, frame, pyramid, found } = look;
    const faces: Face[] = [];
    for (const { candidate, ...landmarks } of found.slice(0, MAX_FACES)) {
      const aligned = align(pyramid, candidate, landmarks.five, manifest);
      const { x0, y0, x1, y1, score } = candidate;
      const quality = qualityOf(landmarks, aligned, pyramid);
      faces.push({
        box: [x0 / scale, y0 / scale, (x1 - x0) / scale, (y1 - y0) / scale],
        score,
        landmarks: landmarks.points.map(([x, y]): Point => [x / scale, y / scale]),
        quality: { ...quality, eyeDistance: quality.eyeDistance / scale },
        embedding: await embed(aligned),
      });
      lap('embed');
    }
    return { width, height, ms, faces, left: found.length - faces.length, frame };
  };
}
