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
import type { GalleryStore } from './gallery-store.ts';

/**
 * The promises of every gallery, on any store. `newStore` gives a new empty store. The tests of one
 * subject share one store, each in a scope of its own.
 */
export function galleryContract(name: string, newStore: () => Promise<GalleryStore>): void {
  describe(`gallery: ${name}`, () => {
    scopesContract(newStore);
    settingsContract(newStore);
    consentContract(newStore);
    enrolContract(newStore);
    takenContract(newStore);
    searchContract(newStore);
    findsContract(newStore);
    eraseContract(newStore);
    storeContract(newStore);
    costContract(newStore);
  });
}
