/** How many bytes the file of a photo may have. */
export const MAX_PHOTO_BYTES = 20 * 2 ** 20;

/** How many pixels a photo may have. A photo with more is refused when its header is read. */
export const MAX_PIXELS = 50e6;

/**
 * Kinds of pictures that are recognised but never decoded, by the names that a sentence to their
 * sender uses. HEIC is not among them, because another sentence tells of it.
 */
export const UNREAD_KINDS = ['BMP', 'TIFF', 'Photoshop', 'ICO', 'JPEG XL', 'JPEG 2000'] as const;
