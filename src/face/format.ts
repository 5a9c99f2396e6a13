import { Failure } from '../failure.ts';
import { UNREAD_KINDS } from './limits.ts';

/** A text (in Latin-1) and the offset at which a file of some format has it. */
type Mark = readonly [at: number, text: string];

/** The formats that are decoded, by their first bytes. The file name does not count. */
const READ: readonly (readonly Mark[])[] = [
  [[0, '\xff\xd8\xff']],
  [[0, '\x89PNG\r\n\x1a\n']],
  [
    [0, 'RIFF'],
    [8, 'WEBP'],
  ],
  [[0, 'GIF87a']],
  [[0, 'GIF89a']],
];

/** The first bytes of kinds of pictures that are never decoded. */
const UNREAD: readonly (readonly [mark: string, kind: (typeof UNREAD_KINDS)[number]])[] = [
  ['BM', 'BMP'],
  ['II*\0', 'TIFF'],
  ['MM\0*', 'TIFF'],
  ['8BPS', 'Photoshop'],
  ['\0\0\x01\0', 'ICO'],
  ['\xff\x0a', 'JPEG XL'],
  ['\0\0\0\x0cJXL ', 'JPEG XL'],
  ['\0\0\0\x0cjP  ', 'JPEG 2000'],
];

const AVIF = ['avif', 'avis'];
const HEIC = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'];

/**
 * Accepts JPEG, PNG, WebP, GIF and AVIF.
 * @throws Failure `not_an_image` for bytes of no known kind; `image_unreadable` for a picture of a
 * known kind that is not decoded. Its details say which: `heic: 1` for HEIC (iPhones), otherwise
 * `kind`, the position in {@link UNREAD_KINDS}, counted from 1
 */
export function checkFormat(photo: Uint8Array): void {
  const bytes = Buffer.from(photo.buffer, photo.byteOffset, photo.byteLength);
  const has = ([at, text]: Mark) => bytes.toString('latin1', at, at + text.length) === text;
  const brands = brandsOf(bytes);
  if (READ.some((marks) => marks.every(has)) || AVIF.some((brand) => brands.includes(brand))) return;
  if (HEIC.some((brand) => brands.includes(brand))) throw new Failure('image_unreadable', { details: { heic: 1 } });
  const unread = UNREAD.find(([mark]) => has([0, mark]));
  if (unread) throw new Failure('image_unreadable', { details: { kind: 1 + UNREAD_KINDS.indexOf(unread[1]) } });
  throw new Failure('not_an_image');
}

/** The brands that an ISO base media file (AVIF, HEIC, MP4) lists; empty for other files. */
function brandsOf(bytes: Buffer): string[] {
  if (bytes.toString('latin1', 4, 8) !== 'ftyp') return [];
  const end = Math.min(bytes.readUInt32BE(0), bytes.length, 256);
  const brands: string[] = [];
  // The four bytes at offset 12 are a version, and not a brand.
  for (let at = 8; at + 4 <= end; at += 4) if (at !== 12) brands.push(bytes.toString('latin1', at, at + 4));
  return brands;
}
