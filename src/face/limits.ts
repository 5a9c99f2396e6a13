/** A photo's file may have this many bytes. */
export const MAX_PHOTO_BYTES = 20 * 2 ** 20;

/** A photo of more pixels is refused from its header. */
export const MAX_PIXELS = 50e6;

/** Pictures for certain, yet never decoded; HEIC has a sentence of its own. */
export const UNREAD_KINDS = ['BMP', 'TIFF', 'Photoshop', 'ICO', 'JPEG XL', 'JPEG 2000'] as const;
