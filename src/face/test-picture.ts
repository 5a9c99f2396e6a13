import sharp from 'sharp';

/** The size of the drawn picture. */
export const DRAWN = { width: 640, height: 480, channels: 3 } as const;

/** The pixels of the drawn picture: a pattern that shows nobody. */
export function drawnPixels(): Uint8Array {
  return new Uint8Array(DRAWN.width * DRAWN.height * DRAWN.channels).map((_, i) => (i * 7) % 256);
}

/** The drawn picture as a JPEG. */
export async function drawnPhoto(): Promise<Uint8Array> {
  return await sharp(drawnPixels(), { raw: DRAWN }).jpeg().toBuffer();
}
