import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { CompactSign } from 'jose';
import { describe, expect, it } from 'vitest';
import { HEAD_TYPE, headClaims, verifyHead } from '../../src/consent/head.ts';
import { receiptSigner } from '../../src/consent/receipt.ts';
import { deriveKeys } from '../../src/secrets/keys.ts';

const signer = await receiptSigner(deriveKeys(randomBytes(32)));
const seen = { size: 7, root: 'a'.repeat(64) };
const at = Date.UTC(2026, 1, 3, 4, 5, 6, 789);

describe('a signed head of a ledger', () => {
  it('says of which group it is, by a hash, how many entries there were, their root, and when', async () => {
    expect(await verifyHead(await signer.signHead('club', seen, at), signer.publicJwk)).toEqual({
      iss: 'facefinder',
      iat: Date.UTC(2026, 1, 3, 4, 5, 6) / 1000,
      scope: createHash('sha256').update('club').digest('hex'),
      ...seen,
    });
  });

  it('is nothing else that was signed with the same key', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const jwk = publicKey.export({ format: 'jwk' });
    const sign = (typ: string, claims: unknown) =>
      new CompactSign(Buffer.from(JSON.stringify(claims))).setProtectedHeader({ alg: 'EdDSA', typ }).sign(privateKey);
    const claims = headClaims('club', seen, at);
    expect(await verifyHead(await sign(HEAD_TYPE, claims), jwk)).toEqual(claims);
    for (const other of [
      await sign('erasure-receipt+jwt', claims),
      await sign(HEAD_TYPE, { ...claims, root: 'short' }),
      await sign(HEAD_TYPE, { ...claims, more: 1 }),
    ]) {
      await expect(verifyHead(other, jwk)).rejects.toThrow(/no head of a ledger/);
    }
    await expect(verifyHead(await sign(HEAD_TYPE, claims), signer.publicJwk)).rejects.toThrow();
  });
});
