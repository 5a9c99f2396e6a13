import { createHmac } from 'node:crypto';

/**
 * HMAC-SHA256 of `parts`, in base64url, 43 characters. Each part is hashed with its length, so that
 * different lists of parts do not give the same hash. The first part says what kind of thing is
 * hashed ('person', 'place', 'job').
 */
export function keyedHash(key: Uint8Array, ...parts: readonly string[]): string {
  const hmac = createHmac('sha256', key);
  for (const part of parts) {
    const bytes = Buffer.from(part);
    hmac.update(`${bytes.length}:`).update(bytes);
  }
  return hmac.digest('base64url');
}
