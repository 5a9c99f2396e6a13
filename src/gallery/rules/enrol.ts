import type { Consent } from '../../consent/consent.ts';
import type { LedgerEvent } from '../../consent/ledger.ts';
import { Failure } from '../../failure.ts';
import { type Claim, MAX_TEMPLATES, type PackVersion } from '../gallery.ts';

/**
 * Throws `internal` when the input cannot be enrolled. That is a bug, because callers check what
 * people send.
 */
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
 * Checks that an enrolment compared its faces with all templates that the person has now. If not,
 * another enrolment of the person came in between: the templates could be of two people, or of one
 * photo twice. The failed enrolment is tried again, and then compares with all.
 * @param templates the person's readable templates, by id
 * @throws Failure `unavailable` when the faces were not compared with every one of them
 */
export function assertCompared(templates: readonly string[], comparedWith: readonly string[] | undefined): void {
  if (!comparedWith || templates.every((id) => comparedWith.includes(id))) return;
  throw new Failure('unavailable', { cause: new Error('another enrolment of this person came first') });
}

/**
 * Decides about faces that `holders` other people of the scope have already enrolled. `free`: the
 * faces are stored normally. `taken`: nothing is stored. `disputed`: the faces are stored, and the
 * challenger is hidden.
 */
export function outcome(holders: number, claim: Claim | undefined): 'free' | 'disputed' | 'taken' {
  if (holders === 0 || claim === 'another') return 'free';
  return claim === 'mine' ? 'disputed' : 'taken';
}

/** How long an attempt to enrol somebody else's face counts for the limits below: 30 days. */
export const ATTEMPTS_MS = 30 * 24 * 60 * 60 * 1000;

/** The most attempts by one person, at any faces. People with a twin need one or two. */
const ATTEMPTS_BY_ONE = 6;

/** The most attempts at one face, by any people. */
const ATTEMPTS_AT_ONE = 20;

/**
 * Limits how often one person tries other people's faces, and how often all people try one face.
 * @param attempts milliseconds since 1970. `by`: when this person made earlier attempts. `at`: for
 * each holder, when attempts were made at that face
 * @throws Failure `rate_limited` with `seconds` until another attempt is allowed
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

/** The ledger's event for one side of a dispute when the dispute ends. */
export function decision(side: 'winner' | 'loser'): LedgerEvent {
  return { kind: 'decided', outcome: side === 'winner' ? 'yours' : 'theirs' };
}

/** The ledger's event for an enrolment. */
export function enrolment(pack: PackVersion, templates: number): LedgerEvent {
  return { kind: 'enrolled', pack: pack.id, templates };
}

/**
 * Splits a person's templates, of all packs: the newest {@link MAX_TEMPLATES} are kept, and the
 * others are dropped. Both lists are oldest first.
 */
export function trimmed<T>(oldestFirst: readonly T[]): { readonly kept: T[]; readonly dropped: T[] } {
  return { kept: oldestFirst.slice(-MAX_TEMPLATES), dropped: oldestFirst.slice(0, -MAX_TEMPLATES) };
}

/** The number of a person's alerts after one more attempt at their face, or a decision about it. */
export function alerted(alerts: number): number {
  return alerts + 1;
}

/** The number of a person's alerts after the person was told of `told` of them. */
export function acknowledged(alerts: number, told: number): number {
  return Math.max(alerts - told, 0);
}
