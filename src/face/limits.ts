/** How many bytes the file of a photo may have. */
export const MAX_PHOTO_BYTES = 20 * 2 ** 20;

/** How many pixels a photo may have. A larger one is refused when its header is read. */
export const MAX_PIXELS = 50e6;

/**
 * Kinds of pictures that are recognised but never decoded. HEIC is not here, because it has a
 * sentence of its own.
 */
export const UNREAD_KINDS = ['BMP', 'TIFF', 'Photoshop', 'ICO', 'JPEG XL', 'JPEG 2000'] as const;
