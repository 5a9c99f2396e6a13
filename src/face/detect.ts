import type { Manifest } from '../../models/manifest.ts';
import { type Hit, iou, readHits, suppress } from './boxes.ts';
import type { Point } from './face.ts';
import { apply, place } from './geometry.ts';
import { openNet } from './net.ts';
import { cut } from './pixels.ts';
import { type Pyramid, warpFrom } from './pyramid.ts';
import type { Size, View } from './views.ts';

/** A face that the detector found, still without landmarks, in pixels of the photo. */
export interface Candidate extends Hit {
  /**
   * The angle of the view in which the face was found, in radians, clockwise. In this view the head
   * is about upright.
   */
  readonly angle: number;
  /** The length of the box from brow to chin, along the view's own axes. */
  readonly length: number;
  /** Whether the edge of the view cuts the face off, although the photo goes on beyond it. */
  readonly cut: boolean;
}

export interface Detector {
  /** The size of the largest view that the detector takes. */
  readonly largest: Size;
  /** Finds the faces in one view of a photo, best first. */
  readonly detect: (photo: Pyramid, view: View, minScore: number) => Promise<Candidate[]>;
}

export async function openDetector(manifest: Manifest, files: Readonly<Record<string, string>>): Promise<Detector> {
  const { detector } = manifest;
  const { input: largest, multiple, fit, overlap } = detector;
  const net = await openNet(files[detector.file] ?? '', largest, detector.session);
  const roundUp = (length: number, full: number) => (multiple ? Math.ceil(length / multiple) * multiple : full);

  async function detect(photo: Pyramid, view: View, minScore: number): Promise<Candidate[]> {
    const scale = 2 ** view.level;
    const copy = { x0: 0, y0: 0, x1: photo.width / scale, y1: photo.height / scale };
    const input = { width: roundUp(view.width, largest.width), height: roundUp(view.height, largest.height) };
    const before = (all: number, part: number) => (fit.place === 'centre' ? Math.floor((all - part) / 2) : 0);
    const middle: Point = [
      before(input.width, view.width) + view.width / 2,
      before(input.height, view.height) + view.height / 2,
    ];
    const toCopy = place(1, view.angle, middle, view.centre);
    const picture =
      view.level < 0
        ? warpFrom(
            photo,
            place(scale, view.angle, middle, scaled(view.centre, scale)),
            input.width,
            input.height,
            fit.fill,
          )
        : cut(photo.at(view.level), toCopy, input, fit.fill);
    const outputs = await net(picture);
    const hits = suppress(readHits(outputs, detector.output, input, minScore), (p, q) => iou(p, q) > overlap);
    return hits.map((hit) => {
      const [px, py] = apply(toCopy, [hit.x0, hit.y0]);
      const [qx, qy] = apply(toCopy, [hit.x1, hit.y1]);
      const box = { x0: Math.min(px, qx), y0: Math.min(py, qy), x1: Math.max(px, qx), y1: Math.max(py, qy) };
      return {
        ...grow(box, scale),
        score: hit.score,
        points: hit.points.map((point) => scaled(apply(toCopy, point), scale)),
        angle: view.angle,
        length: (hit.y1 - hit.y0) * scale,
        cut: reaches(box, edgesOf(view), 2) && !reaches(box, copy, 3),
      };
    });
  }
  return { largest, detect };
}

type Corners = Pick<Hit, 'x0' | 'y0' | 'x1' | 'y1'>;

function scaled([x, y]: Point, scale: number): Point {
  return [x * scale, y * scale];
}

function grow({ x0, y0, x1, y1 }: Corners, scale: number): Corners {
  return { x0: x0 * scale, y0: y0 * scale, x1: x1 * scale, y1: y1 * scale };
}

/** The edges of the view, in pixels of the photo's copy that the view shows. */
function edgesOf({ centre: [x, y], width, height, angle }: View): Corners {
  const [w, h] = Math.abs(Math.sin(angle)) > 0.5 ? [height / 2, width / 2] : [width / 2, height / 2];
  return { x0: x - w, y0: y - h, x1: x + w, y1: y + h };
}

function reaches(box: Corners, edges: Corners, slack: number): boolean {
  return (
    box.x0 < edges.x0 + slack || box.y0 < edges.y0 + slack || box.x1 > edges.x1 - slack || box.y1 > edges.y1 - slack
  );
}
