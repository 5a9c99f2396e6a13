import { TOMBSTONE_RETENTION_MS } from '../erasure.ts';
import { FIND_RETENTION_MS } from '../gallery.ts';

/** Older items are removed. Times are milliseconds since 1970. */
export function keptSince(now: number): { readonly finds: number; readonly tombstones: number } {
  return { finds: now - FIND_RETENTION_MS, tombstones: now - TOMBSTONE_RETENTION_MS };
}
