import { randomUUID } from 'node:crypto';
import type { JWK } from 'jose';
import { z } from 'zod';
import type { Keys } from '../secrets/keys.ts';
import { HEAD_TYPE, headClaims, scopeHash } from './head.ts';
import { opened, signatureOf } from './jws.ts';
import type { Seen } from './merkle.ts';

/** The facts that every receipt states. */
interface ReceiptFacts {
  readonly scope: string;
  /** The group's title on its platform, if any. */
  readonly group?: string | undefined;
  /** The person's salted hash in the ledger. */
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The receipt's entry in the scope's ledger. */
  readonly entry: { readonly seq: number; readonly hash: string };
  /** The scope's ledger with that entry. */
  readonly head?: Seen;
}

/**
 * The facts about an erasure, as the gallery reports them. The salt of its subject no longer
 * exists.
 */
export interface ErasureFacts extends ReceiptFacts {
  readonly reason: string;
  readonly notice?: { readonly version: number; readonly hash: string };
  readonly removed: Readonly<Record<string, number>>;
  /**
   * Posts that named this person to the group: how many were deleted, and how many stay because the
   * bot cannot delete them.
   */
  readonly shown?: { readonly deleted: number; readonly left: number };
}

/** The facts about a consent: what somebody agreed to, and with whom. */
export interface ConsentFacts extends ReceiptFacts {
  readonly purpose: string;
  /** The notice in the language that was shown. */
  readonly notice: { readonly version: number; readonly hash: string };
  /** Days of storage that the notice stated, counted from the last renewal. */
  readonly days?: number | undefined;
  /** Whether a whole group may be shown results that name this person. */
  readonly shown: boolean;
  /** The operator who keeps the data, with their contact. */
  readonly operator?: string | undefined;
  /** The operator's privacy policy. */
  readonly policy?: string | undefined;
}

/** How the erasure was checked. */
export interface ErasureChecks {
  /** How many rows a search for the person still found. A receipt is signed only when this is 0. */
  readonly left: number;
  /**
   * `pending`: the bytes are deleted but not yet scrubbed from the disk. A final receipt follows.
   */
  readonly bytes: 'clean' | 'pending';
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();

const notice = z.strictObject({ version: count, hash: z.string() });

/** The claims that every receipt has. */
const common = {
  iss: z.literal('facefinder'),
  /** Seconds since 1970, as in JWT. */
  iat: count,
  /**
   * The id of the receipt. The receipt's text cannot serve as an id: base64url has spare bits at
   * its end, so several texts are the same receipt.
   */
  jti: z.uuid(),
  /** The person's salted hash in the ledger. */
  subject: sha256,
  /** SHA-256 of the scope's random id. */
  scope: sha256,
  /** The group's title; absent from older receipts. */
  group: z.string().optional(),
  /** The entry in the scope's hash-chained ledger. */
  ledger: z.strictObject({ seq: count, hash: sha256 }),
  /**
   * The ledger with that entry: the number of its entries, and the root of their Merkle tree.
   * Absent from older receipts.
   */
  head: z.strictObject({ size: count, root: sha256 }).optional(),
};

const erasureClaims = z.strictObject({
  ...common,
  reason: z.string(),
  erasedAt: z.iso.datetime(),
  /** How many rows were removed, by kind. */
  removed: z.record(z.string(), count),
  /**
   * Posts that named the person to the group. `left`: they could not be deleted. Absent when there
   * were none.
   */
  shown: z.strictObject({ deleted: count, left: count }).optional(),
  checked: z.strictObject({ left: z.literal(0), bytes: z.enum(['clean', 'pending']) }),
  /** False while bytes are still being scrubbed. */
  final: z.boolean(),
  /** The last notice that the person agreed to, with its hash in the language that was shown. */
  notice: notice.optional(),
});

const consentClaims = z.strictObject({
  ...common,
  purpose: z.string(),
  agreedAt: z.iso.datetime(),
  notice,
  /** Days of storage that the notice stated, counted from the last renewal. */
  days: count.optional(),
  shown: z.boolean(),
  operator: z.string().optional(),
  policy: z.string().optional(),
});

/** The claims of a receipt of an erasure. */
export type ErasureClaims = z.infer<typeof erasureClaims>;

/** The claims of a receipt of a consent. */
export type ConsentClaims = z.infer<typeof consentClaims>;

/** A receipt of either kind with a valid signature. */
export type Receipt =
  | { readonly of: 'erasure'; readonly claims: ErasureClaims }
  | { readonly of: 'consent'; readonly claims: ConsentClaims };

export interface ReceiptSigner {
  /**
   * Signs a receipt of an erasure: a compact JWS, Ed25519. Throws when rows are left, because then
   * the person is not erased.
   */
  readonly sign: (facts: ErasureFacts, checks: ErasureChecks) => Promise<string>;
  /** Signs a receipt of a consent. */
  readonly signConsent: (facts: ConsentFacts) => Promise<string>;
  /** Signs a head of a scope's ledger at `at` (milliseconds since 1970). */
  readonly signHead: (scope: string, seen: Seen, at: number) => Promise<string>;
  /**
   * The key that verifies all of these signed texts. Its `kid` is its RFC 7638 thumbprint.
   */
  readonly publicJwk: JWK;
}

/** The type in a signed text's header. */
const TYPES = { erasure: 'erasure-receipt+jwt', consent: 'consent-receipt+jwt' } as const;

/**
 * Signs with the key whose seed MASTER_KEY gives. So an installation keeps its public key as long
 * as it keeps MASTER_KEY.
 */
export async function receiptSigner(keys: Pick<Keys, 'receipts'>): Promise<ReceiptSigner> {
  const { sign, publicJwk } = await signatureOf(keys);
  return {
    publicJwk,
    sign: (facts, checks) => sign(TYPES.erasure, erasureOf(facts, checks)),
    signConsent: (facts) => sign(TYPES.consent, consentOf(facts)),
    signHead: (scope, seen, at) => sign(HEAD_TYPE, headClaims(scope, seen, at)),
  };
}

/**
 * A receipt signed by the owner of `publicJwk`. Throws an Error that says what is wrong with it.
 */
export async function verifyReceipt(jws: string, publicJwk: JWK): Promise<Receipt> {
  const { typ, payload } = await opened(jws, publicJwk);
  if (typ === TYPES.erasure) return { of: 'erasure', claims: stated(erasureClaims, payload) };
  if (typ === TYPES.consent) return { of: 'consent', claims: stated(consentClaims, payload) };
  throw new Error('this is a signed text of that key, but no receipt');
}

function stated<T>(claims: z.ZodType<T>, json: unknown): T {
  const parsed = claims.safeParse(json);
  if (!parsed.success) throw new Error('this is signed with that key, but does not say what a receipt says');
  return parsed.data;
}

/** The claims that state the facts of every receipt. */
function commonOf({ scope, group, subject, entry, head }: ReceiptFacts) {
  return {
    iss: 'facefinder',
    iat: Math.floor(Date.now() / 1000),
    jti: randomUUID(),
    subject,
    scope: scopeHash(scope),
    ...(group !== undefined && { group }),
    ledger: entry,
    ...(head && { head }),
  } as const;
}

function erasureOf(facts: ErasureFacts, { left, bytes }: ErasureChecks): ErasureClaims {
  if (left !== 0) throw new Error('rows are left: this is no erasure to sign a receipt for');
  const { reason, at, removed, notice, shown } = facts;
  return {
    ...commonOf(facts),
    reason,
    erasedAt: new Date(at).toISOString(),
    removed,
    ...(shown && { shown }),
    checked: { left, bytes },
    final: bytes === 'clean',
    ...(notice && { notice }),
  };
}

function consentOf(facts: ConsentFacts): ConsentClaims {
  const { purpose, at, notice, days, shown, operator, policy } = facts;
  return {
    ...commonOf(facts),
    purpose,
    agreedAt: new Date(at).toISOString(),
    notice,
    shown,
    ...(days !== undefined && { days }),
    ...(operator !== undefined && { operator }),
    ...(policy !== undefined && { policy }),
  };
}
