import type { Gallery, PackVersion } from '../../src/gallery/gallery.ts';

/** One store (a file, an index prefix) that can be opened again and again, by several at once, always with the same keys. */
export interface GalleryPlace {
  /** Pack {@link PACK} and notice 1 unless told. Whoever opens closes. */
  open(options?: { pack?: PackVersion; notice?: number }): Promise<Gallery>;
  /** The id of the pack that was adopted last, as it is read before the store is opened. */
  adopted(): Promise<string | undefined>;
  /** What the store was asked so far: each statement or request, and each row or document of the answers, counts as one. */
  readonly spent?: () => number;
}

/** Of few dimensions, so that random faces are neither all near nor all equally far. */
export const PACK: PackVersion = { id: 'test@1', dims: 16 };
