import { readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { withDefect } from '../../src/evaluate/defects.ts';
import { seeded } from '../../src/evaluate/seeded.ts';
import type { Face } from '../../src/face/face.ts';
import { openPipeline, type See } from '../../src/face/pipeline.ts';
import { selfieFace } from '../../src/face/selfie.ts';
import { defaultPack, portrait, sample, tiltedPortrait } from './samples.ts';

let see: See;
let pack: Awaited<ReturnType<typeof defaultPack>>;
beforeAll(async () => {
  pack = await defaultPack();
  ({ see } = await openPipeline(pack));
});

const facesOf = async (photo: Uint8Array) => (await see(photo)).faces;

const edited = async (change: (photo: Sharp) => Sharp) =>
  change(sharp(await portrait()))
    .png()
    .toBuffer();

/** The portrait with a second woman beside her, `height` pixels high. */
async function withBystander(height: number): Promise<Buffer> {
  const bystander = await sharp(await tiltedPortrait())
    .resize({ height })
    .png()
    .toBuffer();
  const wider = { right: 500, background: '#777' };
  return sharp(await portrait())
    .extend(wider)
    .composite([{ input: bystander, left: 410, top: 20 }])
    .png()
    .toBuffer();
}

describe('a selfie is taken', () => {
  test('of one person alone', async () => {
    const faces = await facesOf(await portrait());
    expect(selfieFace(faces)).toBe(faces[0]);
  });

  test('with the head tilted', async () => {
    expect(selfieFace(await facesOf(await tiltedPortrait())).landmarks).toHaveLength(68);
  });

  test('with somebody far smaller in the background: the large face counts', async () => {
    const faces = await facesOf(await withBystander(200));
    expect(faces).toHaveLength(2);
    const [, , width] = selfieFace(faces.toReversed()).box;
    expect(width).toBe(Math.max(...faces.map(({ box }) => box[2])));
  });

  test('a little out of focus, as phones take them', async () => {
    expect(selfieFace(await facesOf(await edited((photo) => photo.blur(2))))).toBeDefined();
  });
});

describe('a selfie is refused', () => {
  const refusal = async (photo: Uint8Array) => {
    const faces = await facesOf(photo);
    return () => selfieFace(faces);
  };
  const withCode = (code: string) => expect.objectContaining({ code });

  test('without a face', async () => {
    const wall = sharp({ create: { width: 400, height: 500, channels: 3, background: '#987' } });
    expect(await refusal(await wall.png().toBuffer())).toThrow(withCode('no_face'));
  });

  test('with a second face about as large: it could be either', async () => {
    expect(await refusal(await withBystander(440))).toThrow(withCode('several_faces'));
  });

  test.each([1, 2, 3, 4, 5, 6])('when it is the group photo %i', async (number) => {
    expect(await refusal(await readFile(sample(number)))).toThrow(withCode('several_faces'));
  });

  test('with a face of a few pixels', async () => {
    expect(await refusal(await edited((photo) => photo.resize(50)))).toThrow(withCode('face_too_small'));
  });

  test('that is blurred', async () => {
    expect(await refusal(await edited((photo) => photo.blur(8)))).toThrow(withCode('face_too_blurred'));
  });

  test('that was blown up from a few pixels', async () => {
    const few = await edited((photo) => photo.resize(30));
    const blownUp = await sharp(few).resize(390).png().toBuffer();
    expect(await refusal(blownUp)).toThrow(withCode('face_too_blurred'));
  });

  test.each(['sunglasses', 'mask'] as const)('in %s of any cut and colour', async (cover) => {
    const photo = await portrait();
    const [face] = await facesOf(photo);
    const { width, height } = await sharp(photo).metadata();
    for (let cut = 1; cut <= 8; cut++) {
      const portrait = { photo, width, height, face: face as Face };
      const covered = await withDefect(portrait, cover, pack.manifest.points, seeded(cut));
      expect(await refusal(covered)).toThrow(withCode('face_covered'));
    }
  });

  test('but not in glasses that one sees through', async () => {
    const photo = await portrait();
    const [face] = await facesOf(photo);
    const { width, height } = await sharp(photo).metadata();
    for (let cut = 1; cut <= 8; cut++) {
      const portrait = { photo, width, height, face: face as Face };
      const glasses = await withDefect(portrait, 'glasses', pack.manifest.points, seeded(cut));
      expect(selfieFace(await facesOf(glasses)).quality.covered).toEqual([]);
    }
  });

  test('that shows a profile', async () => {
    const [face] = await facesOf(await portrait());
    const turned = (turn: number) => [{ ...face, quality: { ...face?.quality, turn } } as Face];
    expect(() => selfieFace(turned(0.9))).toThrow(withCode('face_turned_away'));
    expect(selfieFace(turned(0.5)).quality.turn).toBe(0.5);
  });
});
