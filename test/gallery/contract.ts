import { describe } from 'vitest';
import { consentContract } from './contract/consent.ts';
import { costContract } from './contract/cost.ts';
import { enrolContract } from './contract/enrol.ts';
import { eraseContract } from './contract/erase.ts';
import { findsContract } from './contract/finds.ts';
import { scopesContract } from './contract/scopes.ts';
import { searchContract } from './contract/search.ts';
import { settingsContract } from './contract/settings.ts';
import { storeContract } from './contract/store.ts';
import { takenContract } from './contract/taken.ts';
import type { GalleryPlace } from './gallery-place.ts';

/**
 * The promises of every gallery, on any store. `newPlace` gives a new empty store. The tests of one
 * subject share one, each in its own scope.
 */
export function galleryContract(name: string, newPlace: () => Promise<GalleryPlace>): void {
  describe(`gallery: ${name}`, () => {
    scopesContract(newPlace);
    settingsContract(newPlace);
    consentContract(newPlace);
    enrolContract(newPlace);
    takenContract(newPlace);
    searchContract(newPlace);
    findsContract(newPlace);
    eraseContract(newPlace);
    storeContract(newPlace);
    costContract(newPlace);
  });
}
