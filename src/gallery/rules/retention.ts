import { TOMBSTONE_RETENTION_MS } from '../erasure.ts';
import { FIND_RETENTION_MS } from '../gallery.ts';

/** The oldest times that are still kept, milliseconds since 1970. Anything older is removed. */
export function keptSince(now: number): { readonly finds: number; readonly tombstones: number } {
  return { finds: now - FIND_RETENTION_MS, tombstones: now - TOMBSTONE_RETENTION_MS };
}
