import sharp, { type Region, type Sharp } from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { GESTURES, type Gesture, type Pose, poseOf, seesGestures, shows } from '../../src/face/gesture.ts';
import { openPipeline, type See } from '../../src/face/pipeline.ts';
import { landmarksOf } from '../support/landmarks.ts';
import { defaultPack, sample, subjectOf } from './samples.ts';

/** Photographs of people, each with one of the gestures. */
const SHOWN: Readonly<Record<Gesture, { readonly sample: number; readonly region: Region }>> = {
  mouthOpen: { sample: 5, region: { left: 500, top: 330, width: 380, height: 440 } },
  chinDown: { sample: 2, region: { left: 790, top: 120, width: 400, height: 450 } },
  chinUp: { sample: 5, region: { left: 1010, top: 110, width: 380, height: 430 } },
};

/** The average pose of the faces in the samples. */
const AHEAD: Pose = { nose: 0.45, gap: 0.05 };

let see: See;
beforeAll(async () => {
  ({ see } = await openPipeline(await defaultPack()));
});

const photographOf = (gesture: Gesture) => sharp(sample(SHOWN[gesture].sample)).extract(SHOWN[gesture].region);

async function poseIn(photo: Sharp): Promise<Pose> {
  const face = subjectOf(await see(await photo.jpeg({ quality: 95 }).toBuffer()));
  const pose = face && poseOf(face.landmarks);
  if (!pose) throw new Error('no pose is seen');
  return pose;
}

describe.each(GESTURES)('%s', (gesture) => {
  it('is seen in a photograph of it, and in no other', async () => {
    for (const other of GESTURES) {
      const isSeen = shows(gesture, await poseIn(photographOf(other)), [AHEAD]);
      expect(isSeen, `${gesture} in ${other}`).toBe(gesture === other);
    }
  });

  it('is seen the same in a mirrored photograph', async () => {
    expect(shows(gesture, await poseIn(photographOf(gesture).flop()), [AHEAD])).toBe(true);
  });

  it('is not seen beside the same photograph, however that is cut, mirrored or made smaller', async () => {
    for (const other of GESTURES) {
      const pose = await poseIn(photographOf(other));
      const { width, height } = SHOWN[other].region;
      const cut = { left: 30, top: 20, width: width - 50, height: height - 30 };
      const whole = async () => sharp(await photographOf(other).toBuffer());
      const copies = [photographOf(other).flop(), (await whole()).extract(cut), (await whole()).resize(width / 2)];
      for (const copy of copies) expect(shows(gesture, await poseIn(copy), [pose])).toBe(false);
    }
  });
});

it('no gesture is seen by other points than the 68', () => {
  expect(poseOf(landmarksOf(undefined).slice(0, 5))).toBeUndefined();
});

it('a pack without the 68 points is known beforehand', async () => {
  const { manifest } = await defaultPack();
  expect(seesGestures(manifest)).toBe(true);
  expect(seesGestures({ landmarks: { kind: 'detector' } })).toBe(false);
});
