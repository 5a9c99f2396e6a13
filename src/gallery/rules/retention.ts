import { TOMBSTONE_RETENTION_MS } from '../erasure.ts';
import { FIND_RETENTION_MS } from '../gallery.ts';

/**
 * From when on lines of the search log (`finds`) and tombstones are kept, milliseconds since 1970.
 * Older ones are removed.
 */
export function keptSince(now: number): { readonly finds: number; readonly tombstones: number } {
  return { finds: now - FIND_RETENTION_MS, tombstones: now - TOMBSTONE_RETENTION_MS };
}
