import { randomBytes } from 'node:crypto';

/** Values that stay only in memory, for a while. */
export interface Memory<T> {
  /**
   * Keeps a value under a name of 128 random bits, which nobody can guess. To make room, it drops
   * the oldest values that may go. Undefined when that is not enough.
   */
  add(value: T, bytes: number): string | undefined;
  /**
   * Counts `bytes` more for a value. Like `add`, it makes room for them. If that is not enough, it
   * drops this value. Gives whether the value is still kept.
   */
  grow(name: string, bytes: number): boolean;
  get(name: string): T | undefined;
  /** Drops every value for which `gone` returns true. */
  drop(gone: (value: T, name: string) => boolean): void;
  entries(): Iterable<readonly [name: string, value: T]>;
}

export interface MemoryLimits {
  readonly items: number;
  readonly bytes: number;
  /** How many milliseconds a value is kept at most. */
  readonly ttlMs: number;
}

/**
 * A {@link Memory} within `limits`. To make room, it drops only values for which `mayGo` is true.
 */
export function boundedMemory<T>(limits: MemoryLimits, mayGo: (value: T) => boolean): Memory<T> {
  const kept = new Map<string, { readonly value: T; bytes: number; readonly timer: NodeJS.Timeout }>();
  let total = 0;

  const remove = (name: string) => {
    const item = kept.get(name);
    if (!item) return;
    clearTimeout(item.timer);
    kept.delete(name);
    total -= item.bytes;
  };
  /**
   * Drops values that may go, except `except`, until so much fits; false when it still does not
   * fit. A Map keeps the order in which values came, so the first value that may go is the oldest.
   */
  const makeRoom = (bytes: number, items: number, except?: string): boolean => {
    const fits = () => total + bytes <= limits.bytes && kept.size + items <= limits.items;
    for (const [name, { value }] of kept) {
      if (fits()) break;
      if (name !== except && mayGo(value)) remove(name);
    }
    return fits();
  };

  return {
    add(value, bytes) {
      if (!makeRoom(bytes, 1)) return undefined;
      const name = randomBytes(16).toString('base64url');
      const timer = setTimeout(() => remove(name), limits.ttlMs).unref();
      kept.set(name, { value, bytes, timer });
      total += bytes;
      return name;
    },
    grow(name, bytes) {
      const item = kept.get(name);
      if (!item) return false;
      if (!makeRoom(bytes, 0, name)) {
        remove(name);
        return false;
      }
      item.bytes += bytes;
      total += bytes;
      return true;
    },
    get: (name) => kept.get(name)?.value,
    drop(gone) {
      for (const [name, { value }] of kept) if (gone(value, name)) remove(name);
    },
    *entries() {
      for (const [name, { value }] of kept) yield [name, value] as const;
    },
  };
}
