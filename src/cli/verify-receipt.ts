import { createPublicKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { JWK } from 'jose';
import { type ConsentClaims, type ErasureClaims, type Receipt, verifyReceipt } from '../consent/receipt.ts';
import { isFolder } from './folder.ts';
import { type Io, UsageError, type Verb } from './verb.ts';

/** A compact JWS whose header is a JSON object, wherever it stands: alone, in JSON, in a copied chat message. */
const RECEIPTS = /eyJ[\w-]+\.[\w-]+\.[\w-]+/g;

/** `facefinder verify-receipt`: offline. `ownKey` gives this installation's public key, for when none is named. */
export function verifyReceiptVerb(ownKey: (env: Io['env']) => Promise<JWK>): Verb {
  return {
    name: 'verify-receipt',
    summary: 'Check the signature of receipts, of consent or erasure, and say in words what they state',
    usage: `facefinder verify-receipt FILE [--key PUBLIC]

  FILE   holds one receipt or several: bare, in JSON, or in the text of a chat message; - reads standard input
  --key  the operator's public key, as /privacy shows it: a JWK file, a PEM file, or its 43 characters "x".
         Without it, the key of this installation (its MASTER_KEY).

Needs no network. Exit code 1 when a receipt is not valid, or none is there.`,
    async run(args, io) {
      const { values, positionals } = parseArgs({
        args,
        options: { key: { type: 'string' } },
        allowPositionals: true,
      });
      const [file, ...more] = positionals;
      if (file === undefined || more.length > 0) throw new UsageError('name one FILE');
      const key = values.key === undefined ? await ownKey(io.env) : publicKey(values.key);
      const receipts = readReceipts(file);
      if (receipts.length === 0)
        io.err('There is no receipt in it: a receipt is a JWS, "eyJ…", three parts with dots between.');
      const verdicts: boolean[] = [];
      for (const jws of receipts) verdicts.push(await isValid(jws, key, io));
      return verdicts.length > 0 && verdicts.every(Boolean) ? 0 : 1;
    },
  };
}

function readReceipts(file: string): string[] {
  if (file !== '-' && !existsSync(file)) throw new UsageError(`there is no file "${file}"`);
  if (isFolder(file)) throw new UsageError(`"${file}" is a folder: name the file in it`);
  return readFileSync(file === '-' ? 0 : file, 'utf8').match(RECEIPTS) ?? [];
}

async function isValid(jws: string, key: JWK, io: Io): Promise<boolean> {
  try {
    io.out(inWords(await verifyReceipt(jws, key)));
    return true;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    io.err(`NOT VALID: ${error.message}`);
    return false;
  }
}

function inWords({ of, claims }: Receipt): string {
  const { ledger, group } = claims;
  return [
    `VALID receipt of ${of} ${claims.jti}, signed ${new Date(claims.iat * 1000).toISOString()}`,
    ...(of === 'erasure' ? erasureInWords(claims) : consentInWords(claims)),
    `  Ledger         entry ${ledger.seq}, hash ${ledger.hash}`,
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
  const { removed, notice } = claims;
  const rows = Object.entries(removed).map(([what, count]) => `${count} ${what}`);
  return [
    `  Erased at      ${claims.erasedAt} (reason: ${claims.reason})`,
    `  Removed        ${rows.join(', ')}`,
    '  Read back      0 rows left',
    `  On the disk    ${claims.final ? 'scrubbed: this receipt is final' : 'still being scrubbed; a final receipt follows'}`,
    `  Notice         ${notice ? `version ${notice.version}, SHA-256 ${notice.hash}` : 'none was agreed to'}`,
    `  Person         ${claims.subject} (a hash whose salt was destroyed)`,
  ];
}

function publicKey(given: string): JWK {
  const text = (existsSync(given) ? readFileSync(given, 'utf8') : given).trim();
  if (/^[\w-]{43}$/.test(text)) return { kty: 'OKP', crv: 'Ed25519', x: text };
  try {
    return text.startsWith('{') ? (JSON.parse(text) as JWK) : createPublicKey(text).export({ format: 'jwk' });
  } catch {
    throw new UsageError('--key is no file with a JWK or PEM public key, and not the 43 characters of an "x"');
  }
}
