import { spawnSync } from 'node:child_process';
import { createHash, createPublicKey, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/cli/verb.ts';
import { verifyReceiptVerb } from '../../src/cli/verify-receipt.ts';
import { leafOf } from '../../src/consent/head.ts';
import { type LedgerEntry, NOBODY, nextEntry, subjectOf } from '../../src/consent/ledger.ts';
import { peaksOf, rootOf } from '../../src/consent/merkle.ts';
import { receiptSigner } from '../../src/consent/receipt.ts';
import { deriveKeys } from '../../src/secrets/keys.ts';

const signer = await receiptSigner(deriveKeys(randomBytes(32)));
const stranger = await receiptSigner(deriveKeys(randomBytes(32)));
const SALT = randomBytes(32);
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const facts = {
  scope: 'a scope',
  reason: 'asked',
  at: Date.UTC(2026, 1, 3),
  subject: subjectOf(SALT, { platform: 'telegram', id: '7', name: '' }),
  removed: { templates: 3, people: 1 },
  entry: { seq: 5, hash: hash('entry') },
};
const receipt = await signer.sign(facts, { left: 0, bytes: 'clean' });

/** A ledger of this many entries. With `fork`, the fourth entry and all later ones differ. */
function ledgerOf(size: number, fork = ''): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (let seq = 0; seq < size; seq++) {
    const subject = hash(`${seq}${seq < 3 ? '' : fork}`);
    entries.push(nextEntry(entries.at(-1), { kind: 'erased', reason: 'asked' }, subject, seq));
  }
  return entries;
}

const seen = (entries: readonly LedgerEntry[]) => ({
  size: entries.length,
  root: rootOf(peaksOf(entries.map(leafOf))),
});

/** A receipt of the last of these entries, signed when no later entry was there. */
function receiptOver(entries: readonly LedgerEntry[]): Promise<string> {
  const { seq, hash } = entries.at(-1) as LedgerEntry;
  return signer.sign({ ...facts, entry: { seq, hash }, head: seen(entries) }, { left: 0, bytes: 'clean' });
}

/** The ledger that this installation has now; undefined without one. */
let ledger: LedgerEntry[] | undefined;
const ledgers = async () =>
  ledger && { entries: ledger, head: await signer.signHead('a scope', seen(ledger), facts.at) };

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
  const installation = {
    ownKey: async () => signer.publicJwk,
    withLedgers: (_: unknown, work: (ledgerOf: typeof ledgers) => Promise<boolean>) => work(ledgers),
  };
  const code = await verifyReceiptVerb(installation).run(args, io);
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

  it('takes the operator’s key as JWK, as PEM, as it stands in the JWK, or as the file that comes with /privacy', async () => {
    const theirs = await fileOf(await stranger.sign(facts, { left: 0, bytes: 'clean' }));
    const jwk = await fileOf(JSON.stringify(stranger.publicJwk), 'key.json');
    const { kty = '', crv = '', x = '' } = stranger.publicJwk;
    const spki = createPublicKey({ key: { kty, crv, x }, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const pem = await fileOf(String(spki), 'key.pem');
    const fromPrivacy = await fileOf(JSON.stringify({ publicKey: stranger.publicJwk, ledgerHead: 'eyJ' }), 'data.json');
    for (const key of [jwk, pem, x, fromPrivacy]) expect((await run(theirs, '--key', key)).code, key).toBe(0);
    expect((await run(theirs)).code).toBe(1);
  });

  it('takes a key that begins with a dash, as one of 64 does', async () => {
    let dashed = stranger;
    while (!dashed.publicJwk.x?.startsWith('-')) dashed = await receiptSigner(deriveKeys(randomBytes(32)));
    const theirs = await fileOf(await dashed.sign(facts, { left: 0, bytes: 'clean' }));
    expect((await run(theirs, '--key', dashed.publicJwk.x)).code).toBe(0);
    expect((await run('--key', dashed.publicJwk.x, theirs)).code).toBe(0);
  });

  it('says whether receipts are of the person whose salt is given, as /mydata gives it', async () => {
    const file = await fileOf(receipt);
    const salt = SALT.toString('base64url');
    const theirs = await run(file, '--person', 'telegram:7', '--salt', salt);
    expect(theirs).toMatchObject({ code: 0, out: expect.stringContaining(`THEIRS: receipt`) });
    for (const [person, other] of [
      ['telegram:8', salt],
      ['telegram:7', `-${salt.slice(1)}`],
    ] as const) {
      const { code, err } = await run(file, '--person', person, '--salt', other);
      expect([code, err], person).toEqual([1, expect.stringContaining('NOT THEIRS: receipt')]);
    }
    await expect(run(file, '--salt', salt)).rejects.toThrow(/belong together/);
    await expect(run(file, '--person', 'telegram:7', '--salt', 'short')).rejects.toThrow(/43 characters/);
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

describe('facefinder verify-receipt --ledger', () => {
  it('says that a receipt’s entry is in the ledger, however much that has grown', async () => {
    for (const size of [5, 6, 8, 13]) {
      ledger = ledgerOf(size);
      const { code, out } = await run(await fileOf(await receiptOver(ledgerOf(5))), '--ledger');
      expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(`entry 4 of ${size}, root [0-9a-f]{64}$`) });
    }
  });

  it.each<[string, () => LedgerEntry[] | undefined]>([
    ['was cut off', () => ledgerOf(4)],
    ['was rewritten', () => ledgerOf(9, 'another')],
    ['is of another installation', () => undefined],
  ])('says that it is not where the ledger %s', async (_, now) => {
    ledger = now();
    const { code, err } = await run(await fileOf(await receiptOver(ledgerOf(5))), '--ledger');
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/^NOT IN THE LEDGER/) });
  });

  it('names the entry by which the ledger itself says that it was put back', async () => {
    const [lost, backupAt] = [seen(ledgerOf(5)), Date.UTC(2026, 0, 7)];
    ledger = ledgerOf(3);
    ledger.push(nextEntry(ledger.at(-1), { kind: 'restored', backupAt, lost }, NOBODY, Date.UTC(2026, 0, 9)));
    const { err } = await run(await fileOf(await receiptOver(ledgerOf(5))), '--ledger');
    expect(err).toMatch(/entry 3 says .* put back on 2026-01-09.* from a backup of 2026-01-07/);
  });

  it('finds two receipts that prove a fork, without any ledger', async () => {
    const two = [await receiptOver(ledgerOf(5)), await receiptOver(ledgerOf(5, 'another'))];
    const { code, err } = await run(await fileOf(two.join('\n')));
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/^FORKED: receipts \S+ and \S+/) });
    const honest = [await receiptOver(ledgerOf(5)), await receiptOver(ledgerOf(7))];
    expect((await run(await fileOf(honest.join('\n')))).code).toBe(0);
  });
});

const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.error('\n*** NOT TESTED: docs/verify.py: there is no python3\n');
it.runIf(process.env.CI === 'true')('CI has a Python', () => expect(hasPython).toBe(true));

describe.skipIf(!hasPython)('docs/verify.py, which needs nothing of facefinder', () => {
  const { x = '' } = signer.publicJwk;
  const python = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync('python3', [
      join(import.meta.dirname, '../../docs/verify.py'),
      ...args,
    ]);
    return { status, out: String(stdout), err: String(stderr) };
  };
  const proofs = async (file: string) => fileOf((await run(file, '--ledger', '--json')).out ?? '', 'proofs.txt');

  it('is short enough to be read', async () => {
    const text = await readFile(join(import.meta.dirname, '../../docs/verify.py'), 'utf8');
    expect(text.split('\n').length).toBeLessThan(150);
  });

  it('takes receipts, heads and proofs that are true', async () => {
    for (const size of [5, 8, 11]) {
      ledger = ledgerOf(size);
      const head = await signer.signHead('a scope', seen(ledger), facts.at);
      const file = await fileOf([receipt, await receiptOver(ledgerOf(5)), head].join('\n'));
      const jwk = await fileOf(JSON.stringify(signer.publicJwk), 'jwk.json');
      const own = await fileOf(await receiptOver(ledgerOf(5)), 'own.txt');
      const fromPrivacy = await fileOf(JSON.stringify({ publicKey: signer.publicJwk, ledgerHead: head }), 'data.json');
      for (const key of [x, fromPrivacy]) expect(python(key, file)).toMatchObject({ status: 0, err: '' });
      expect(python(jwk, own, await proofs(own))).toMatchObject({
        status: 0,
        out: expect.stringMatching(/IN THE LEDGER/),
      });
    }
  });

  it('takes none that another key signed, and none that was changed', async () => {
    const theirs = await stranger.sign(facts, { left: 0, bytes: 'clean' });
    const [header, payload = '', signature] = receipt.split('.');
    const changed = Buffer.from(payload, 'base64url').toString().replace('"templates":3', '"templates":4');
    const forged = [header, Buffer.from(changed).toString('base64url'), signature].join('.');
    const none = [Buffer.from('{"alg":"none"}').toString('base64url'), payload, signature].join('.');
    for (const bad of [theirs, forged, none]) {
      expect(python(x, await fileOf(bad))).toMatchObject({ status: 1, err: expect.stringMatching(/^NOT VALID/) });
    }
  });

  it('finds a fork between receipts, and between a receipt and a head', async () => {
    const other = ledgerOf(5, 'another');
    for (const one of [await receiptOver(other), await signer.signHead('a scope', seen(other), facts.at)]) {
      const file = await fileOf([await receiptOver(ledgerOf(5)), one].join('\n'));
      expect(python(x, file)).toMatchObject({ status: 1, err: expect.stringMatching(/^FORKED/) });
    }
  });

  it('takes no proof from a ledger that was rewritten', async () => {
    ledger = ledgerOf(9);
    const own = await fileOf(await receiptOver(ledgerOf(5)), 'own.txt');
    const proof = JSON.parse((await run(own, '--ledger', '--json')).out ?? '');
    const head = await signer.signHead('a scope', seen(ledgerOf(9, 'another')), facts.at);
    const file = await fileOf(JSON.stringify({ ...proof, head }), 'proofs.txt');
    expect(python(x, own, file)).toMatchObject({ status: 1, err: expect.stringMatching(/^NOT PROVEN/) });
  });
});
