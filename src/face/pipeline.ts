import type { Pack } from '../../models/pack.ts';
import { align } from './align.ts';
import { decode } from './decode.ts';
import { openEmbedder } from './embed.ts';
import { type Face, MAX_FACES, type Point, type Seen } from './face.ts';
import { type Found, openFinder } from './find.ts';
import { qualityOf } from './quality.ts';

/** Sees one photo at a time, in this process: nothing ends it when a photo hangs the decoder. */
export type See = (photo: Uint8Array) => Promise<Seen>;

/** Loads the pack's nets (some 100 ms). */
export async function openPipeline({ manifest, files }: Pick<Pack, 'manifest' | 'files'>): Promise<See> {
  const [find, embed] = await Promise.all([openFinder(manifest, files), openEmbedder(manifest, files)]);
  return async (bytes) => {
    const watch = stopwatch();
    const { width, height, pixels, scale } = await decode(bytes);
    const decodeMs = watch();
    const found = await find(pixels);
    const detectMs = watch();
    const faces: Face[] = [];
    for (const { candidate, points, five } of largestFirst(found).slice(0, MAX_FACES)) {
      const aligned = align(pixels, candidate, five, manifest);
      const embedding = await embed(aligned);
      const quality = qualityOf(five, aligned);
      const { x0, y0, x1, y1, score } = candidate;
      faces.push({
        box: [x0 / scale, y0 / scale, (x1 - x0) / scale, (y1 - y0) / scale],
        score,
        landmarks: points.map(([x, y]): Point => [x / scale, y / scale]),
        quality: { ...quality, eyeDistance: quality.eyeDistance / scale },
        embedding,
      });
    }
    return { width, height, ms: { decode: decodeMs, detect: detectMs, landmarks: 0, embed: watch() }, faces };
  };
}

function largestFirst(faces: readonly Found[]): Found[] {
  const area = ({ candidate: { x0, y0, x1, y1 } }: Found) => (x1 - x0) * (y1 - y0);
  return faces.toSorted((p, q) => area(q) - area(p));
}

/** Milliseconds since it was last asked. */
function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const passed = now - last;
    last = now;
    return passed;
  };
}
