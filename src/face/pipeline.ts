import type { Pack } from '../../models/pack.ts';
import { align } from './align.ts';
import { type Lap, startClock } from './clock.ts';
import { decode } from './decode.ts';
import type { Candidate } from './detect.ts';
import { openEmbedder } from './embed.ts';
import { type Box, type Face, type Head, type Heads, MAX_FACES, type Point, type Seen } from './face.ts';
import { type Finding, openFinder } from './find.ts';
import { openPyramid } from './pyramid.ts';
import { qualityOf } from './quality.ts';

/**
 * Finds and embeds the faces of a photo, in this process, one photo at a time. If a photo makes the
 * decoder hang, this hangs too.
 */
export type See = (photo: Uint8Array) => Promise<Seen>;

/** The nets of a pack, loaded. */
export interface Pipeline {
  readonly see: See;
  /** Finds where heads may be, without the embedder. */
  readonly heads: (photo: Uint8Array) => Promise<Heads>;
}

/** How many pixels a decoded photo has at most. A larger photo is reduced to so many (75 MB). */
const SEEN_PIXELS = 25e6;

/** Loads the pack's nets, in some 100 ms. */
export async function openPipeline({ manifest, files }: Pick<Pack, 'manifest' | 'files'>): Promise<Pipeline> {
  const [find, embed] = await Promise.all([openFinder(manifest, files), openEmbedder(manifest, files)]);

  async function lookAt(bytes: Uint8Array, frame: number, lap: Lap) {
    const { pixels, ...photo } = await decode(bytes, { pixels: SEEN_PIXELS }, frame);
    lap('decode');
    const pyramid = openPyramid(pixels);
    return { ...photo, frame, pyramid, ...(await find(pyramid, lap)) };
  }

  async function look(bytes: Uint8Array, lap: Lap) {
    let look = await lookAt(bytes, 0, lap);
    // A moving photo may begin or end with a picture that shows nobody. So until faces are found,
    // the next picture is looked at.
    for (const other of look.frames.slice(1)) if (look.found.length === 0) look = await lookAt(bytes, other, lap);
    return look;
  }

  async function see(bytes: Uint8Array): Promise<Seen> {
    const { lap, ms } = startClock();
    const looked = await look(bytes, lap);
    const { scale, pyramid, found } = looked;
    const faces: Face[] = [];
    for (const { candidate, ...landmarks } of found.slice(0, MAX_FACES)) {
      const aligned = align(pyramid, candidate, landmarks.five, manifest);
      const quality = qualityOf(landmarks, aligned, pyramid);
      faces.push({
        ...headAt(candidate, scale),
        landmarks: landmarks.points.map(([x, y]): Point => [x / scale, y / scale]),
        quality: { ...quality, eyeDistance: quality.eyeDistance / scale },
        embedding: await embed(aligned),
      });
      lap('embed');
    }
    return { ...headsOf(looked), ms, faces, left: found.length - faces.length };
  }

  return { see, heads: async (bytes) => headsOf(await look(bytes, startClock().lap)) };
}

type Look = Finding & Pick<Heads, 'width' | 'height' | 'frame'> & { readonly scale: number };

function headsOf({ width, height, frame, scale, found, suspects }: Look): Heads {
  const all = [...found.map(({ candidate }) => candidate), ...suspects];
  const heads = all.map((candidate) => headAt(candidate, scale)).toSorted((a, b) => b.score - a.score);
  return { width, height, frame, heads };
}

function headAt({ x0, y0, x1, y1, score }: Candidate, scale: number): Head {
  const box: Box = [x0 / scale, y0 / scale, (x1 - x0) / scale, (y1 - y0) / scale];
  return { box, score };
}
