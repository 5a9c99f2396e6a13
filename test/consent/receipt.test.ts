import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { CompactSign, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { type ErasureFacts, receiptSigner, verifyReceipt } from '../../src/consent/receipt.ts';
import { deriveKeys } from '../../src/secrets/keys.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const keys = deriveKeys(randomBytes(32));
const signer = await receiptSigner(keys);

const facts: ErasureFacts = {
  scope: 'scope-id',
  reason: 'asked',
  at: Date.UTC(2026, 1, 3, 4, 5, 6),
  subject: hash('salted person'),
  notice: { version: 3, hash: hash('notice') },
  removed: { templates: 3, people: 1, finds: 7, findsByThem: 2 },
  entry: { seq: 12, hash: hash('entry') },
};
const clean = { left: 0, bytes: 'clean' } as const;

describe('a receipt', () => {
  it('states what was erased, how that was checked, and where the ledger says so', async () => {
    const { claims } = await verifyReceipt(await signer.sign(facts, clean), signer.publicJwk);
    expect(claims).toMatchObject({
      iss: 'facefinder',
      subject: facts.subject,
      scope: hash('scope-id'),
      reason: 'asked',
      erasedAt: '2026-02-03T04:05:06.000Z',
      removed: facts.removed,
      checked: clean,
      final: true,
      notice: facts.notice,
      ledger: facts.entry,
    });
    expect(Math.abs(claims.iat - Date.now() / 1000)).toBeLessThan(60);
  });

  it('is not final while bytes are being scrubbed', async () => {
    const receipt = await signer.sign(facts, { left: 0, bytes: 'pending' });
    expect(await verifyReceipt(receipt, signer.publicJwk)).toMatchObject({
      of: 'erasure',
      claims: { final: false, checked: { bytes: 'pending' } },
    });
  });

  it('does without a notice when none was agreed to', async () => {
    const { notice: _, ...without } = facts;
    const { claims } = await verifyReceipt(await signer.sign(without, clean), signer.publicJwk);
    expect(claims).not.toHaveProperty('notice');
  });

  it('is never signed while rows are left', async () => {
    expect(() => signer.sign(facts, { left: 1, bytes: 'clean' })).toThrow(/rows are left/);
  });

  it('has an id of its own each time, the type of a receipt, and the thumbprint of its key', async () => {
    const [one, two] = [await signer.sign(facts, clean), await signer.sign(facts, clean)];
    const ids = await Promise.all(
      [one, two].map(async (jws) => (await verifyReceipt(jws, signer.publicJwk)).claims.jti),
    );
    expect(new Set(ids).size).toBe(2);
    expect(decodeProtectedHeader(one)).toEqual({ alg: 'EdDSA', typ: 'erasure-receipt+jwt', kid: signer.publicJwk.kid });
  });

  it('is signed with the same key after a restart, another with another MASTER_KEY', async () => {
    expect((await receiptSigner(keys)).publicJwk).toEqual(signer.publicJwk);
    const other = await receiptSigner(deriveKeys(randomBytes(32)));
    expect(other.publicJwk.kid).not.toBe(signer.publicJwk.kid);
  });

  it('gives nothing secret away with its public key', () => {
    expect(Object.keys(signer.publicJwk).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  });

  it('names nobody: neither scope nor person can be read from it', async () => {
    const [, payload = ''] = (await signer.sign(facts, clean)).split('.');
    expect(Buffer.from(payload, 'base64url').toString()).not.toContain('scope-id');
  });
});

describe('verifying a receipt', () => {
  it('fails with somebody else’s key, and says so', async () => {
    const other = await receiptSigner(deriveKeys(randomBytes(32)));
    const receipt = await signer.sign(facts, clean);
    await expect(verifyReceipt(receipt, other.publicJwk)).rejects.toThrow(/not signed with that key, or was changed/);
  });

  it('notices every change of a single character of what it says', async () => {
    const receipt = await signer.sign(facts, clean);
    const claims = await verifyReceipt(receipt, signer.publicJwk);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (let i = 0; i < receipt.length; i++) {
      const at = alphabet.indexOf(receipt[i] as string);
      const other = alphabet[(at + 1) % 64] as string;
      const forged = receipt.slice(0, i) + other + receipt.slice(i + 1);
      const verified = await verifyReceipt(forged, signer.publicJwk).catch(() => undefined);
      // The last character of the signature has spare bits, so this may be the same signature in
      // another spelling.
      if (verified) expect(verified).toEqual(claims);
    }
  });

  it.each([
    ['an unsigned one', { alg: 'none' }],
    ['a shared secret in the place of a signature', { alg: 'HS256' }],
    ['another curve', { alg: 'ES256' }],
  ])('refuses %s', async (_, header) => {
    const [, payload, signature] = (await signer.sign(facts, clean)).split('.');
    const forged = Buffer.from(JSON.stringify({ ...header, typ: 'erasure-receipt+jwt' })).toString('base64url');
    const attempt = verifyReceipt(`${forged}.${payload}.${signature}`, signer.publicJwk);
    await expect(attempt).rejects.toThrow(/signed in another way/);
  });

  it('refuses an HMAC made with the public key as its secret', async () => {
    const secret = Buffer.from(signer.publicJwk.x ?? '', 'base64url');
    const [, payload = ''] = (await signer.sign(facts, clean)).split('.');
    const forged = await new CompactSign(Buffer.from(payload, 'base64url'))
      .setProtectedHeader({ alg: 'HS256', typ: 'erasure-receipt+jwt' })
      .sign(secret);
    await expect(verifyReceipt(forged, signer.publicJwk)).rejects.toThrow(/signed in another way/);
  });

  it('refuses other things that the operator signed with the same key', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const jwk = publicKey.export({ format: 'jwk' });
    const sign = (typ: string, text: string) =>
      new CompactSign(Buffer.from(text)).setProtectedHeader({ alg: 'EdDSA', typ }).sign(privateKey);
    await expect(verifyReceipt(await sign('JWT', '{}'), jwk)).rejects.toThrow(/but no receipt/);
    await expect(verifyReceipt(await sign('erasure-receipt+jwt', '{}'), jwk)).rejects.toThrow(/does not say/);
    await expect(verifyReceipt(await sign('erasure-receipt+jwt', 'text'), jwk)).rejects.toThrow(/does not say/);
  });

  it.each(['', 'hello', 'a.b.c', 'eyJhbGciOiJFZERTQSJ9.e30'])('says of %j that it is no receipt', async (text) => {
    await expect(verifyReceipt(text, signer.publicJwk)).rejects.toThrow(/no receipt/);
  });

  it('says of a receipt without its signature that it was not signed', async () => {
    await expect(verifyReceipt('eyJhbGciOiJFZERTQSJ9..', signer.publicJwk)).rejects.toThrow(/not signed/);
  });

  it('refuses a key that is none', async () => {
    const receipt = await signer.sign(facts, clean);
    const [kty, crv] = ['OKP', 'Ed25519'];
    const { x = '' } = signer.publicJwk;
    const others = [
      { kty: 'EC', crv: 'P-256' },
      { kty, crv },
      { kty, crv: 'X25519', x },
      { kty: 'EC', crv, x },
    ];
    for (const other of others) {
      await expect(verifyReceipt(receipt, other)).rejects.toThrow(/no Ed25519 public key/);
    }
  });
});
