import type { Manifest } from '../../models/manifest.ts';
import type { Point } from './face.ts';
import type { Outputs } from './net.ts';

/** A face as the detector gives it, in pixels of its input. */
export interface Hit {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  readonly score: number;
  /** The detector's own five points; empty when it has none. */
  readonly points: readonly Point[];
}

type Size = { width: number; height: number };

/**
 * Reads a detector's outputs for a picture of the size `input`, as the manifest's `output` says.
 * Gives every hit with a score above `minScore`, even when the boxes of hits overlap.
 */
export function readHits(
  outputs: Outputs,
  output: Manifest['detector']['output'],
  input: Size,
  minScore: number,
): Hit[] {
  if (output.kind === 'corners') {
    return corners(outputs(output.scores), outputs(output.boxes), output.column, minScore, input);
  }
  if (output.kind === 'cells') {
    return output.strides.flatMap((names) => cells(outputs, names, input.width / names.stride, minScore));
  }
  const columns = (stride: number) => input.width / stride;
  return output.strides.flatMap((names) => distances(outputs, names, output.anchors, columns(names.stride), minScore));
}

function corners(
  scores: Float32Array,
  boxes: Float32Array,
  column: number,
  minScore: number,
  { width, height }: Size,
): Hit[] {
  const hits: Hit[] = [];
  const rows = boxes.length / 4;
  const row = scores.length / rows;
  for (let i = 0; i < rows; i++) {
    const score = at(scores, i * row + column);
    if (score <= minScore) continue;
    const p = i * 4;
    hits.push({
      x0: at(boxes, p) * width,
      y0: at(boxes, p + 1) * height,
      x1: at(boxes, p + 2) * width,
      y1: at(boxes, p + 3) * height,
      score,
      points: [],
    });
  }
  return hits;
}

type CellNames = { stride: number; scores: readonly string[]; boxes: string; points: string };

function cells(outputs: Outputs, names: CellNames, columns: number, minScore: number): Hit[] {
  const { stride } = names;
  const scores = names.scores.map(outputs);
  const boxes = outputs(names.boxes);
  const points = outputs(names.points);
  const hits: Hit[] = [];
  for (let i = 0; i < boxes.length / 4; i++) {
    let product = 1;
    for (const score of scores) product *= Math.min(1, Math.max(0, at(score, i)));
    const score = product ** (1 / scores.length);
    if (score <= minScore) continue;
    const column = i % columns;
    const line = Math.floor(i / columns);
    const x = (column + at(boxes, i * 4)) * stride;
    const y = (line + at(boxes, i * 4 + 1)) * stride;
    const w = (Math.exp(at(boxes, i * 4 + 2)) * stride) / 2;
    const h = (Math.exp(at(boxes, i * 4 + 3)) * stride) / 2;
    hits.push({ x0: x - w, y0: y - h, x1: x + w, y1: y + h, score, points: five(points, i, column, line, stride) });
  }
  return hits;
}

type DistanceNames = { stride: number; scores: string; boxes: string; points: string };

function distances(outputs: Outputs, names: DistanceNames, anchors: number, columns: number, minScore: number): Hit[] {
  const { stride } = names;
  const scores = outputs(names.scores);
  const boxes = outputs(names.boxes);
  const points = outputs(names.points);
  const hits: Hit[] = [];
  for (let i = 0; i < scores.length; i++) {
    const score = at(scores, i);
    if (score <= minScore) continue;
    const cell = Math.floor(i / anchors);
    const column = cell % columns;
    const line = Math.floor(cell / columns);
    const p = i * 4;
    hits.push({
      x0: (column - at(boxes, p)) * stride,
      y0: (line - at(boxes, p + 1)) * stride,
      x1: (column + at(boxes, p + 2)) * stride,
      y1: (line + at(boxes, p + 3)) * stride,
      score,
      points: five(points, i, column, line, stride),
    });
  }
  return hits;
}

function five(points: Float32Array, i: number, column: number, line: number, stride: number): Point[] {
  return [0, 2, 4, 6, 8].map((k) => [
    (column + at(points, i * 10 + k)) * stride,
    (line + at(points, i * 10 + k + 1)) * stride,
  ]);
}

/** Sorts hits by score, best first. Of hits that are the same by `isSame`, only the best stays. */
export function suppress<T extends Pick<Hit, 'score'>>(hits: readonly T[], isSame: (p: T, q: T) => boolean): T[] {
  const kept: T[] = [];
  for (const hit of hits.toSorted((p, q) => q.score - p.score)) {
    if (!kept.some((better) => isSame(better, hit))) kept.push(hit);
  }
  return kept;
}

type Corners = Pick<Hit, 'x0' | 'y0' | 'x1' | 'y1'>;

/** Intersection over union of two boxes, 0..1: 1 when they are equal. */
export function iou(p: Corners, q: Corners): number {
  const common = intersection(p, q);
  return common / (area(p) + area(q) - common || 1);
}

export function intersection(p: Corners, q: Corners): number {
  const width = Math.min(p.x1, q.x1) - Math.max(p.x0, q.x0);
  const height = Math.min(p.y1, q.y1) - Math.max(p.y0, q.y0);
  return width > 0 && height > 0 ? width * height : 0;
}

function area({ x0, y0, x1, y1 }: Corners): number {
  return Math.max(0, x1 - x0) * Math.max(0, y1 - y0);
}

function at(array: Float32Array, index: number): number {
  return array[index] ?? 0;
}
