import { createHash, createPublicKey, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/cli/verb.ts';
import { verifyReceiptVerb } from '../../src/cli/verify-receipt.ts';
import { receiptSigner } from '../../src/consent/receipt.ts';
import { deriveKeys } from '../../src/secrets/keys.ts';

const signer = await receiptSigner(deriveKeys(randomBytes(32)));
const stranger = await receiptSigner(deriveKeys(randomBytes(32)));
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const facts = {
  scope: 'a scope',
  reason: 'asked',
  at: Date.UTC(2026, 1, 3),
  subject: hash('person'),
  removed: { templates: 3, people: 1 },
  entry: { seq: 5, hash: hash('entry') },
};
const receipt = await signer.sign(facts, { left: 0, bytes: 'clean' });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facefinder-receipts-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileOf(text: string, name = 'receipt.txt'): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

async function run(...args: string[]) {
  const [out, err]: string[][] = [[], []];
  const io = { out: (line: string) => out?.push(line), err: (line: string) => err?.push(line), env: {} };
  const code = await verifyReceiptVerb(async () => signer.publicJwk).run(args, io);
  return { code, out: out?.join('\n'), err: err?.join('\n') };
}

describe('facefinder verify-receipt', () => {
  it('says in words what a valid receipt states', async () => {
    const { code, out, err } = await run(await fileOf(`${receipt}\n`));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('VALID receipt');
    expect(out).toContain('3 templates, 1 people');
    expect(out).toContain('this receipt is final');
    expect(out).toContain(`entry 5, hash ${hash('entry')}`);
  });

  it('says in words what a receipt of consent states', async () => {
    const consent = await signer.signConsent({
      scope: 'a scope',
      group: 'Chess club',
      subject: hash('person'),
      at: Date.UTC(2026, 1, 3),
      purpose: 'enrol',
      notice: { version: 2, hash: hash('notice') },
      days: 365,
      shown: true,
      operator: 'The board, board@club.example',
      policy: 'https://club.example/policy',
      entry: { seq: 5, hash: hash('entry') },
    });
    const { code, out } = await run(await fileOf(`${consent}\n${receipt}`));
    expect(code).toBe(0);
    expect(out?.match(/^VALID receipt of (consent|erasure)/gm)).toEqual([
      'VALID receipt of consent',
      'VALID receipt of erasure',
    ]);
    for (const said of [
      '2026-02-03T00:00:00.000Z, to enrol, and to being shown',
      `version 2, SHA-256 ${hash('notice')}`,
      '365 days after the last renewal',
      'The board, board@club.example',
      'https://club.example/policy',
      'Chess club, ',
    ]) {
      expect(out).toContain(said);
    }
  });

  it('says of a first receipt that the final one follows', async () => {
    const first = await signer.sign(facts, { left: 0, bytes: 'pending' });
    expect((await run(await fileOf(first))).out).toContain('a final receipt follows');
  });

  it.each([
    ['JSON of the page', JSON.stringify({ id: 1, replies: [{ kind: 'receipt', text: 'Erased.', receipt }] })],
    ['a chat message', `Everything is erased.\n\`${receipt}\` Keep this.`],
  ])('finds the receipt in %s', async (_, text) => {
    expect((await run(await fileOf(text))).code).toBe(0);
  });

  it('checks every receipt of a file, and fails when one is not valid', async () => {
    const other = await stranger.sign(facts, { left: 0, bytes: 'clean' });
    const { code, out, err } = await run(await fileOf([receipt, other, receipt].join('\n')));
    expect(code).toBe(1);
    expect(out?.match(/^VALID/gm)).toHaveLength(2);
    expect(err).toMatch(/^NOT VALID: this receipt was not signed with that key/);
  });

  it('fails for a file without a receipt', async () => {
    const { code, err } = await run(await fileOf('nothing to see'));
    expect(code).toBe(1);
    expect(err).toContain('no receipt');
  });

  it('takes the operator’s key as JWK, as PEM, or as it stands in the JWK', async () => {
    const theirs = await fileOf(await stranger.sign(facts, { left: 0, bytes: 'clean' }));
    const jwk = await fileOf(JSON.stringify(stranger.publicJwk), 'key.json');
    const { kty = '', crv = '', x = '' } = stranger.publicJwk;
    const spki = createPublicKey({ key: { kty, crv, x }, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const pem = await fileOf(String(spki), 'key.pem');
    for (const key of [jwk, pem, x]) expect((await run(theirs, '--key', key)).code, key).toBe(0);
    expect((await run(theirs)).code).toBe(1);
  });

  it('explains wrong usage', async () => {
    const file = await fileOf(receipt);
    await expect(run()).rejects.toThrow(UsageError);
    await expect(run(file, file)).rejects.toThrow(UsageError);
    await expect(run(join(folder, 'absent'))).rejects.toThrow(/there is no file/);
    await expect(run(file, '--key', 'nonsense')).rejects.toThrow(UsageError);
    await expect(run(file, '--key', await fileOf('{"kty":', 'broken.json'))).rejects.toThrow(UsageError);
  });
});
