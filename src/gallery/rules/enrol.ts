import type { Consent } from '../../consent/consent.ts';
import type { LedgerEvent } from '../../consent/ledger.ts';
import { Failure } from '../../failure.ts';
import { type Claim, MAX_TEMPLATES, type PackVersion } from '../gallery.ts';

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
 * them already: `taken` stores nothing, `disputed` stores them and hides the challenger.
 */
export function outcome(holders: number, claim: Claim | undefined): 'free' | 'disputed' | 'taken' {
  if (holders === 0 || claim === 'another') return 'free';
  return claim === 'mine' ? 'disputed' : 'taken';
}

/** Attempts at a face of somebody else are counted for so long: 30 days. */
export const ATTEMPTS_MS = 30 * 24 * 60 * 60 * 1000;

/** As many attempts does one person have, at whichever faces; twins need one or two. */
const ATTEMPTS_BY_ONE = 6;

/** As many are made at one face, by whomever. */
const ATTEMPTS_AT_ONE = 20;

/**
 * Nobody may try other people's faces without end, nor all people the face of one.
 * @param attempts when earlier ones were made by this person, and at the face of each holder, milliseconds since 1970
 * @throws Failure `rate_limited` with `seconds` until there is room for another.
 */
export function assertMayAttempt(
  attempts: { readonly by: readonly number[]; readonly at: readonly (readonly number[])[] },
  now: number,
): void {
  const room = [roomAfter(attempts.by, ATTEMPTS_BY_ONE), ...attempts.at.map((one) => roomAfter(one, ATTEMPTS_AT_ONE))];
  const again = Math.max(...room);
  if (again > now) throw new Failure('rate_limited', { details: { seconds: Math.ceil((again - now) / 1000) } });
}

function roomAfter(times: readonly number[], most: number): number {
  return (times.toSorted((a, b) => b - a)[most - 1] ?? Number.NEGATIVE_INFINITY) + ATTEMPTS_MS;
}

/** What the end of a dispute adds to the ledger of each side. */
export function decision(side: 'winner' | 'loser'): LedgerEvent {
  return { kind: 'decided', outcome: side === 'winner' ? 'yours' : 'theirs' };
}

/** What an enrolment adds to the ledger. */
export function enrolment(pack: PackVersion, templates: number): LedgerEvent {
  return { kind: 'enrolled', pack: pack.id, templates };
}

/** A person's templates, of all packs: the newest stay. Both lists keep their order. */
export function trimmed<T>(oldestFirst: readonly T[]): { readonly kept: T[]; readonly dropped: T[] } {
  return { kept: oldestFirst.slice(-MAX_TEMPLATES), dropped: oldestFirst.slice(0, -MAX_TEMPLATES) };
}

/** Alerts of a person whose face somebody else tried to enrol, or about whose face was decided. */
export function alerted(alerts: number): number {
  return alerts + 1;
}

/** Alerts that are left when the person was told of some; one that came meanwhile is still to be told. */
export function acknowledged(alerts: number, told: number): number {
  return Math.max(alerts - told, 0);
}
