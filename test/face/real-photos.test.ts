import sharp, { type OverlayOptions } from 'sharp';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Seen } from '../../src/face/face.ts';
import { openPipeline, type See } from '../../src/face/pipeline.ts';
import { distance, fastPack, portrait, subjectOf } from './samples.ts';

/** Large photos take long on a busy machine. */
vi.setConfig({ testTimeout: 240_000 });

let see: See;
beforeAll(async () => {
  ({ see } = await openPipeline(await fastPack()));
});

interface Scene {
  readonly width: number;
  readonly height: number;
  readonly background: string;
}

/**
 * A photo with the woman of {@link portrait}, `size` wide, with her upper left corner at each of
 * `places`.
 */
async function scene(
  { width, height, background }: Scene,
  size: number,
  places: readonly (readonly [number, number])[],
) {
  const woman = await sharp(await portrait())
    .resize(size)
    .png()
    .toBuffer();
  const overlays = places.map(([left, top]): OverlayOptions => ({ input: woman, left, top }));
  return sharp({ create: { width, height, channels: 3, background } })
    .composite(overlays)
    .jpeg({ quality: 92 })
    .toBuffer();
}

function grid(columns: number, rows: number, step: number): [number, number][] {
  return Array.from({ length: columns * rows }, (_, i) => [(i % columns) * step, Math.floor(i / columns) * step]);
}

/** How many of the pictures at `places` contain a found face. */
function found({ faces }: Seen, places: readonly (readonly [number, number])[], size: number): number {
  return places.filter(([left, top]) =>
    faces.some(({ box: [x, y, w, h] }) => {
      const [u, v] = [x + w / 2 - left, y + h / 2 - top];
      return u > 0 && u < size && v > 0 && v < size * 1.3;
    }),
  ).length;
}

describe('faces are found', () => {
  test.each([
    [
      'on a screenshot ten times as high as wide',
      { width: 1080, height: 10_800, background: '#eee' },
      500,
      [[300, 7000]],
    ],
    [
      'in a panorama eight times as wide as high',
      { width: 12_000, height: 1500, background: '#68a' },
      400,
      [
        [900, 700],
        [5000, 300],
        [11_000, 900],
      ],
    ],
    ['well lit on a black stage', { width: 1280, height: 720, background: '#000' }, 120, [[600, 300]]],
    ['well lit between the bars of a story', { width: 720, height: 1280, background: '#020202' }, 300, [[200, 500]]],
  ] as const)('%s', async (_, room, size, places) => {
    const seen = await see(await scene(room, size, places));
    expect(found(seen, places, size)).toBe(places.length);
    expect(seen.faces).toHaveLength(places.length);
  });

  test('heads of 24 pixels in a photo of 1,280', async () => {
    const places = grid(6, 5, 180);
    const seen = await see(await scene({ width: 1280, height: 960, background: '#8a8' }, 33, places));
    expect(found(seen, places, 33) / places.length).toBeGreaterThanOrEqual(0.9);
  });

  test('heads of 32 pixels in one of 12 megapixels', async () => {
    const places = grid(5, 4, 700);
    const seen = await see(await scene({ width: 4032, height: 3024, background: '#8a8' }, 44, places));
    expect(found(seen, places, 44) / places.length).toBeGreaterThanOrEqual(0.95);
  });

  test('a head that falls between two tiles, and one as large as a tile', async () => {
    const between = await see(await scene({ width: 2560, height: 1000, background: '#777' }, 300, [[1130, 300]]));
    expect(between.faces).toHaveLength(1);
    const large = await see(await scene({ width: 2560, height: 2000, background: '#777' }, 1500, [[500, 20]]));
    expect(large.faces).toHaveLength(1);
  });

  test('as many as are looked at, and how many were left', async () => {
    const places = grid(10, 10, 150);
    const seen = await see(await scene({ width: 1500, height: 1500, background: '#777' }, 110, places));
    expect(seen.faces).toHaveLength(64);
    expect(seen.left).toBe(36);
  });
});

test('a head has one embedding, however much photo there is beside it', async () => {
  const small = subjectOf(await see(await scene({ width: 700, height: 900, background: '#777' }, 480, [[110, 100]])));
  for (const width of [4000, 12_000]) {
    const { faces } = await see(await scene({ width, height: 900, background: '#777' }, 480, [[110, 100]]));
    expect(faces).toHaveLength(1);
    expect(distance(faces[0]?.embedding ?? new Float32Array(), small?.embedding ?? new Float32Array())).toBeLessThan(
      0.2,
    );
  }
});

describe('a moving picture', () => {
  const blank = (background: string) => sharp({ create: { width: 390, height: 500, channels: 3, background } }).png();
  const moving = async (...frames: readonly (Buffer | Promise<Buffer>)[]) =>
    sharp(await Promise.all(frames), { join: { animated: true } });

  test.each(['gif', 'webp'] as const)('that fades in is looked at where it is, too: %s', async (format) => {
    const frames = await moving(blank('#fff').toBuffer(), blank('#888').toBuffer(), portrait());
    const { faces, frame } = await see(await frames.toFormat(format).toBuffer());
    expect(faces).toHaveLength(1);
    expect(frame).toBe(2);
  });

  test('that shows somebody from the first is not looked at further', async () => {
    const frames = await moving(portrait(), blank('#fff').toBuffer());
    expect(await see(await frames.gif().toBuffer())).toMatchObject({ faces: [{}], frame: 0 });
  });
});

test('nobody is seen in noise, in text-like stripes, in a gradient or on a wall', async () => {
  const size = { width: 800, height: 600 };
  const raw = (value: (x: number, y: number) => number) => {
    const rgb = Uint8Array.from({ length: size.width * size.height * 3 }, (_, i) => {
      const pixel = Math.floor(i / 3);
      return value(pixel % size.width, Math.floor(pixel / size.width));
    });
    return sharp(rgb, { raw: { ...size, channels: 3 } })
      .jpeg()
      .toBuffer();
  };
  let state = 1;
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state & 255;
  };
  const pictures = [
    raw(random),
    raw((x, y) => (((x >> 3) ^ ((y >> 4) * 7)) % 5 === 0 && y % 32 < 20 ? 20 : 240)),
    raw((x) => x / 8),
    raw(() => 128),
  ];
  for (const picture of pictures) expect((await see(await picture)).faces).toEqual([]);
});
