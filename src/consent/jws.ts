import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { CompactSign, calculateJwkThumbprint, compactVerify, errors, exportJWK, importJWK, type JWK } from 'jose';
import type { Keys } from '../secrets/keys.ts';

/** The operator's signature. With `typ`, one kind of text cannot pass as another. */
export interface Signature {
  /** Signs claims: a compact JWS, Ed25519. */
  readonly sign: (typ: string, claims: object) => Promise<string>;
  /** The key that verifies it; `kid` is its RFC 7638 thumbprint. */
  readonly publicJwk: JWK;
}

/**
 * Two names of the same algorithm. jose and older verifiers know `EdDSA` from RFC 8037. `Ed25519`
 * is from RFC 9864.
 */
const ALGORITHMS = ['EdDSA', 'Ed25519'];

/**
 * The first bytes of a PKCS #8 file (RFC 8410) for an Ed25519 key. The 32 bytes of the seed follow.
 */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * Signs with the key whose seed MASTER_KEY gives. So an installation keeps its public key as long
 * as it keeps MASTER_KEY.
 */
export async function signatureOf({ receipts }: Pick<Keys, 'receipts'>): Promise<Signature> {
  const der = Buffer.concat([PKCS8_ED25519, receipts]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const bare = await exportJWK(createPublicKey(key));
  const kid = await calculateJwkThumbprint(bare);
  return {
    publicJwk: { ...bare, kid, alg: 'EdDSA', use: 'sig' },
    sign: (typ, claims) => signed(key, kid, typ, claims),
  };
}

function signed(key: KeyObject, kid: string, typ: string, claims: object): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify(claims))).setProtectedHeader({ alg: 'EdDSA', typ, kid }).sign(key);
}

/**
 * The type and content of a text signed by the owner of `publicJwk`. Throws an Error that says what
 * is wrong with it.
 */
export async function opened(
  jws: string,
  publicJwk: JWK,
): Promise<{ readonly typ: string | undefined; readonly payload: unknown }> {
  const { kty, crv, x } = publicJwk;
  if (kty !== 'OKP' || crv !== 'Ed25519' || !x) throw new Error('the key is no Ed25519 public key');
  const key = await importJWK({ kty, crv, x }, 'EdDSA');
  const { payload, protectedHeader } = await compactVerify(jws, key, { algorithms: ALGORITHMS }).catch(explain);
  return { typ: protectedHeader.typ, payload: readJson(payload) };
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
