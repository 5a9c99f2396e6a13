import { createPublicKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { JWK } from 'jose';
import type { withLedgers } from '../app/ledgers.ts';
import { subjectOf } from '../consent/ledger.ts';
import { type Denial, disagreeing, type LedgerProof, proofOf } from '../consent/proof.ts';
import { type ConsentClaims, type ErasureClaims, type Receipt, verifyReceipt } from '../consent/receipt.ts';
import type { Person } from '../consent/who.ts';
import { isFolder } from './folder.ts';
import { PERSONS, personFrom } from './identity.ts';
import { type Io, UsageError, type Verb } from './verb.ts';

/**
 * Matches a receipt: a compact JWS whose header is a JSON object. A receipt may be the whole text,
 * or be in JSON or in a copied chat message.
 */
const RECEIPTS = /eyJ[\w-]+\.[\w-]+\.[\w-]+/g;

type Claims = Receipt['claims'];

/** The parts of this installation that the verb needs. */
export interface Installation {
  /** The installation's public key, which is used when `--key` names none. */
  readonly ownKey: (env: Io['env']) => Promise<JWK>;
  /** Gives `work` the installation's ledgers. */
  readonly withLedgers: (env: Io['env'], work: (ledgerOf: LedgerOf) => Promise<boolean>) => Promise<boolean>;
}

type LedgerOf = Parameters<Parameters<typeof withLedgers<boolean>>[1]>[0];

/** `facefinder verify-receipt`: checks receipts. It reads a store only with `--ledger`. */
export function verifyReceiptVerb({ ownKey, withLedgers }: Installation): Verb {
  return {
    name: 'verify-receipt',
    summary: 'Check the signature of receipts, of consent or erasure, and say in words what they state',
    usage: `facefinder verify-receipt FILE [--key PUBLIC] [--person <platform>:<id> --salt SALT] [--ledger [--json]]

  FILE      holds one receipt or several: bare, in JSON, or in the text of a chat message; - reads standard input
  --key     the operator's public key: the file that comes with /privacy, a JWK or PEM file, or its 43 characters "x".
            Without it, the key of this installation (its MASTER_KEY).
  --person  ${PERSONS}
  --salt    also check that the receipts are this person's: the "salt" in the file that comes with /mydata. An erasure
            destroys it, so get that file before /forget.
  --ledger  also look into this installation's ledger: is the receipt's entry in it, and does it still begin as it
            did when the receipt was signed?
  --json    with --ledger: the proof of that for each receipt, one line each, for docs/verify.py

Needs no network without --ledger. Two receipts of one group that disagree prove that its ledger was forked.
Exit code 1 when a receipt is not valid, not the person's, not in the ledger, or disagrees with another, or when none is there.`,
    async run(args, io) {
      const { values, positionals } = parseArgs({ args: joined(args), options: OPTIONS, allowPositionals: true });
      const [file, ...more] = positionals;
      if (file === undefined || more.length > 0) throw new UsageError('name one FILE');
      if (values.json && !values.ledger) throw new UsageError('--json needs --ledger: it prints the proof from it');
      const key = values.key === undefined ? await ownKey(io.env) : publicKey(values.key);
      const owner = ownerIn(values);
      const receipts = readReceipts(file);
      if (receipts.length === 0)
        io.err('There is no receipt in it: a receipt is a JWS, "eyJ…", three parts with dots between.');
      const said = values.json ? { ...io, out: () => {} } : io;
      const checked: (Claims | undefined)[] = [];
      for (const jws of receipts) checked.push(await validClaims(jws, key, said));
      const valid = checked.filter((claims) => claims !== undefined);
      const isWhole = valid.length > 0 && valid.length === checked.length && !tellForks(valid, io);
      const areTheirs = !owner || tellOwners(valid, owner, said);
      const isThere =
        !values.ledger || (await withLedgers(io.env, (ledgerOf) => areThere(valid, ledgerOf, io, values.json)));
      return isWhole && areTheirs && isThere ? 0 : 1;
    },
  };
}

const OPTIONS = {
  key: { type: 'string' },
  person: { type: 'string' },
  salt: { type: 'string' },
  ledger: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/** Somebody's account, with the salt that ties it to the subject in their receipts. */
interface Owner {
  readonly person: Person;
  readonly salt: Uint8Array;
}

function ownerIn({ person, salt }: { readonly person?: string; readonly salt?: string }): Owner | undefined {
  if (person === undefined && salt === undefined) return undefined;
  if (person === undefined || salt === undefined) throw new UsageError('--person and --salt belong together');
  if (!BARE_KEY.test(salt))
    throw new UsageError('--salt is not the 43 characters that stand behind "salt" in the file');
  return { person: personFrom(person), salt: Buffer.from(salt, 'base64url') };
}

/** Says of each receipt whether it is this person's. Gives whether all of them are. */
function tellOwners(receipts: readonly Claims[], { person, salt }: Owner, io: Io): boolean {
  const subject = subjectOf(salt, person);
  for (const { jti, subject: theirs } of receipts) {
    if (theirs === subject) io.out(`THEIRS: receipt ${jti} is of ${person.platform}:${person.id}`);
    else io.err(`NOT THEIRS: receipt ${jti} is of somebody else, or made after an erasure that destroyed this salt`);
  }
  return receipts.every((one) => one.subject === subject);
}

/**
 * Says which pairs of receipts prove that a ledger was forked. Gives whether there is such a pair.
 */
function tellForks(receipts: readonly Claims[], io: Io): boolean {
  const pairs = disagreeing(receipts);
  for (const [one, other] of pairs) {
    io.err(
      `FORKED: receipts ${one.jti} and ${other.jti} are of one group and cannot both be true of one ledger. ` +
        'Both are signed by the operator: keep them. A ledger that was put back from a backup says so in an entry of its own.',
    );
  }
  return pairs.length > 0;
}

async function areThere(receipts: readonly Claims[], ledgerOf: LedgerOf, io: Io, json: boolean): Promise<boolean> {
  let areAll = true;
  for (const claims of receipts) {
    const ledger = await ledgerOf(claims.scope);
    const proof = ledger && proofOf(claims, ledger.entries);
    if (proof && 'root' in proof) {
      if (json) io.out(JSON.stringify(proven(claims, ledger.head, proof)));
      else
        io.out(`IN THE LEDGER: receipt ${claims.jti}, entry ${claims.ledger.seq} of ${proof.size}, root ${proof.root}`);
      continue;
    }
    areAll = false;
    io.err(
      `NOT IN THE LEDGER: receipt ${claims.jti}: ${proof ? inOther(proof) : 'this installation knows no such group'}`,
    );
  }
  return areAll;
}

/** The proof in the form that docs/verify.py reads. `head` is signed, and has size and root. */
function proven({ jti }: Claims, head: string, { inclusion, consistency }: LedgerProof): object {
  return { receipt: jti, head, inclusion, consistency };
}

function inOther({ restored }: Denial): string {
  if (!restored) return 'the ledger is not the one that it was signed over';
  const [at, backup] = [restored.at, restored.backupAt].map((ms) => new Date(ms).toISOString());
  return `entry ${restored.seq} says that the ledger was put back on ${at} from a backup of ${backup}, which lacks it`;
}

function readReceipts(file: string): string[] {
  if (file !== '-' && !existsSync(file)) throw new UsageError(`there is no file "${file}"`);
  if (isFolder(file)) throw new UsageError(`"${file}" is a folder: name the file in it`);
  return readFileSync(file === '-' ? 0 : file, 'utf8').match(RECEIPTS) ?? [];
}

async function validClaims(jws: string, key: JWK, io: Io): Promise<Claims | undefined> {
  try {
    const receipt = await verifyReceipt(jws, key);
    io.out(inWords(receipt));
    return receipt.claims;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    io.err(`NOT VALID: ${error.message}`);
    return undefined;
  }
}

function inWords({ of, claims }: Receipt): string {
  const { ledger, head, group } = claims;
  return [
    `VALID receipt of ${of} ${claims.jti}, signed ${new Date(claims.iat * 1000).toISOString()}`,
    ...(of === 'erasure' ? erasureInWords(claims) : consentInWords(claims)),
    `  Ledger         entry ${ledger.seq}, hash ${ledger.hash}`,
    ...(head ? [`  Its head       ${head.size} entries, root ${head.root}`] : []),
    `  Group          ${group === undefined ? '' : `${group}, `}${claims.scope} (a hash)`,
  ].join('\n');
}

function consentInWords({
  purpose,
  agreedAt,
  notice,
  days,
  shown,
  operator,
  policy,
  subject,
}: ConsentClaims): string[] {
  return [
    `  Agreed at      ${agreedAt}, to ${purpose}${shown ? ', and to being shown' : ''}`,
    `  Notice         version ${notice.version}, SHA-256 ${notice.hash}`,
    ...(days === undefined ? [] : [`  For            ${days} days after the last renewal`]),
    ...(operator === undefined ? [] : [`  With           ${operator}`]),
    ...(policy === undefined ? [] : [`  Policy         ${policy}`]),
    `  Person         ${subject} (a salted hash)`,
  ];
}

function erasureInWords(claims: ErasureClaims): string[] {
  const { removed, notice, shown } = claims;
  const rows = Object.entries(removed).map(([what, count]) => `${count} ${what}`);
  return [
    `  Erased at      ${claims.erasedAt} (reason: ${claims.reason})`,
    `  Removed        ${rows.join(', ')}`,
    '  Read back      0 rows left',
    ...(shown ? [`  Shown          ${shown.deleted} posts that named them deleted, ${shown.left} out of reach`] : []),
    `  On the disk    ${claims.final ? 'scrubbed: this receipt is final' : 'still being scrubbed; a final receipt follows'}`,
    `  Notice         ${notice ? `version ${notice.version}, SHA-256 ${notice.hash}` : 'none was agreed to'}`,
    `  Person         ${claims.subject} (a hash whose salt was destroyed)`,
  ];
}

/** 32 bytes in base64url: the `x` of a JWK, or a salt. */
const BARE_KEY = /^[\w-]{43}$/;

/**
 * The arguments, with each option of {@link DASHED} joined to its value in one argument. One value
 * in 64 begins with a dash, and alone would look like an option.
 */
function joined(args: readonly string[]): string[] {
  return args.flatMap((arg, index) => {
    const before = args[index - 1] ?? '';
    if (DASHED.includes(before) && BARE_KEY.test(arg)) return [`${before}=${arg}`];
    return DASHED.includes(arg) && BARE_KEY.test(args[index + 1] ?? '') ? [] : [arg];
  });
}

const DASHED = ['--key', '--salt'];

function publicKey(given: string): JWK {
  const text = (existsSync(given) ? readFileSync(given, 'utf8') : given).trim();
  if (BARE_KEY.test(text)) return { kty: 'OKP', crv: 'Ed25519', x: text };
  try {
    if (!text.startsWith('{')) return createPublicKey(text).export({ format: 'jwk' });
    const jwk: JWK & { readonly publicKey?: JWK } = JSON.parse(text);
    return jwk.publicKey ?? jwk;
  } catch {
    throw new UsageError('--key is no file with a JWK or PEM public key, and not the 43 characters of an "x"');
  }
}
