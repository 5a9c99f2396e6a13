import sharp from 'sharp';
import { Failure } from '../failure.ts';

/** A photo of more pixels is refused from its header: 50 megapixels decode in about a second and 150 MB. */
export const MAX_PIXELS = 50e6;

/** A JPEG of hundreds of progressive scans holds a decoder for a minute; honest ones have about ten. */
const MAX_SCANS = 100;

interface Signature {
  readonly at: number;
  readonly bytes: string;
}

/** What is decoded, by its first bytes, whatever a file is called. */
const READ: readonly (readonly Signature[])[] = [
  [{ at: 0, bytes: '\xff\xd8\xff' }],
  [{ at: 0, bytes: '\x89PNG\r\n\x1a\n' }],
  [
    { at: 0, bytes: 'RIFF' },
    { at: 8, bytes: 'WEBP' },
  ],
  [{ at: 0, bytes: 'GIF87a' }],
  [{ at: 0, bytes: 'GIF89a' }],
];

/** Pictures for certain, yet never decoded: their senders hear "send it as JPEG" instead of "no picture". */
const KNOWN: readonly string[] = [
  'BM',
  'II*\0',
  'MM\0*',
  '8BPS',
  '\0\0\x01\0',
  '\xff\x0a',
  '\0\0\0\x0cJXL ',
  '\0\0\0\x0cjP  ',
];

const AVIF = ['avif', 'avis'];
const HEIC = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'];

/**
 * Refuses what must not be decoded, from the first bytes and the header alone: `not_an_image`, `image_too_large`,
 * `image_unreadable` (details `heic: 1` when it is a HEIC photo).
 */
export async function inspect(photo: Uint8Array): Promise<void> {
  const bytes = Buffer.from(photo.buffer, photo.byteOffset, photo.byteLength);
  checkFormat(bytes);
  if (bytes[0] === 0xff && countScans(bytes) > MAX_SCANS)
    throw new Failure('image_unreadable', { details: { scans: MAX_SCANS } });
  const { width, height } = await sharp(photo, { limitInputPixels: false })
    .metadata()
    .catch((cause: unknown) => {
      throw new Failure('image_unreadable', { cause });
    });
  if (width * height > MAX_PIXELS) throw new Failure('image_too_large', { details: { megapixels: MAX_PIXELS / 1e6 } });
}

function checkFormat(bytes: Buffer): void {
  const starts = (signature: Signature) =>
    bytes.toString('latin1', signature.at, signature.at + signature.bytes.length) === signature.bytes;
  if (READ.some((format) => format.every(starts))) return;
  const brands = brandsOf(bytes);
  if (brands.some((brand) => AVIF.includes(brand))) return;
  if (brands.some((brand) => HEIC.includes(brand))) throw new Failure('image_unreadable', { details: { heic: 1 } });
  throw new Failure(KNOWN.some((start) => starts({ at: 0, bytes: start })) ? 'image_unreadable' : 'not_an_image');
}

/** The brands an ISO base media file (AVIF, HEIC, MP4) says it is; none when it is no such file. */
function brandsOf(bytes: Buffer): string[] {
  if (bytes.toString('latin1', 4, 8) !== 'ftyp') return [];
  const end = Math.min(bytes.readUInt32BE(0), bytes.length, 256);
  const brands: string[] = [];
  for (let at = 8; at + 4 <= end; at += 4) if (at !== 12) brands.push(bytes.toString('latin1', at, at + 4));
  return brands;
}

/** Start-of-scan markers up to the end of the first picture; stuffed bytes and restart markers are no markers. */
export function countScans(bytes: Buffer): number {
  let scans = 0;
  let at = 2;
  while (at + 4 <= bytes.length) {
    at = bytes.indexOf(0xff, at);
    if (at < 0) break;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xd9) break;
    if (marker === 0xda) scans++;
    const standsAlone = marker === 0 || marker === 0xff || marker === 1 || (marker >= 0xd0 && marker <= 0xd8);
    if (marker === 0xff) at += 1;
    else if (standsAlone || at + 4 > bytes.length) at += 2;
    else at += 2 + Math.max(2, bytes.readUInt16BE(at + 2));
  }
  return scans;
}
