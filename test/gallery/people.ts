import { randomUUID } from 'node:crypto';
import { type Agreement, admit, type Consent } from '../../src/consent/consent.ts';
import type { Person, Place, Platform, ScopeId } from '../../src/consent/who.ts';
import type { Gallery } from '../../src/gallery/gallery.ts';

/** Earlier than any test's clock, late enough to be a date: milliseconds since 1970. */
export const T0 = Date.UTC(2026, 0, 1);

export const NOTICE_HASH = 'n'.repeat(64);

/** For an enrolment in which no face counts as taken. */
export const anyFace = { isSame: () => false, now: T0 };

/** For an enrolment in which a face counts as taken below this distance. */
export const closerThan = (limit: number) => ({ isSame: (distance: number) => distance < limit, now: T0 });

export function somebody(name = 'Ada', platform: Platform = 'discord'): Person {
  return { platform, id: `id-${randomUUID()}`, name };
}

export function somewhere(platform: Platform = 'discord'): Place {
  return { platform, id: `place-${randomUUID()}`, title: 'Climbing club' };
}

/** A random unit vector. */
export function face(dims = 16): Float32Array {
  const raw = Float64Array.from({ length: dims }, () => Math.sqrt(-2 * Math.log(1 - Math.random())) * wave());
  return scaled(raw);
}

/** A unit vector at this Euclidean distance (0 to 2) from the unit vector `from`. */
export function faceAt(distance: number, from: Float32Array): Float32Array {
  const other = face(from.length);
  const along = dot(other, from);
  const across = scaled(Float64Array.from(other, (x, i) => x - along * (from[i] as number)));
  const cos = 1 - distance ** 2 / 2;
  const sin = Math.sqrt(Math.max(0, 1 - cos ** 2));
  return scaled(Float64Array.from(from, (x, i) => cos * x + sin * (across[i] as number)));
}

export function distanceOf(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, x, i) => sum + (x - (b[i] as number)) ** 2, 0));
}

/**
 * Agrees to search and to be enrolled, at the person's present epoch. Gives the consent to be
 * enrolled.
 */
export async function agreed(
  gallery: Gallery,
  scope: ScopeId,
  person: Person,
  { version = 1, at = T0, shown = false, ...said }: Partial<Agreement> = {},
): Promise<Consent> {
  const { epoch } = await gallery.standing(scope, person);
  const agreement = { version, noticeHash: NOTICE_HASH, at, shown, ...said };
  await gallery.agree(scope, person, 'search', agreement, epoch);
  const standing = await gallery.agree(scope, person, 'enrol', agreement, epoch);
  const consent = admit(scope, person, 'enrol', standing, version);
  if (!consent) throw new Error('an agreement admits');
  return consent;
}

/** Agrees and enrols. */
export async function enrolled(
  gallery: Gallery,
  scope: ScopeId,
  person: Person,
  embeddings: readonly Float32Array[],
  agreement: Partial<Agreement> = {},
  now = T0,
): Promise<Consent> {
  const consent = await agreed(gallery, scope, person, agreement);
  await gallery.enrol(consent, embeddings, { ...anyFace, now });
  return consent;
}

/** Names of the people found for one face, nearest first. */
export async function namesFound(gallery: Gallery, scope: ScopeId, probe: Float32Array): Promise<string[]> {
  const { faces } = await gallery.search(scope, [probe]);
  return (faces[0] ?? []).map(({ person }) => person.name);
}

function wave(): number {
  return Math.cos(2 * Math.PI * Math.random());
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
}

function scaled(raw: Float64Array): Float32Array {
  const norm = Math.hypot(...raw);
  return Float32Array.from(raw, (x) => x / norm);
}
