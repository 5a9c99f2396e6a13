import { describe, expect, test } from 'vitest';
import { openPyramid } from '../../src/face/pyramid.ts';
import { LONGEST_IN_TILES, tiles, type View, whole } from '../../src/face/views.ts';

const photo = (width: number, height: number) =>
  openPyramid({ width, height, rgb: new Uint8Array(width * height * 3) });

const columns = (views: readonly View[]) =>
  views.map(({ centre: [x], width }) => [x - width / 2, x + width / 2] as const).toSorted(([p], [q]) => p - q);

describe('tiles of a copy', () => {
  test('are one where it fits', () => {
    expect(tiles(photo(300, 200), 0, 0, { width: 320, height: 240 })).toEqual([
      { level: 0, centre: [150, 100], width: 300, height: 200, angle: 0 },
    ]);
  });

  test.each([1281, 2000, 2433, 5000, 12_000])('cover %i pixels, and no face falls between two', (width) => {
    const pieces = columns(tiles(photo(width, 10), 0, 0, { width: 1280, height: 1280 }));
    expect(pieces[0]?.[0]).toBe(0);
    expect(pieces.at(-1)?.[1]).toBe(width);
    for (const [index, [start, end]] of pieces.entries()) {
      expect(end - start).toBeLessThanOrEqual(1280);
      const next = pieces[index + 1];
      if (next) expect(end - next[0]).toBeGreaterThanOrEqual(LONGEST_IN_TILES - 1);
    }
  });

  test('lie on whole pixels', () => {
    for (const [start, end] of columns(tiles(photo(3333, 10), 0, 0, { width: 1280, height: 1280 }))) {
      expect([start % 1, end % 1]).toEqual([0, 0]);
    }
  });

  test('of a photo on its side have its height for their width', () => {
    const [view] = tiles(photo(400, 200), 0, Math.PI / 2, { width: 640, height: 640 });
    expect(view).toMatchObject({ width: 200, height: 400 });
  });
});

test('the whole copy with room round it reaches as far beyond each edge', () => {
  expect(whole(photo(400, 200), 1, 0, 0.5)).toEqual({ level: 1, centre: [100, 50], width: 300, height: 150, angle: 0 });
});
