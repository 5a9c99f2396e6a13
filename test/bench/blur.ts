import sharp from 'sharp';
import { openPipeline } from '../../src/face/pipeline.ts';
import { selfieFace } from '../../src/face/selfie.ts';
import { Failure } from '../../src/failure.ts';
import type { Benchmark } from './benchmark.ts';

/** The strength of the blur in pixels, on a photo of 250 × 250. */
const SIGMA = 4;
const SHARE = 0.9;

/** Whether the sharpness limit of selfies separates photos from their blurred copies. */
export const blur: Benchmark = {
  name: 'blur',
  target: `of photos that are good enough, ${SHARE * 100} % are refused once blurred by ${SIGMA} px, none as they are`,
  async run({ photos, pack }) {
    const { see } = await openPipeline(pack);
    const isBlurred = async (photo: Uint8Array) => {
      try {
        selfieFace((await see(photo)).faces);
        return false;
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        return error.code === 'face_too_blurred';
      }
    };
    let refused = 0;
    let refusedBlurred = 0;
    for (const photo of photos) {
      if (await isBlurred(photo)) refused++;
      if (await isBlurred(await sharp(photo).blur(SIGMA).jpeg({ quality: 95 }).toBuffer())) refusedBlurred++;
    }
    const measured = refusedBlurred / photos.length;
    const detail = `${refused} of ${photos.length} refused as they are, ${refusedBlurred} once blurred`;
    return { measured, holds: refused === 0 && measured >= SHARE, detail };
  },
};
