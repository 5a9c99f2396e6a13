import { type Agreement, PURPOSES, type Standing } from '../../consent/consent.ts';
import type { LedgerEntry, LedgerEvent } from '../../consent/ledger.ts';
import type { ScopeId } from '../../consent/who.ts';
import type { Erasure, ErasureReason } from '../erasure.ts';
import type { AgreedLife } from './agree.ts';

/** The decision to erase a person, made before any row is removed. */
export interface ErasureDecision {
  readonly reason: ErasureReason;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The person's new epoch. Work that began at an older one is void. */
  readonly epoch: number;
  readonly event: LedgerEvent;
  /** The last notice that the person agreed to. */
  readonly notice?: { readonly version: number; readonly hash: string };
}

/**
 * Decides an erasure; undefined when this life is not to be erased. `only`: erases only a life at
 * that epoch. `until`: erases only a life of a lower epoch, and makes `until` the person's epoch.
 */
export function erasure(
  life: AgreedLife,
  reason: ErasureReason,
  at: number,
  { only, until }: { readonly only?: number | undefined; readonly until?: number } = {},
): ErasureDecision | undefined {
  if (only !== undefined && life.epoch !== only) return undefined;
  if (until !== undefined && life.epoch >= until) return undefined;
  const notice = lastAgreement(life.agreed);
  return {
    reason,
    at,
    epoch: until ?? life.epoch + 1,
    event: { kind: 'erased', reason },
    ...(notice && { notice: { version: notice.version, hash: notice.noticeHash } }),
  };
}

/**
 * The report of an erasure, made when the rows are gone. Of the decision it has only what may leave
 * the store.
 */
export function erasureReport(
  scope: ScopeId,
  subject: string,
  { reason, at, notice }: Pick<ErasureDecision, 'reason' | 'at' | 'notice'>,
  removed: Erasure['removed'],
  { seq, hash }: Pick<LedgerEntry, 'seq' | 'hash'>,
): Erasure {
  return { scope, reason, at, subject, ...(notice && { notice }), removed, entry: { seq, hash } };
}

/** The latest agreement. Of several at the same moment, the one to the first purpose counts. */
function lastAgreement(agreed: Standing['agreed']): Agreement | undefined {
  const given = PURPOSES.flatMap((purpose) => agreed[purpose] ?? []);
  return given.reduce<Agreement | undefined>((last, one) => (last && last.at >= one.at ? last : one), undefined);
}
