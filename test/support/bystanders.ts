import { openFaces } from '../../src/face/pool.ts';
import { distanceBetween } from '../../src/match/distance.ts';
import { defaultPack } from '../face/samples.ts';
import { Remains } from '../gallery/sqlite/remains.ts';

/** A face farther than this from somebody's selfie shows another person. */
const OTHER = 1.2;

/** What must be found nowhere, not even for a moment, while one person looks for themselves. */
export interface Bystanders {
  /** The templates of all others on the photos, in every form in which they may be written. */
  readonly remains: Remains;
  /** One of these templates. */
  readonly one: Float32Array;
  /** The asker's template, from their selfie. */
  readonly own: Float32Array;
}

/**
 * Looks at the photos as facefinder does, and gives the people who are not the one on the selfie.
 */
export async function bystandersOn(photos: readonly Uint8Array[], selfie: Uint8Array): Promise<Bystanders> {
  await using faces = await openFaces({ pack: await defaultPack(), children: 1 });
  const own = (await faces.see(selfie)).faces[0]?.embedding;
  const remains = new Remains();
  const others: Float32Array[] = [];
  for (const photo of own ? photos : []) {
    for (const { embedding } of (await faces.see(photo)).faces) {
      if (own && distanceBetween(embedding, own) > OTHER) others.push(embedding);
    }
  }
  for (const embedding of others) remains.noteEveryForm(embedding);
  const [one] = others;
  if (!own || !one) throw new Error('nobody is on the photos beside the asker');
  return { remains, one, own };
}
