import { createHash } from 'node:crypto';
import type { JWK } from 'jose';
import { z } from 'zod';
import { opened } from './jws.ts';
import { leafHash, type Seen } from './merkle.ts';

/** Keeps a head from being taken for a receipt. */
export const HEAD_TYPE = 'ledger-head+jwt';

const claims = z.strictObject({
  iss: z.literal('facefinder'),
  /** Seconds since 1970. */
  iat: z.int().nonnegative(),
  /** SHA-256 of the scope's random id. */
  scope: z.string().regex(/^[0-9a-f]{64}$/),
  /** Entries of the scope's ledger then. */
  size: z.int().nonnegative(),
  /** Root of the Merkle tree over them. */
  root: z.string().regex(/^[0-9a-f]{64}$/),
});

/** What a signed head of a scope's ledger says. */
export type HeadClaims = z.infer<typeof claims>;

/** How a scope is called in what is signed: nobody learns its id from it. */
export function scopeHash(scope: string): string {
  return createHash('sha256').update(scope).digest('hex');
}

/** An entry of a ledger in its Merkle tree: the entry's hash says all that the entry does. */
export function leafOf({ hash }: { readonly hash: string }): string {
  return leafHash(Buffer.from(hash, 'hex'));
}

/** What is said of a ledger at `at` (milliseconds since 1970): signed, the operator cannot deny later that it was so. */
export function headClaims(scope: string, { size, root }: Seen, at: number): HeadClaims {
  return { iss: 'facefinder', iat: Math.floor(at / 1000), scope: scopeHash(scope), size, root };
}

/** What a head says that was signed by the owner of `publicJwk`. Throws an Error that says what is wrong with it otherwise. */
export async function verifyHead(jws: string, publicJwk: JWK): Promise<HeadClaims> {
  const { typ, payload } = await opened(jws, publicJwk);
  const parsed = claims.safeParse(payload);
  if (typ !== HEAD_TYPE || !parsed.success) throw new Error('this is signed with that key, but is no head of a ledger');
  return parsed.data;
}
