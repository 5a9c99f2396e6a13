import { describe, expect, test } from 'vitest';
import type { Manifest } from '../../models/manifest.ts';
import { type Hit, iou, readHits, suppress } from '../../src/face/boxes.ts';

const input = { width: 32, height: 16 };

function read(output: Manifest['detector']['output'], tensors: Record<string, number[]>): Hit[] {
  return readHits((name) => Float32Array.from(tensors[name] ?? []), output, input, 0.5);
}

const round = ({ x0, y0, x1, y1, score, points }: Hit) => ({
  box: [x0, y0, x1, y1].map((v) => Math.round(v * 100) / 100),
  score: Math.round(score * 100) / 100,
  points,
});

describe('a detector that gives', () => {
  test('corners as fractions: the box in pixels of the input, the score from its column', () => {
    const hits = read(
      { kind: 'corners', scores: 's', column: 1, boxes: 'b' },
      { s: [0.9, 0.1, 0.2, 0.8], b: [0, 0, 1, 1, 0.25, 0.5, 0.5, 0.75] },
    );
    expect(hits.map(round)).toEqual([{ box: [8, 8, 16, 12], score: 0.8, points: [] }]);
  });

  test('cells: centre and log size in strides, the score as the geometric mean', () => {
    const cells = 8;
    const zeros = (n: number) => Array.from({ length: n }, () => 0);
    const boxes = zeros(cells * 4);
    boxes.splice(5 * 4, 4, 0.5, 0.5, Math.log(0.5), 0);
    const points = zeros(cells * 10);
    points.splice(5 * 10, 2, 0.25, 0.5);
    const scores = zeros(cells).with(5, 0.81);
    const hits = read(
      { kind: 'cells', strides: [{ stride: 8, scores: ['c', 'o'], boxes: 'b', points: 'p' }] },
      { c: scores, o: zeros(cells).with(5, 4), b: boxes, p: points },
    );
    // The sixth anchor, in rows of four cells: column 1, row 1. A score above 1 counts as 1.
    expect(hits.map(round)).toMatchObject([{ box: [10, 8, 14, 16], score: 0.9 }]);
    expect(hits[0]?.points.slice(0, 2)).toEqual([
      [10, 12],
      [8, 8],
    ]);
  });

  test('distances: from the corner of its cell, several anchors a cell', () => {
    const boxes = Array.from({ length: 16 * 4 }, () => 0);
    boxes.splice(11 * 4, 4, 0.5, 0.25, 1, 0.75);
    const hits = read(
      { kind: 'distances', anchors: 2, strides: [{ stride: 8, scores: 's', boxes: 'b', points: 'p' }] },
      { s: Array.from({ length: 16 }, (_, i) => (i === 11 ? 0.7 : 0.1)), b: boxes, p: [] },
    );
    expect(hits.map(round)).toMatchObject([{ box: [4, 6, 16, 14], score: 0.7 }]);
  });
});

describe('of overlapping boxes', () => {
  const box = (x: number, score: number) => ({ x0: x, y0: 0, x1: x + 10, y1: 10, score });

  test('the better stays, and one that hardly overlaps stays too', () => {
    expect(suppress([box(0, 0.6), box(2, 0.9), box(8, 0.7)], (p, q) => iou(p, q) > 0.4).map(({ x0 }) => x0)).toEqual([
      2, 8,
    ]);
  });

  test('the measure is the shared area over the area of both', () => {
    expect(iou(box(0, 1), box(5, 1))).toBeCloseTo(1 / 3, 6);
    expect(iou(box(0, 1), box(20, 1))).toBe(0);
  });
});
