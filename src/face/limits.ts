/** The most bytes of a photo's file. */
export const MAX_PHOTO_BYTES = 20 * 2 ** 20;

/** The most pixels of a photo. More are refused from its header. */
export const MAX_PIXELS = 50e6;

/** Pictures that are recognised but never decoded. HEIC has a sentence of its own. */
export const UNREAD_KINDS = ['BMP', 'TIFF', 'Photoshop', 'ICO', 'JPEG XL', 'JPEG 2000'] as const;
