import type { Consent } from '../consent/consent.ts';
import { Failure } from '../failure.ts';
import type { PackVersion } from './gallery.ts';

/** Refuses, as a bug of the caller (`internal`), what no gallery can enrol. */
export function assertFits(consent: Consent, embeddings: readonly Float32Array[], pack: PackVersion): void {
  const wrong = (what: string) => new Failure('internal', { cause: new Error(what) });
  if (consent.purpose !== 'enrol') throw wrong('Only an agreement to be enrolled enrols.');
  if (embeddings.length === 0) throw wrong('There is nothing to enrol.');
  for (const embedding of embeddings) {
    if (embedding.length !== pack.dims) throw wrong(`Embeddings of ${pack.id} have ${pack.dims} dimensions.`);
    if (!embedding.every(Number.isFinite)) throw wrong('An embedding has numbers only.');
  }
}
