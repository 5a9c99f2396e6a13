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
  /** The decoded pixels. Their width is `scale` times that of the photo as it was sent. */
  readonly pixels: Pixels;
  readonly scale: number;
  /** The numbers of the pictures of a moving photo to look at, in this order. */
  readonly frames: readonly number[];
}

/**
 * Prepares this process's decoder for hostile bytes. From then on it decodes only the known formats
 * (no SVG, no PDF, nothing by ImageMagick), uses one core for a photo, and caches no photo.
 */
export function hardenDecoder(): void {
  const loaders = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif'].map((kind) => `VipsForeignLoad${kind}Buffer`);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: loaders });
  sharp.cache(false);
  sharp.concurrency(1);
}

/**
 * The lowest of libvips' levels of damage at which decoding fails. Stray bytes, which some phones
 * leave in JPEGs, are only a warning. A photo whose end is missing is an error.
 */
const DAMAGE = 'error';

/**
 * How large the decoded photo may be: its longer side, and its number of pixels. A smaller photo
 * keeps its size.
 */
export interface Bounds {
  readonly side?: number;
  readonly pixels?: number;
}

/**
 * Decodes one picture of a photo, by its number. Most photos have only picture 0.
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
