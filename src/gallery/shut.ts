import type { Gallery } from './gallery.ts';

/**
 * Stands in for a gallery whose store is damaged. Every call throws `error`, so that no damaged
 * data is used to name people. Erasures that people ask for meanwhile are noted elsewhere, and done
 * once a sound store is opened.
 */
export function shutGallery(error: unknown): Gallery {
  const refuse = async () => {
    throw error;
  };
  return new Proxy({} as Gallery, {
    get(_, name) {
      // `adoptPack` is called at a start, and dispose at a stop. Neither may fail, so they do
      // nothing. `then` must be missing, or else `await` would take the gallery for a promise.
      if (name === Symbol.asyncDispose || name === 'adoptPack') return async () => {};
      return name === 'then' ? undefined : refuse;
    },
  });
}
