import { afterAll, beforeAll } from 'vitest';
import type { ScopeId } from '../../../src/consent/who.ts';
import type { Gallery } from '../../../src/gallery/gallery.ts';
import type { GalleryStore } from '../gallery-store.ts';
import { somewhere } from '../people.ts';

/**
 * A store that is opened twice, as by two processes, for all tests of one subject. Its fields are
 * set before the first test.
 */
export interface Shared {
  store: GalleryStore;
  /** The gallery under test. */
  gallery: Gallery;
  /** Another gallery on the same store. */
  beside: Gallery;
  /** A scope that nothing else uses. */
  scope(): Promise<ScopeId>;
}

export function sharedStore(newStore: () => Promise<GalleryStore>): Shared {
  const shared = { scope: () => shared.gallery.scope(somewhere()) } as Shared;
  beforeAll(async () => {
    shared.store = await newStore();
    shared.gallery = await shared.store.open();
    shared.beside = await shared.store.open();
  });
  afterAll(async () => {
    await shared.gallery?.[Symbol.asyncDispose]();
    await shared.beside?.[Symbol.asyncDispose]();
  });
  return shared;
}
