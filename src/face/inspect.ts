import sharp, { type Metadata } from 'sharp';
import { Failure } from '../failure.ts';
import { checkFormat } from './format.ts';
import { MAX_PIXELS } from './limits.ts';

/** A photo of which the decoder would hold more than this at once is refused from its header, too. */
const MAX_BYTES = 300e6;

/** So many pixels of a moving picture are decoded to reach its last one. */
const MAX_MOVING_PIXELS = 100e6;

interface Inspected {
  readonly width: number;
  readonly height: number;
  /** Which pictures of it to look at, in this order. */
  readonly frames: readonly number[];
}

/** A JPEG of hundreds of progressive scans holds a decoder for a minute; honest ones have about ten. */
const MAX_SCANS = 100;

/**
 * Refuses what must not be decoded, from the first bytes and the header alone: `not_an_image`, `image_too_large`
 * (details `megapixels`: how many there may be, `avif: 1` if that is so for AVIF alone), `image_unreadable`. Gives the size of the upright photo, and of a moving one which
 * of its pictures to look at: the first, one in the middle, the last. A picture needs those before it, so an endless one ends early.
 */
export async function inspect(photo: Uint8Array): Promise<Inspected> {
  checkFormat(photo);
  if (photo[0] === 0xff && countScans(photo) > MAX_SCANS) throw new Failure('image_unreadable');
  const header = await sharp(photo, { limitInputPixels: false })
    .metadata()
    .catch((cause: unknown) => {
      throw new Failure('image_unreadable', { cause });
    });
  const limit = Math.min(MAX_PIXELS, MAX_BYTES / heldPerPixel(header));
  if (header.width * header.height > limit) {
    throw new Failure('image_too_large', {
      details: { megapixels: Math.floor(limit / 1e6), ...(header.format === 'heif' && { avif: 1 }) },
    });
  }
  const { width, height } = header.autoOrient;
  const isMoving = header.format === 'gif' || header.format === 'webp';
  const last = isMoving ? Math.min(header.pages ?? 1, Math.floor(MAX_MOVING_PIXELS / (width * height))) - 1 : 0;
  return { width, height, frames: [...new Set([0, Math.floor(last / 2), last])].filter((frame) => frame >= 0) };
}

/**
 * Bytes a pixel that the decoder holds of the whole photo at once; 0 where it goes line by line. Measured with libvips
 * 8.18: an AVIF of 49 megapixels takes 860 MB, an interlaced 16-bit PNG with alpha of 50 takes 440.
 */
function heldPerPixel({ format, channels, depth, isProgressive }: Metadata): number {
  const size = depth === 'uchar' ? 1 : 2;
  if (format === 'heif') return size === 1 ? 18 : 24;
  if (format === 'gif') return 5;
  if (!isProgressive) return 0;
  return format === 'jpeg' ? channels * 2 : channels * size + 1;
}

/** A JPEG's start-of-scan markers up to the end of its first picture. */
export function countScans(photo: Uint8Array): number {
  const bytes = Buffer.from(photo.buffer, photo.byteOffset, photo.byteLength);
  let scans = 0;
  let at = bytes.indexOf(0xff, 2);
  while (at >= 0 && at + 4 <= bytes.length) {
    const marker = bytes.readUInt8(at + 1);
    if (marker === 0xd9) break;
    if (marker === 0xda) scans++;
    at = bytes.indexOf(0xff, at + lengthOf(marker, bytes.readUInt16BE(at + 2)));
  }
  return scans;
}

/** How far the next marker may be: padding, stuffed bytes and restart markers carry no segment. */
function lengthOf(marker: number, segment: number): number {
  if (marker === 0xff) return 1;
  if (marker <= 1 || (marker >= 0xd0 && marker <= 0xd8)) return 2;
  return 2 + Math.max(2, segment);
}
