import type { Consent } from '../../consent/consent.ts';
import type { LedgerEvent } from '../../consent/ledger.ts';
import { Failure } from '../../failure.ts';
import { MAX_TEMPLATES, type PackVersion } from '../gallery.ts';

/** Throws `internal` for what only a bug can hand over: whatever a person did, callers check before. */
export function assertEnrollable(
  consent: Consent,
  embeddings: readonly Float32Array[],
  { id, dims }: PackVersion,
): void {
  const bug = (what: string) => new Failure('internal', { cause: new Error(what) });
  if (consent.purpose !== 'enrol') throw bug('only an agreement to be enrolled enrols');
  if (embeddings.length === 0) throw bug('there is nothing to enrol');
  for (const embedding of embeddings) {
    if (embedding.length !== dims) throw bug(`embeddings of ${id} have ${dims} dimensions, not ${embedding.length}`);
    if (!embedding.every(Number.isFinite)) throw bug('an embedding holds something that is no number');
  }
}

/**
 * What becomes of faces that are about to be enrolled when `holders` others of the scope have one of
 * them already: `taken` stores nothing, `disputed` stores them and hides both sides.
 */
export function outcome(holders: number, dispute: boolean): 'free' | 'disputed' | 'taken' {
  if (holders === 0) return 'free';
  return dispute ? 'disputed' : 'taken';
}

/** What an enrolment adds to the ledger. */
export function enrolment(pack: PackVersion, templates: number): LedgerEvent {
  return { kind: 'enrolled', pack: pack.id, templates };
}

/** A person's templates, of all packs: the newest stay. Both lists keep their order. */
export function trimmed<T>(oldestFirst: readonly T[]): { readonly kept: T[]; readonly dropped: T[] } {
  return { kept: oldestFirst.slice(-MAX_TEMPLATES), dropped: oldestFirst.slice(0, -MAX_TEMPLATES) };
}

/** Alerts of a person whose face somebody else tried to enrol. */
export function alerted(alerts: number): number {
  return alerts + 1;
}

/** Alerts that are left when the person was told of some; one that came meanwhile is still to be told. */
export function acknowledged(alerts: number, told: number): number {
  return Math.max(alerts - told, 0);
}
