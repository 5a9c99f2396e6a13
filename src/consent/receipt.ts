import { createHash, createPrivateKey, createPublicKey, randomUUID } from 'node:crypto';
import { CompactSign, calculateJwkThumbprint, compactVerify, exportJWK, importJWK, type JWK } from 'jose';
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
  /** Rows that a search for the person still found. */
  readonly left: number;
  /** `pending`: deleted, not yet scrubbed from the disk; a final receipt follows. */
  readonly bytes: 'clean' | 'pending';
}

/** The claims of a receipt. */
export interface ReceiptClaims {
  readonly iss: 'facefinder';
  /** Seconds since 1970, as JWT has it. */
  readonly iat: number;
  /** Identifies the receipt; its string does not, because base64url has spare bits at its end. */
  readonly jti: string;
  readonly subject: string;
  /** SHA-256 (hex) of the scope's random id. */
  readonly scope: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly erasedAt: string;
  readonly removed: Readonly<Record<string, number>>;
  readonly checked: ErasureChecks;
  /** False while bytes are still being scrubbed. */
  readonly final: boolean;
  readonly notice?: { readonly version: number; readonly hash: string };
  /** The erasure's entry in the scope's hash-chained ledger. */
  readonly ledger: { readonly seq: number; readonly hash: string };
}

export interface ReceiptSigner {
  /** A signed receipt: JWS compact, Ed25519. */
  readonly sign: (facts: ErasureFacts, checks: ErasureChecks) => Promise<string>;
  /** What receipts are verified with; `kid` is its RFC 7638 thumbprint. */
  readonly publicJwk: JWK;
}

const TYPE = 'erasure-receipt+jwt';

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
  const key = await importJWK(publicJwk, 'EdDSA');
  const { payload, protectedHeader } = await compactVerify(jws, key, { algorithms: ['EdDSA', 'Ed25519'] }).catch(
    (cause) => {
      throw new Error('this receipt was not signed with that key, or was changed afterwards', { cause });
    },
  );
  if (protectedHeader.typ !== TYPE) throw new Error('this is a signed text of that key, but no erasure receipt');
  return JSON.parse(Buffer.from(payload).toString()) as ReceiptClaims;
}

function claimsOf(facts: ErasureFacts, checks: ErasureChecks): ReceiptClaims {
  return {
    iss: 'facefinder',
    iat: Math.floor(Date.now() / 1000),
    jti: randomUUID(),
    subject: facts.subject,
    scope: createHash('sha256').update(facts.scope).digest('hex'),
    reason: facts.reason,
    erasedAt: new Date(facts.at).toISOString(),
    removed: facts.removed,
    checked: checks,
    final: checks.left === 0 && checks.bytes === 'clean',
    ...(facts.notice && { notice: facts.notice }),
    ledger: facts.entry,
  };
}
