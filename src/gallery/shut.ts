import type { Gallery } from './gallery.ts';

/**
 * Replaces a gallery whose store is damaged. Every call throws `error`, so that no untrusted data
 * name anybody. Wishes to leave are noted elsewhere until a sound store is opened.
 */
export function shutGallery(error: unknown): Gallery {
  const refuse = async () => {
    throw error;
  };
  return new Proxy({} as Gallery, {
    get(_, name) {
      // Disposing and adopting a pack do nothing. `then` is missing, because a gallery is no
      // promise.
      if (name === Symbol.asyncDispose || name === 'adoptPack') return async () => {};
      return name === 'then' ? undefined : refuse;
    },
  });
}
