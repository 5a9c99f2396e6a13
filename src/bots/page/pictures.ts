import { boundedMemory, type MemoryLimits } from './memory.ts';

/**
 * Pictures of results, for the people who asked. They are kept for some minutes, under names that
 * nobody can guess.
 */
export interface Pictures {
  /**
   * Keeps a JPEG for `user` and gives its name; undefined when it is larger than all the memory for
   * pictures.
   */
  add(user: string, jpeg: Uint8Array): string | undefined;
  /**
   * A kept picture; undefined for a name that was never given, and once the picture was dropped.
   */
  get(name: string): Uint8Array | undefined;
  /** Drops all pictures made for a person. */
  forget(user: string): void;
}

/** Pictures within `limits`; the oldest make room for newer ones. */
export function memoryPictures(limits: MemoryLimits): Pictures {
  const memory = boundedMemory<{ readonly user: string; readonly jpeg: Uint8Array }>(limits, () => true);
  return {
    add: (user, jpeg) => memory.add({ user, jpeg }, jpeg.length),
    get: (name) => memory.get(name)?.jpeg,
    forget: (user) => memory.drop((picture) => picture.user === user),
  };
}
