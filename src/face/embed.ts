import type { Manifest } from '../../models/manifest.ts';
import { corrected, normalised, readCorrection } from './correction.ts';
import { lift } from './lift.ts';
import { openNet } from './net.ts';
import type { Pixels } from './pixels.ts';

/** Gives the vector of an aligned face. Its length is 1, unless the pack says `normalise: none`. */
export type Embedder = (aligned: Pixels) => Promise<Float32Array>;

export async function openEmbedder(manifest: Manifest, files: Readonly<Record<string, string>>): Promise<Embedder> {
  const { embedder } = manifest;
  const net = await openNet(files[embedder.file] ?? '', embedder.input, embedder.session);
  const correction = readCorrection(embedder);
  return async (aligned) => {
    const vector = (await net(lift(aligned)))(embedder.output).slice();
    if (vector.length !== embedder.dims)
      throw new Error(`the embedder gives ${vector.length} numbers, not ${embedder.dims}`);
    if (embedder.normalise === 'none') return vector;
    const unit = normalised(vector);
    return correction ? corrected(unit, correction) : unit;
  };
}
