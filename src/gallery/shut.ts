import type { Gallery } from './gallery.ts';

/**
 * Replaces a gallery whose store is damaged. Every call throws `error`, so that damaged data name
 * nobody. People who want to leave are noted elsewhere, until a sound store is opened.
 */
export function shutGallery(error: unknown): Gallery {
  const refuse = async () => {
    throw error;
  };
  return new Proxy({} as Gallery, {
    get(_, name) {
      // A start adopts a pack and a stop disposes. Neither may fail, so these calls do nothing.
      // `then` is missing, because a gallery is no promise.
      if (name === Symbol.asyncDispose || name === 'adoptPack') return async () => {};
      return name === 'then' ? undefined : refuse;
    },
  });
}
