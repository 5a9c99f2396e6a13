import type { Gallery, PackVersion } from '../../src/gallery/gallery.ts';

/**
 * One store (a file, an index prefix) that can be opened again and again, by several at once,
 * always with the same keys.
 */
export interface GalleryStore {
  /**
   * Opens the gallery, which the caller closes. The defaults are pack {@link PACK} and notice 1.
   */
  open(options?: { pack?: PackVersion; notice?: number; now?: () => number }): Promise<Gallery>;
  /** The id of the pack that was adopted last, read before the store is opened. */
  adopted(): Promise<string | undefined>;
  /**
   * Counts what the store was asked: each statement or request, and each row or document of the
   * answers.
   */
  readonly spent?: () => number;
}

/** Few dimensions, so that random faces are not all at the same distance. */
export const PACK: PackVersion = { id: 'test@1', dims: 16 };
