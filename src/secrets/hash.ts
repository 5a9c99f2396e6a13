import { createHmac } from 'node:crypto';

/**
 * HMAC-SHA256 over `parts`, each prefixed by its length so that no two lists collide; base64url, 43
 * characters. The first part names what is hashed ('person', 'place', 'job').
 */
export function keyedHash(key: Uint8Array, ...parts: readonly string[]): string {
  const hmac = createHmac('sha256', key);
  for (const part of parts) {
    const bytes = Buffer.from(part);
    hmac.update(`${bytes.length}:`).update(bytes);
  }
  return hmac.digest('base64url');
}
