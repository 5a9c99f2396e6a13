import sharp from 'sharp';
import { Failure } from '../failure.ts';
import { inspect } from './inspect.ts';
import { MAX_PIXELS } from './limits.ts';
import type { Pixels } from './pixels.ts';

/** A photo as the pipeline sees it: upright, in sRGB, on white where it was transparent. */
export interface Photo {
  /** The width of the upright photo, as it was sent. */
  readonly width: number;
  readonly height: number;
  /** The decoded pixels. `scale` of them are one pixel of the photo as it was sent. */
  readonly pixels: Pixels;
  readonly scale: number;
  /** Which pictures of a moving photo to look at, in this order. */
  readonly frames: readonly number[];
}

/**
 * Prepares this process's decoder for hostile bytes. It decodes only the known formats (no SVG, PDF
 * or ImageMagick), uses one core for a photo, and caches none.
 */
export function hardenDecoder(): void {
  const loaders = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif'].map((kind) => `VipsForeignLoad${kind}Buffer`);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: loaders });
  sharp.cache(false);
  sharp.concurrency(1);
}

/**
 * How bad the damage of a photo must be so that decoding fails. Some phones leave stray bytes in
 * their JPEGs, which is only a warning. A photo that was cut off is an error.
 */
const DAMAGE = 'error';

/** How large the decoded photo may be. A smaller photo keeps its size. */
export interface Bounds {
  readonly side?: number;
  readonly pixels?: number;
}

/**
 * Decodes one picture of a photo. Most photos have only one.
 * @throws what {@link inspect} throws, and `image_unreadable` for a damaged photo
 */
export async function decode(
  photo: Uint8Array,
  { side = Infinity, pixels: most = Infinity }: Bounds,
  frame = 0,
): Promise<Photo> {
  const { width, height, frames } = await inspect(photo);
  const longest = Math.max(width, height);
  const bound = Math.round(Math.min(side, longest, longest * Math.sqrt(most / (width * height))));
  try {
    const { data, info } = await sharp(photo, { limitInputPixels: MAX_PIXELS, failOn: DAMAGE, page: frame })
      .autoOrient()
      .flatten({ background: '#fff' })
      .resize(bound, bound, { fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const pixels = {
      width: info.width,
      height: info.height,
      rgb: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    };
    return { width, height, pixels, scale: info.width / width, frames };
  } catch (cause) {
    throw new Failure('image_unreadable', { cause });
  }
}
