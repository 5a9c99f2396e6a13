import sharp, { type Metadata } from 'sharp';
import { Failure } from '../failure.ts';
import { checkFormat } from './format.ts';
import { MAX_PIXELS } from './limits.ts';

/**
 * How many bytes a decoder may hold at once. A photo that needs more is refused when its header is
 * read.
 */
const MAX_BYTES = 300e6;

/** How many pixels of a moving photo may be decoded to reach one of its pictures. */
const MAX_MOVING_PIXELS = 100e6;

interface Inspected {
  readonly width: number;
  readonly height: number;
  /** The numbers of the pictures of a moving photo to look at, in this order. */
  readonly frames: readonly number[];
}

/**
 * How many scans a JPEG may have. Honest JPEGs have about ten. One with hundreds of progressive
 * scans keeps a decoder busy for a minute.
 */
const MAX_SCANS = 100;

/**
 * Reads a photo's first bytes and header, before anything is decoded. Gives the size of the upright
 * photo, and which pictures of a moving photo to look at: the first, one in the middle, the last.
 * To decode a picture, all pictures before it must be decoded. So of a very long photo, only the
 * first part is looked at.
 * @throws Failure `not_an_image`; `image_too_large` (details `megapixels`: the limit, `avif: 1` if
 * the limit is that of AVIF); `image_unreadable`
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
 * How many bytes the decoder holds at once for each pixel of the photo; 0 for formats that it
 * decodes line by line. Measured with libvips 8.18: an AVIF of 49 megapixels takes 860 MB, an
 * interlaced 16-bit PNG of 50 megapixels with alpha takes 440 MB.
 */
function heldPerPixel({ format, channels, depth, isProgressive }: Metadata): number {
  const size = depth === 'uchar' ? 1 : 2;
  if (format === 'heif') return size === 1 ? 18 : 24;
  if (format === 'gif') return 5;
  if (!isProgressive) return 0;
  return format === 'jpeg' ? channels * 2 : channels * size + 1;
}

/** Counts the scans of a JPEG, up to the end of its first picture. */
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

/**
 * How many bytes from the start of a marker to go on before the search for the next one. Most
 * markers have a segment after them, which is skipped: `segment` is its length. Padding, stuffed
 * bytes and restart markers have none.
 */
function lengthOf(marker: number, segment: number): number {
  if (marker === 0xff) return 1;
  if (marker <= 1 || (marker >= 0xd0 && marker <= 0xd8)) return 2;
  return 2 + Math.max(2, segment);
}
