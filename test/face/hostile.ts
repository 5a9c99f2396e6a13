import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import type { FailureCode } from '../../src/failure.ts';
import { portrait } from './samples.ts';

/** A file that somebody might send, and its required result: a number of faces, or a refusal. */
export interface Hostile {
  readonly what: string;
  readonly bytes: Uint8Array;
  readonly expected: number | FailureCode;
}

/** Hostile and odd photos, all made from one portrait. */
export async function hostilePhotos(): Promise<Hostile[]> {
  const jpeg = await portrait();
  const half = await sharp(jpeg).resize(220).png().toBuffer();
  const png = await sharp(half).png().toBuffer();
  const refused = (expected: FailureCode, files: Record<string, Uint8Array | string>) =>
    Object.entries(files).map(([what, file]) => ({ what, expected, bytes: Buffer.from(file as Uint8Array) }));
  const seen = (expected: number, files: Record<string, Uint8Array>) =>
    Object.entries(files).map(([what, bytes]) => ({ what, expected, bytes }));

  return [
    ...refused('not_an_image', {
      'an empty file': '',
      'a text': 'I promise that this is a photo',
      'a web page': '<!doctype html><title>502</title><img src=x onerror=alert(1)>',
      'an SVG': svg('<circle cx="9" cy="9" r="9"/>'),
      'an SVG that asks for a file': `<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/hostname">]>${svg('<text>&x;</text>')}`,
      'a gzipped SVG': Buffer.from('1f8b0800000000000003b329cecb4f2f', 'hex'),
      'an ImageMagick script': 'push graphic-context\nimage over 0,0 0,0 \'|touch /tmp/x"\npop graphic-context',
      'an EPS': '%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n',
      'a PDF': '%PDF-1.7\n1 0 obj<<>>endobj',
      'a zip': Buffer.from('504b0304140000000800', 'hex'),
      'a film': isoFile('isom', 'mp41'),
    }),
    ...refused('image_unreadable', {
      'the first three bytes of a JPEG': jpeg.subarray(0, 3),
      'a JPEG cut in its header': jpeg.subarray(0, 100),
      'a JPEG cut in half': jpeg.subarray(0, jpeg.length / 2),
      'a PNG cut in half': png.subarray(0, png.length / 2),
      'a PNG with a broken checksum': broken(png, png.indexOf('IDAT') + 400),
      'a WebP cut in half': (await sharp(half).webp().toBuffer()).subarray(0, 2000),
      'a HEIC': isoFile('heic', 'mif1'),
      'a TIFF': await sharp(half).tiff().toBuffer(),
      'a BMP': 'BM\x36\0\0\0\0\0\0\0',
      'a PNG of no size': pngOf(0, 0),
      'a JPEG of 800 scans': manyScans(800),
      'a JPEG of one scan more than is decoded': manyScans(101),
    }),
    ...refused('image_too_large', {
      'a PNG of 900 megapixels': pngOf(30_000, 30_000),
      'a PNG just over 50 megapixels': pngOf(10_000, 5_001),
      'a GIF that claims to be 65,535 pixels wide and high': gifOf(65_535, 65_535),
      'a JPEG that claims to be 65,500 pixels wide and high': resized(jpeg, 65_500, 65_500),
      'an interlaced PNG of 16 bits and alpha that would take 440 MB': pngOf(7_000, 7_000, [16, 6, 0, 0, 1]),
      'an AVIF of 25 megapixels, which would take 450 MB': await flat(5000, 5000).avif({ effort: 0 }).toBuffer(),
    }),
    ...seen(0, {
      'a single pixel': await flat(1, 1).png().toBuffer(),
      'a strip one pixel wide': await flat(1, 20_000).png().toBuffer(),
      'a strip one pixel high': await flat(20_000, 1).png().toBuffer(),
      'a JPEG of as many scans as are decoded': manyScans(100),
      'nothing but grey': await flat(800, 600).jpeg().toBuffer(),
      'a face under full transparency': await sharp(half).ensureAlpha(0).png().toBuffer(),
    }),
    ...seen(1, {
      'the portrait': jpeg,
      'a progressive JPEG': await sharp(jpeg).jpeg({ progressive: true }).toBuffer(),
      'a grey JPEG': await sharp(jpeg).greyscale().jpeg().toBuffer(),
      'a CMYK JPEG': await sharp(jpeg).toColourspace('cmyk').jpeg().toBuffer(),
      'a PNG of 16 bits': await sharp(half).toColourspace('rgb16').png().toBuffer(),
      'a PNG with a palette': await sharp(half).png({ palette: true }).toBuffer(),
      'a WebP': await sharp(half).webp().toBuffer(),
      'a GIF': await sharp(half).gif().toBuffer(),
      'an AVIF': await sharp(half).avif({ effort: 0 }).toBuffer(),
      'an animation that starts with a face': await animation(half),
      'a JPEG that is a zip as well': Buffer.concat([jpeg, Buffer.from('504b0506'.padEnd(44, '0'), 'hex')]),
      'a JPEG followed by a megabyte of zeros': Buffer.concat([jpeg, Buffer.alloc(1 << 20)]),
      'a JPEG with stray bytes, as some phones write them': withStrayBytes(jpeg),
      'a JPEG with a position in it': await sharp(jpeg)
        .withExif({ IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
        .toBuffer(),
    }),
  ];
}

/**
 * The portrait as a phone would store it when held in the way that EXIF calls `orientation` (1 to
 * 8).
 */
export async function turnedByExif(orientation: number): Promise<Buffer> {
  const photo = sharp(await portrait());
  if ([2, 4, 5, 7].includes(orientation)) photo.flop();
  const pixels = await sharp(await photo.png().toBuffer())
    .rotate({ 3: 180, 4: 180, 5: 270, 6: 270, 7: 90, 8: 90 }[orientation] ?? 0)
    .png()
    .toBuffer();
  return sharp(pixels).withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer();
}

function flat(width: number, height: number) {
  return sharp({ create: { width, height, channels: 3, background: '#808080' } });
}

function svg(body: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90">${body}</svg>`;
}

/**
 * A file with only the first box of an ISO base media file. The box names brands, and the contents
 * are missing.
 */
function isoFile(...brands: string[]): Buffer {
  const [major, ...compatible] = brands;
  const box = Buffer.from(`....ftyp${major}\0\0\0\0${compatible.join('')}`, 'latin1');
  box.writeUInt32BE(box.length);
  return Buffer.concat([box, Buffer.alloc(64)]);
}

/**
 * A PNG of any size whose pixels are a few kilobytes of zeros. `mode`: bit depth, colour type,
 * compression, filter and interlacing.
 */
function pngOf(width: number, height: number, mode: readonly number[] = [1, 0, 0, 0, 0]): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  const pixels = deflateSync(Buffer.alloc(1 << 20));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', Buffer.concat([header, Buffer.from(mode)])),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const body = Buffer.concat([Buffer.from(name), data]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

function gifOf(width: number, height: number): Buffer {
  const header = Buffer.from('GIF89a\0\0\0\0\x80\0\0\0\0\0\xff\xff\xff', 'latin1');
  const frame = Buffer.from(',\0\0\0\0\0\0\0\0\0\x02\x02\x44\x01\0;', 'latin1');
  for (const [bytes, at] of [
    [header, 6],
    [frame, 5],
  ] as const) {
    bytes.writeUInt16LE(width, at);
    bytes.writeUInt16LE(height, at + 2);
  }
  return Buffer.concat([header, frame]);
}

/** The same JPEG with another size in the header of its frame. */
function resized(jpeg: Buffer, width: number, height: number): Buffer {
  const lying = Buffer.from(jpeg);
  let frame = 2;
  while (lying[frame + 1] !== 0xc0 && lying[frame + 1] !== 0xc2) frame += 2 + lying.readUInt16BE(frame + 2);
  lying.writeUInt16BE(height, frame + 5);
  lying.writeUInt16BE(width, frame + 7);
  return lying;
}

/**
 * A valid progressive JPEG of `count` scans, all grey. The first scan gives the mean of each block.
 * Each other scan says that one coefficient has no further bit, from the 14th bit down (ITU-T T.81,
 * annex G). Decoders without a limit read all scans.
 */
function manyScans(count: number): Buffer {
  const table = (kind: number) => jpegSegment(0xc4, [kind, 1, ...Array(15).fill(0), 0]);
  // The table has only one code, so "nothing" is a single bit 0, and 64 blocks take 8 bytes.
  const scan = (coefficient: number, before: number, after: number) => [
    jpegSegment(0xda, [1, 1, 0, coefficient, coefficient, (before << 4) | after]),
    Buffer.alloc(8),
  ];
  const others = Array.from({ length: count - 1 }, (_, i) => {
    const after = 13 - Math.floor(i / 63);
    return scan(1 + (i % 63), after === 13 ? 0 : after + 1, after);
  });
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    jpegSegment(0xdb, [0, ...Array(64).fill(1)]),
    jpegSegment(0xc2, [8, 0, 64, 0, 64, 1, 1, 0x11, 0]),
    table(0x00),
    table(0x10),
    ...[scan(0, 0, 0), ...others].flat(),
    Buffer.from([0xff, 0xd9]),
  ]);
}

function jpegSegment(marker: number, content: readonly number[]): Buffer {
  return Buffer.from([0xff, marker, 0, content.length + 2, ...content]);
}

function withStrayBytes(jpeg: Buffer): Buffer {
  const end = jpeg.lastIndexOf(Buffer.from([0xff, 0xd9]));
  return Buffer.concat([jpeg.subarray(0, end), Buffer.alloc(9, 7), jpeg.subarray(end)]);
}

async function animation(first: Buffer): Promise<Buffer> {
  const { width, height } = await sharp(first).metadata();
  const second = await flat(width, height).png().toBuffer();
  return sharp([first, second], { join: { animated: true } })
    .webp()
    .toBuffer();
}

function broken(file: Buffer, at: number): Buffer {
  const copy = Buffer.from(file);
  copy.writeUInt8(copy.readUInt8(at) ^ 0xff, at);
  return copy;
}
