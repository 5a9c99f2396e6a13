import sharp from 'sharp';
import type { Pack } from '../../models/pack.ts';
import { openEmbedder } from './embed.ts';
import type { See } from './pipeline.ts';

const SIZE = { width: 640, height: 480, channels: 3 } as const;

/** Lets the pipeline see a drawn picture, in which nobody is, and embeds a piece of it. Throws what decoding or a net throws. */
export async function tryOut({ manifest, files }: Pick<Pack, 'manifest' | 'files'>, see: See): Promise<void> {
  const rgb = new Uint8Array(SIZE.width * SIZE.height * SIZE.channels).map((_, i) => (i * 7) % 256);
  await see(await sharp(rgb, { raw: SIZE }).jpeg().toBuffer());
  const embed = await openEmbedder(manifest, files);
  const { width, height } = manifest.embedder.input;
  await embed({ width, height, rgb: rgb.subarray(0, width * height * SIZE.channels) });
}
