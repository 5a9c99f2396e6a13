import type { Pack } from '../../models/pack.ts';
import { align } from './align.ts';
import { decode } from './decode.ts';
import { openDetector } from './detect.ts';
import { openEmbedder } from './embed.ts';
import { type Face, MAX_FACES, type Point, type Seen } from './face.ts';
import { openLandmarker } from './landmarks.ts';
import { qualityOf } from './quality.ts';

/** Sees one photo at a time, in this process: nothing ends it when a photo hangs the decoder. */
export type See = (photo: Uint8Array) => Promise<Seen>;

/** Loads the pack's nets (some 100 ms). */
export async function openPipeline({ manifest, files }: Pick<Pack, 'manifest' | 'files'>): Promise<See> {
  const [detect, landmark, embed] = await Promise.all([
    openDetector(manifest, files),
    openLandmarker(manifest, files),
    openEmbedder(manifest, files),
  ]);
  return async (bytes) => {
    const watch = stopwatch();
    const { width, height, pixels, scale } = await decode(bytes);
    const decodeMs = watch();
    const candidates = await detect(pixels);
    const detectMs = watch();
    let landmarksMs = 0;
    let embedMs = 0;
    const faces: Face[] = [];
    for (const candidate of largestFirst(candidates).slice(0, MAX_FACES)) {
      const { points, five } = await landmark(pixels, candidate);
      landmarksMs += watch();
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
      embedMs += watch();
    }
    return { width, height, ms: { decode: decodeMs, detect: detectMs, landmarks: landmarksMs, embed: embedMs }, faces };
  };
}

function largestFirst<T extends { x0: number; y0: number; x1: number; y1: number }>(boxes: readonly T[]): T[] {
  const area = ({ x0, y0, x1, y1 }: T) => (x1 - x0) * (y1 - y0);
  return boxes.toSorted((p, q) => area(q) - area(p));
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
