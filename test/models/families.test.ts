import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Manifest, manifestSchema } from '../../models/manifest.ts';
import { onnxOf } from '../../models/onnx.ts';
import { openEmbedder } from '../../src/face/embed.ts';
import type { Pixels } from '../../src/face/pixels.ts';

const MODELS = join(import.meta.dirname, '../../models');
const base: object = JSON.parse(await readFile(join(MODELS, 'faceplugin512.json'), 'utf8'));
const names = (await readdir(join(MODELS, 'families'))).map((file) => file.replace('.json', ''));

/**
 * How each family's publishers feed a photo to their net: `pixel` orders and scales the channels of
 * a pixel. `planes`: the net gets one channel after the other, and not one pixel after the other.
 */
const FED: Readonly<Record<string, { pixel: (rgb: Rgb, all: Uint8Array) => Rgb; planes: boolean }>> = {
  'scrfd-arcface': {
    pixel: ([r, g, b]) => [(r - 127.5) / 127.5, (g - 127.5) / 127.5, (b - 127.5) / 127.5],
    planes: true,
  },
  facenet512: { pixel: (rgb, all) => standardised(rgb, all), planes: false },
  vggface2: { pixel: ([r, g, b]) => [b - 91.4953, g - 103.8827, r - 131.0912], planes: false },
  openface128: { pixel: ([r, g, b]) => [b / 255, g / 255, r / 255], planes: true },
  deepface4096: { pixel: ([r, g, b]) => [b / 255, g / 255, r / 255], planes: false },
};

type Rgb = readonly [number, number, number];

function standardised(rgb: Rgb, all: Uint8Array): Rgb {
  const mean = all.reduce((sum, v) => sum + v, 0) / all.length;
  const std = Math.sqrt(all.reduce((sum, v) => sum + (v - mean) ** 2, 0) / all.length);
  const [r, g, b] = rgb.map((v) => (v - mean) / std);
  return [r ?? 0, g ?? 0, b ?? 0];
}

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'facefinder-families-'));
});
afterAll(() => rm(work, { recursive: true }));

async function manifestOf(name: string): Promise<Manifest> {
  return manifestSchema.parse({
    ...base,
    ...JSON.parse(await readFile(join(MODELS, 'families', `${name}.json`), 'utf8')),
  });
}

/**
 * A net with the manifest's input and output. The embedding that it gives is the first numbers of
 * its input.
 */
function echo({ input, output, dims }: Manifest['embedder']): Uint8Array {
  const size = [input.height, input.width];
  const list = (...values: readonly number[]) => ({
    shape: [values.length],
    values: BigInt64Array.from(values.map(BigInt)),
  });
  return onnxOf({
    inputs: { [input.name]: input.layout === 'NCHW' ? [1, 3, ...size] : [1, ...size, 3] },
    outputs: [output],
    nodes: [
      { op: 'Reshape', inputs: [input.name, 'flat'], outputs: ['all'] },
      { op: 'Slice', inputs: ['all', 'start', 'end', 'axis'], outputs: [output] },
    ],
    constants: { flat: list(1, -1), start: list(0), end: list(dims), axis: list(1) },
  });
}

/** A bright picture in which all channels of a pixel differ. */
function picture(size: number): Pixels {
  return {
    width: size,
    height: size,
    rgb: Uint8Array.from({ length: size * size * 3 }, (_, i) => 100 + ((i * 37) % 151)),
  };
}

/**
 * The embedding that this net must give: the first `dims` numbers that the publishers' own code
 * feeds, scaled to length 1.
 */
function expected(name: string, { rgb }: Pixels, dims: number): number[] {
  const fed = FED[name] ?? expect.unreachable(`say how ${name} is fed`);
  const pixels = Array.from({ length: dims }, (_, i) =>
    fed.pixel([rgb[3 * i] ?? 0, rgb[3 * i + 1] ?? 0, rgb[3 * i + 2] ?? 0], rgb),
  );
  const numbers = fed.planes ? pixels.map(([first]) => first) : pixels.flat().slice(0, dims);
  const length = Math.hypot(...numbers);
  return numbers.map((v) => v / length);
}

describe.each(names)('the manifest of %s', (name) => {
  test('states licences of its own, what is unknown of its weights, and that it was not run with them', async () => {
    const { licences, origin, summary } = await manifestOf(name);
    expect(licences).not.toEqual(Reflect.get(base, 'licences'));
    expect(origin).toContain('Unknown: ');
    expect(summary).toContain('Not run with weights');
  });

  test('feeds a net of its signature as its publishers do', async () => {
    const manifest = await manifestOf(name);
    const { align, embedder } = manifest;
    const embedderFile = join(work, `${name}.onnx`);
    await writeFile(embedderFile, echo(embedder));
    const embed = await openEmbedder(manifest, { [embedder.file]: embedderFile });
    const aligned = picture(align.size);
    const vector = await embed(aligned);
    expect(vector).toHaveLength(embedder.dims);
    for (const [i, value] of expected(name, aligned, embedder.dims).entries()) expect(vector[i]).toBeCloseTo(value, 5);
  });
});
