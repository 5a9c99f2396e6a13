import { describe } from 'vitest';
import type { Gallery, PackVersion } from '../../src/gallery/gallery.ts';
import { consentContract } from './contract/consent.ts';
import { enrolContract } from './contract/enrol.ts';
import { eraseContract } from './contract/erase.ts';
import { findsContract } from './contract/finds.ts';
import { scopesContract } from './contract/scopes.ts';
import { searchContract } from './contract/search.ts';
import { storeContract } from './contract/store.ts';

/** One store (a file, an index prefix) that can be opened again and again, by several at once, always with the same keys. */
export interface GalleryPlace {
  /** Pack {@link PACK} and notice 1 unless told. Whoever opens closes. */
  open(options?: { pack?: PackVersion; notice?: number }): Promise<Gallery>;
}

/** Of few dimensions, so that random faces are neither all near nor all equally far. */
export const PACK: PackVersion = { id: 'test@1', dims: 16 };

/**
 * What every gallery promises, whatever it is built on. `newPlace` gives an empty store that shares nothing with those before;
 * the tests of one subject share one, each in a scope of its own.
 */
export function galleryContract(name: string, newPlace: () => Promise<GalleryPlace>): void {
  describe(`gallery: ${name}`, () => {
    scopesContract(newPlace);
    consentContract(newPlace);
    enrolContract(newPlace);
    searchContract(newPlace);
    findsContract(newPlace);
    eraseContract(newPlace);
    storeContract(newPlace);
  });
}
