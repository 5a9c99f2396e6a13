import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** The numbers of bytes of the nonce and of the tag, with which a sealed value begins. */
export const NONCE = 12;
export const TAG = 16;

/**
 * Seals with AES-256-GCM. A sealed value is the nonce (12 bytes), the tag (16 bytes) and the
 * ciphertext. `context`, the additional data, says where the value belongs (table, scope, person).
 * If somebody moves the value to another place, it does not open there.
 */
export function seal(key: Uint8Array, plain: Uint8Array | string, context: string): Uint8Array {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plain as Uint8Array), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** The bytes that {@link seal} sealed. Throws when the key, the context or any bit differs. */
export function unseal(key: Uint8Array, sealed: Uint8Array, context: string): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE), { authTagLength: TAG })
      .setAAD(Buffer.from(context))
      .setAuthTag(sealed.subarray(NONCE, NONCE + TAG));
    return Buffer.concat([decipher.update(sealed.subarray(NONCE + TAG)), decipher.final()]);
  } catch (cause) {
    // OpenSSL's message ("unable to authenticate data") does not help an operator.
    throw new Error('a sealed value does not open: another key, another place, or changed since', { cause });
  }
}

/** As {@link seal}, for a JSON value, and as base64url text. */
export function sealJson(key: Uint8Array, value: unknown, context: string): string {
  return Buffer.from(seal(key, JSON.stringify(value), context)).toString('base64url');
}

/**
 * The value that {@link sealJson} sealed. It is not checked to be a T. Throws as {@link unseal}.
 */
export function unsealJson<T>(key: Uint8Array, sealed: string, context: string): T {
  return JSON.parse(unseal(key, Buffer.from(sealed, 'base64url'), context).toString()) as T;
}
