import type { Manifest } from '../../models/manifest.ts';
import { type Hit, readHits, suppress } from './boxes.ts';
import type { Point } from './face.ts';
import { apply, place } from './geometry.ts';
import { openNet } from './net.ts';
import { type Pixels, warp } from './pixels.ts';
import type { View } from './views.ts';

/** A face before its landmarks are known; in working pixels. */
export interface Candidate extends Hit {
  /** The angle of the view in which it was found: how far an upright head is turned in the photo, radians clockwise. */
  readonly angle: number;
  /** The box's extent from brow to chin, in the view's own upright. */
  readonly length: number;
  /** The view's edge cuts it, and not the photo's. */
  readonly cut: boolean;
}

/** The faces in one view of a photo, best first. */
export type Detector = (photo: Pixels, view: View, minScore: number) => Promise<Candidate[]>;

export async function openDetector(manifest: Manifest, files: Readonly<Record<string, string>>): Promise<Detector> {
  const { detector } = manifest;
  const { input, fit, overlap } = detector;
  const net = await openNet(files[detector.file] ?? '', input);
  return async (photo, view, minScore) => {
    const scale = Math.max(view.width / input.width, view.height / input.height);
    const middle: Point =
      fit.place === 'centre' ? [input.width / 2, input.height / 2] : [view.width / scale / 2, view.height / scale / 2];
    const toPhoto = place(scale, view.angle, middle, view.centre);
    const outputs = await net(warp(photo, toPhoto, input.width, input.height, fit.fill));
    const hits = suppress(readHits(outputs, detector, minScore), overlap);
    return hits.map((hit) => {
      const [px, py] = apply(toPhoto, [hit.x0, hit.y0]);
      const [qx, qy] = apply(toPhoto, [hit.x1, hit.y1]);
      const box = { x0: Math.min(px, qx), y0: Math.min(py, qy), x1: Math.max(px, qx), y1: Math.max(py, qy) };
      const points = hit.points.map((point) => apply(toPhoto, point));
      const cut = touchesEdge(hit, input, 2) && !touchesEdge(box, photo, 3 * scale);
      return { ...box, score: hit.score, points, angle: view.angle, length: (hit.y1 - hit.y0) * scale, cut };
    });
  };
}

type Corners = Pick<Hit, 'x0' | 'y0' | 'x1' | 'y1'>;

function touchesEdge({ x0, y0, x1, y1 }: Corners, size: { width: number; height: number }, slack: number): boolean {
  return x0 < slack || y0 < slack || x1 > size.width - slack || y1 > size.height - slack;
}
