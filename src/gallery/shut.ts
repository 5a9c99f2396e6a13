import type { Gallery } from './gallery.ts';

/**
 * Stands for a gallery whose store is damaged: every call throws `error`, so that nobody is named by what cannot be trusted, and
 * everybody who wants to leave is taken note of elsewhere until a sound store is opened.
 */
export function shutGallery(error: unknown): Gallery {
  const refuse = async () => {
    throw error;
  };
  return new Proxy({} as Gallery, {
    get(_, name) {
      // Nothing to close, nothing to compare; and it is no promise.
      if (name === Symbol.asyncDispose || name === 'adoptPack') return async () => {};
      return name === 'then' ? undefined : refuse;
    },
  });
}
