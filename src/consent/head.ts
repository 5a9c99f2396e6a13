import { createHash } from 'node:crypto';
import type { JWK } from 'jose';
import { z } from 'zod';
import { opened } from './jws.ts';
import { leafHash, type Seen } from './merkle.ts';

/** The type of a signed head. With it, a head cannot pass as a receipt. */
export const HEAD_TYPE = 'ledger-head+jwt';

const claims = z.strictObject({
  iss: z.literal('facefinder'),
  /** Seconds since 1970. */
  iat: z.int().nonnegative(),
  /** SHA-256 of the scope's random id. */
  scope: z.string().regex(/^[0-9a-f]{64}$/),
  /** The number of entries in the scope's ledger at the time `iat`. */
  size: z.int().nonnegative(),
  /** The root of the Merkle tree over these entries. */
  root: z.string().regex(/^[0-9a-f]{64}$/),
});

/** The claims of a signed head of a scope's ledger. */
export type HeadClaims = z.infer<typeof claims>;

/** The name of a scope in signed texts. It does not reveal the id. */
export function scopeHash(scope: string): string {
  return createHash('sha256').update(scope).digest('hex');
}

/** The leaf of the Merkle tree for an entry. An entry's hash covers the whole entry. */
export function leafOf({ hash }: { readonly hash: string }): string {
  return leafHash(Buffer.from(hash, 'hex'));
}

/**
 * The claims about a ledger at `at` (milliseconds since 1970). Once they are signed, the operator
 * cannot deny them.
 */
export function headClaims(scope: string, { size, root }: Seen, at: number): HeadClaims {
  return { iss: 'facefinder', iat: Math.floor(at / 1000), scope: scopeHash(scope), size, root };
}

/**
 * The claims of a head signed by the owner of `publicJwk`. Throws an Error that says what is wrong
 * with it.
 */
export async function verifyHead(jws: string, publicJwk: JWK): Promise<HeadClaims> {
  const { typ, payload } = await opened(jws, publicJwk);
  const parsed = claims.safeParse(payload);
  if (typ !== HEAD_TYPE || !parsed.success) throw new Error('this is signed with that key, but is no head of a ledger');
  return parsed.data;
}
