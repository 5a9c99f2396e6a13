import type { Point } from './face.ts';

/** A part of the photo to look at; it may reach beyond the edge. */
export interface View {
  readonly centre: Point;
  /** Extent along the view's own axes, in working pixels. */
  readonly width: number;
  readonly height: number;
  /** How far the view is turned, radians clockwise; a multiple of a quarter turn. */
  readonly angle: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The photo with `room` of its size added round it, as it looks turned back by `angle`. */
export function whole({ width, height }: Size, angle: number, room = 0): View {
  const [along, across] = isSideways(angle) ? [height, width] : [width, height];
  return { centre: [width / 2, height / 2], width: along * (1 + room), height: across * (1 + room), angle };
}

/** `count` × `count` views that overlap, each `share` of the photo's width and height. */
export function tiles(size: Size, angle: number, count: number, share: number): View[] {
  const { width, height } = whole(size, angle);
  const steps = Array.from({ length: count }, (_, i) => share / 2 + (i * (1 - share)) / (count - 1));
  return steps.flatMap((v) =>
    steps.map(
      (u): View => ({
        centre: [u * size.width, v * size.height],
        width: width * share,
        height: height * share,
        angle,
      }),
    ),
  );
}

function isSideways(angle: number): boolean {
  return Math.abs(Math.sin(angle)) > 0.5;
}
