import type { Manifest } from '../../models/manifest.ts';
import { type Hit, readHits, suppress } from './boxes.ts';
import type { Point } from './face.ts';
import { apply, place } from './geometry.ts';
import { type Net, openNet } from './net.ts';
import { type Pixels, warp } from './pixels.ts';

/** A face before its landmarks are known; corners in working pixels. */
export interface Candidate extends Hit {
  /** How far the part of the photo that was looked at had to be turned for the face to be upright, in radians. */
  readonly angle: number;
}

/** All faces of a photo. */
export type Detector = (photo: Pixels) => Promise<readonly Candidate[]>;

/** A part of the photo to look at; it may reach beyond the edge. `angle` is a number of quarter turns in radians. */
interface View {
  readonly centre: Point;
  readonly width: number;
  readonly height: number;
  readonly angle: number;
}

export async function openDetector(manifest: Manifest, files: Readonly<Record<string, string>>): Promise<Detector> {
  const { detector } = manifest;
  const net = await openNet(files[detector.file] ?? '', detector.input);
  const look = (photo: Pixels, view: View, minScore: number) => lookAt(photo, view, minScore, detector, net);
  return async (photo) => {
    const whole: View = {
      centre: [photo.width / 2, photo.height / 2],
      width: photo.width,
      height: photo.height,
      angle: 0,
    };
    const seen = await look(photo, whole, detector.minScore);
    if (seen.length > 0) return seen;
    // A face that fills the frame is found once there is room round it.
    return look(photo, { ...whole, width: photo.width * 1.5, height: photo.height * 1.5 }, detector.minScore);
  };
}

async function lookAt(
  photo: Pixels,
  view: View,
  minScore: number,
  detector: Manifest['detector'],
  net: Net,
): Promise<Candidate[]> {
  const { input, fit, overlap } = detector;
  const scale = Math.max(view.width / input.width, view.height / input.height);
  const middle: Point =
    fit.place === 'centre' ? [input.width / 2, input.height / 2] : [view.width / scale / 2, view.height / scale / 2];
  const toPhoto = place(scale, view.angle, middle, view.centre);
  const outputs = await net(warp(photo, toPhoto, input.width, input.height, fit.fill));
  const hits = readHits(outputs, detector, minScore).map((hit) => {
    const [px, py] = apply(toPhoto, [hit.x0, hit.y0]);
    const [qx, qy] = apply(toPhoto, [hit.x1, hit.y1]);
    return {
      x0: Math.min(px, qx),
      y0: Math.min(py, qy),
      x1: Math.max(px, qx),
      y1: Math.max(py, qy),
      score: hit.score,
      points: hit.points.map((point) => apply(toPhoto, point)),
      angle: view.angle,
    };
  });
  return suppress(hits, overlap);
}
