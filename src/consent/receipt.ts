import { createHash, createPrivateKey, createPublicKey, randomUUID } from 'node:crypto';
import { CompactSign, calculateJwkThumbprint, compactVerify, errors, exportJWK, importJWK, type JWK } from 'jose';
import { z } from 'zod';
import type { Keys } from '../secrets/keys.ts';

/** What an erasure did, as the gallery reports it. */
export interface ErasureFacts {
  readonly scope: string;
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The person's salted hash in the ledger; the salt is gone. */
  readonly subject: string;
  readonly notice?: { readonly version: number; readonly hash: string };
  readonly removed: Readonly<Record<string, number>>;
  readonly entry: { readonly seq: number; readonly hash: string };
}

/** How the erasure was checked. */
export interface ErasureChecks {
  /** Rows that a search for the person still found. A receipt is signed only when it is 0. */
  readonly left: number;
  /** `pending`: deleted, not yet scrubbed from the disk; a final receipt follows. */
  readonly bytes: 'clean' | 'pending';
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();

const claims = z.strictObject({
  iss: z.literal('facefinder'),
  /** Seconds since 1970, as JWT has it. */
  iat: count,
  /** Identifies the receipt; its string does not, because base64url has spare bits at its end. */
  jti: z.uuid(),
  /** The person's salted hash in the ledger. The salt was destroyed: nobody can compute it again. */
  subject: sha256,
  /** SHA-256 of the scope's random id. */
  scope: sha256,
  reason: z.string(),
  erasedAt: z.iso.datetime(),
  /** Rows removed, by kind. */
  removed: z.record(z.string(), count),
  checked: z.strictObject({ left: z.literal(0), bytes: z.enum(['clean', 'pending']) }),
  /** False while bytes are still being scrubbed. */
  final: z.boolean(),
  /** The last notice that was agreed to; its hash in the language it was shown in. */
  notice: z.strictObject({ version: count, hash: z.string() }).optional(),
  /** The erasure's entry in the scope's hash-chained ledger. */
  ledger: z.strictObject({ seq: count, hash: sha256 }),
});

/** The claims of a receipt. */
export type ReceiptClaims = z.infer<typeof claims>;

export interface ReceiptSigner {
  /** A signed receipt: JWS compact, Ed25519. Throws when rows are left: such a thing is not signed. */
  readonly sign: (facts: ErasureFacts, checks: ErasureChecks) => Promise<string>;
  /** What receipts are verified with; `kid` is its RFC 7638 thumbprint. */
  readonly publicJwk: JWK;
}

const TYPE = 'erasure-receipt+jwt';

/** Two names of one thing: RFC 8037's, which jose and older verifiers know, and RFC 9864's. */
const ALGORITHMS = ['EdDSA', 'Ed25519'];

/** PKCS #8 (RFC 8410) of an Ed25519 key, up to its 32 bytes of seed. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Signs with the key whose seed MASTER_KEY gives: the same installation has the same public key for ever. */
export async function receiptSigner(keys: Pick<Keys, 'receipts'>): Promise<ReceiptSigner> {
  const der = Buffer.concat([PKCS8_ED25519, keys.receipts]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const bare = await exportJWK(createPublicKey(key));
  const kid = await calculateJwkThumbprint(bare);
  return {
    publicJwk: { ...bare, kid, alg: 'EdDSA', use: 'sig' },
    sign: (facts, checks) =>
      new CompactSign(Buffer.from(JSON.stringify(claimsOf(facts, checks))))
        .setProtectedHeader({ alg: 'EdDSA', typ: TYPE, kid })
        .sign(key),
  };
}

/** The claims of a receipt signed by the owner of `publicJwk`. Throws an Error that says what is wrong with it otherwise. */
export async function verifyReceipt(jws: string, publicJwk: JWK): Promise<ReceiptClaims> {
  const { kty, crv, x } = publicJwk;
  if (kty !== 'OKP' || crv !== 'Ed25519' || !x) throw new Error('the key is no Ed25519 public key');
  const key = await importJWK({ kty, crv, x }, 'EdDSA');
  const { payload, protectedHeader } = await compactVerify(jws, key, { algorithms: ALGORITHMS }).catch(explain);
  if (protectedHeader.typ !== TYPE) throw new Error('this is a signed text of that key, but no erasure receipt');
  const parsed = claims.safeParse(readJson(payload));
  if (!parsed.success) throw new Error('this is signed with that key, but does not say what a receipt says');
  return parsed.data;
}

function explain(cause: unknown): never {
  if (cause instanceof errors.JOSEAlgNotAllowed || cause instanceof errors.JOSENotSupported) {
    throw new Error('this is signed in another way than receipts are (Ed25519)', { cause });
  }
  if (cause instanceof errors.JWSSignatureVerificationFailed) {
    throw new Error('this receipt was not signed with that key, or was changed afterwards', { cause });
  }
  throw new Error('this is no receipt: a receipt is a JWS, three parts with dots between', { cause });
}

function readJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString());
  } catch {
    return undefined;
  }
}

function claimsOf({ scope, subject, reason, at, removed, notice, entry }: ErasureFacts, checks: ErasureChecks) {
  const { left, bytes } = checks;
  if (left !== 0) throw new Error('rows are left: this is no erasure to sign a receipt for');
  return {
    iss: 'facefinder',
    iat: Math.floor(Date.now() / 1000),
    jti: randomUUID(),
    subject,
    scope: createHash('sha256').update(scope).digest('hex'),
    reason,
    erasedAt: new Date(at).toISOString(),
    removed,
    checked: { left, bytes },
    final: bytes === 'clean',
    ...(notice && { notice }),
    ledger: entry,
  } satisfies ReceiptClaims;
}
