import type { Consent } from '../consent/consent.ts';
import { Failure } from '../failure.ts';
import type { PackVersion } from './gallery.ts';

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
