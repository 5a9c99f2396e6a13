import type { Pack } from '../../models/pack.ts';
import { openEmbedder } from './embed.ts';
import type { See } from './pipeline.ts';
import { DRAWN, drawnPhoto, drawnPixels } from './test-picture.ts';

/**
 * Lets the pipeline see the drawn picture, which shows nobody. As no face is found there, it also
 * embeds a part of the picture. Throws what decoding or a net throws.
 */
export async function tryOut({ manifest, files }: Pick<Pack, 'manifest' | 'files'>, see: See): Promise<void> {
  await see(await drawnPhoto());
  const embed = await openEmbedder(manifest, files);
  const { width, height } = manifest.embedder.input;
  await embed({ width, height, rgb: drawnPixels().subarray(0, width * height * DRAWN.channels) });
}
