import sharp from 'sharp';
import type { Pack } from '../../models/pack.ts';
import { openPipeline } from '../../src/face/pipeline.ts';
import { type Benchmark, median, timed } from './benchmark.ts';
import { watchRuns } from './watch-runs.ts';

const ROUNDS = 7;

/** A selfie as chats send it: one of the photos, 1,280 pixels long. */
export const selfieOf = (photo: Uint8Array) => sharp(photo).resize(1280, 1280).jpeg({ quality: 87 }).toBuffer();

/** Twenty of the photos on 12 megapixels. */
export async function groupOf(photos: readonly Uint8Array[]): Promise<Buffer> {
  const heads = await Promise.all(photos.slice(0, 20).map((photo) => sharp(photo).resize(500, 500).png().toBuffer()));
  const places = heads.map((input, i) => ({ input, left: 120 + (i % 5) * 780, top: 120 + Math.floor(i / 5) * 700 }));
  return sharp({ create: { width: 4032, height: 3024, channels: 3, background: '#8a9' } })
    .composite(places)
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** A photo with nobody in it: grain and soft shapes, 1,280 by 960. */
export async function emptyPhoto(): Promise<Buffer> {
  let state = 1;
  const rgb = Uint8Array.from({ length: 40 * 30 * 3 }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return 60 + (state % 140);
  });
  return sharp(rgb, { raw: { width: 40, height: 30, channels: 3 } })
    .resize(1280, 960, { kernel: 'cubic' })
    .jpeg({ quality: 87 })
    .toBuffer();
}

/** The time of the whole pipeline, compared with decoding and the nets' own session.run. */
async function overhead(pack: Pack, photo: Uint8Array) {
  const { see } = await openPipeline(pack);
  const runs = watchRuns();
  try {
    await see(photo);
    const rounds: { whole: number; decode: number; nets: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      runs.reset();
      const start = performance.now();
      const { ms } = await see(photo);
      rounds.push({ whole: performance.now() - start, decode: ms.decode, nets: runs.ms });
    }
    const of = (key: 'whole' | 'decode' | 'nets') => median(rounds.map((round) => round[key])).toFixed(0);
    return {
      measured: median(rounds.map(({ whole, decode, nets }) => whole / (decode + nets))),
      detail: `${of('whole')} ms, of which ${of('decode')} ms decoding and ${of('nets')} ms in ${runs.count} runs`,
    };
  } finally {
    runs.stop();
  }
}

/** The cost of a selfie of a chat's size, beside decoding and the nets. */
export const selfie: Benchmark = {
  name: 'selfie',
  target: 'a selfie of 1,280 pixels takes at most 1.4 times decoding and the nets',
  async run({ photos, pack }) {
    const { measured, detail } = await overhead(pack, await selfieOf(photos[0] ?? new Uint8Array()));
    return { measured, holds: measured <= 1.4, detail };
  },
};

/** The cost of a phone's group photo, beside decoding and the nets. */
export const group: Benchmark = {
  name: 'group',
  target: '20 faces in 12 megapixels take at most 1.3 times decoding and the nets',
  async run({ photos, pack }) {
    const { measured, detail } = await overhead(pack, await groupOf(photos));
    return { measured, holds: measured <= 1.3, detail };
  },
};

/** The cost of a photo without people, the commonest of all, compared with a portrait. */
export const nobody: Benchmark = {
  name: 'nobody',
  target: 'a photo of 1,280 pixels with nobody in it takes at most 3.5 times a portrait',
  async run({ photos, pack }) {
    const { see } = await openPipeline(pack);
    const blank = await emptyPhoto();
    const portrait = photos[0] ?? new Uint8Array();
    await see(blank);
    await see(portrait);
    const rounds: { blank: number; portrait: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push({ blank: await timed(() => see(blank)), portrait: await timed(() => see(portrait)) });
    }
    const measured = median(rounds.map((round) => round.blank / round.portrait));
    const ms = (key: 'blank' | 'portrait') => median(rounds.map((round) => round[key])).toFixed(0);
    return { measured, holds: measured <= 3.5, detail: `${ms('blank')} ms against ${ms('portrait')} ms` };
  },
};
