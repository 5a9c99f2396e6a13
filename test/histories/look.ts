import { expect } from 'vitest';
import { firstBreak, type LedgerEntry } from '../../src/consent/ledger.ts';
import type { ScopeId } from '../../src/consent/who.ts';
import { distanceOf } from '../gallery/people.ts';
import { type Claim, keyOf, type Model } from './model.ts';
import { faceOn, GROUPS, PEOPLE, photosOf } from './steps.ts';
import type { World } from './world.ts';

/** What the stores hold about one person in one group, without the times. */
export interface There {
  readonly search: boolean;
  readonly enrol: boolean;
  readonly photos: readonly string[];
}

/** All that the stores hold. */
export interface Seen {
  readonly held: ReadonlyMap<string, There>;
  /**
   * A name of each person's life in each group, by `keyOf`. After an erasure the person's next life
   * has another name. Only a restored backup brings a name back.
   */
  readonly lives: ReadonlyMap<string, string>;
  readonly claims: readonly Claim[];
}

/** The entries of each scope. */
export type Ledgers = ReadonlyMap<ScopeId, readonly LedgerEntry[]>;

/** The largest distance of embeddings of one photo. */
const SAME_PHOTO = 0.05;
/** The largest distance of two photos of one face. */
const SAME_FACE = 0.5;

/**
 * Reads everything that is stored about people. Checks that each of them has agreed to something,
 * and that nobody is stored outside the groups.
 */
export async function look(world: World): Promise<Seen> {
  const { gallery } = world.stage.flow;
  const held = new Map<string, There>();
  const lives = new Map<string, string>();
  const claims: Claim[] = [];
  const scopes = new Set<ScopeId>();
  const scopesOf = new Map<string, ScopeId[]>(world.people.map(({ id }) => [id, []]));
  for (let group = 0; group < GROUPS; group++) {
    const scope = await gallery.scopeOf(world.placeOf(group));
    if (!scope) continue;
    scopes.add(scope);
    for (const { person, standing } of await gallery.people(scope)) {
      const key = keyOf(world.whoIs(person.id), group);
      const { search, enrol } = standing.agreed;
      expect(search !== undefined || enrol !== undefined, `${key} agreed to something`).toBe(true);
      const templates = (await gallery.dossier(scope, person))?.templates ?? [];
      const photos = templates.map(({ embedding }) => photoOf(world, embedding)).sort();
      held.set(key, { search: search !== undefined, enrol: enrol !== undefined, photos });
      lives.set(key, `${key}, ${scope}, ${standing.epoch}`);
      scopesOf.get(person.id)?.push(scope);
    }
    for (const { challenger, holder } of await gallery.disputes(scope)) {
      claims.push({ group, challenger: world.whoIs(challenger.id), holder: world.whoIs(holder.id) });
    }
  }
  for (const { scope } of await gallery.scopes()) {
    if (!scopes.has(scope)) expect(await gallery.people(scope), 'people of no group').toEqual([]);
  }
  for (const person of world.people) {
    const listed = (await gallery.scopesOf(person)).map(({ scope }) => scope);
    expect(listed.sort(), `the groups of ${person.name}`).toEqual((scopesOf.get(person.id) ?? []).sort());
  }
  return { held, lives, claims };
}

/** Checks that each person's photos find exactly those whom the model says that they find. */
export async function checkSearches(world: World, model: Model): Promise<void> {
  const { gallery } = world.stage.flow;
  const photos = Array.from({ length: PEOPLE }, (_, who) => photosOf(who)).flat();
  const probes = photos.map((photo) => world.stage.embeddings.get(photo) ?? new Float32Array());
  for (let group = 0; group < GROUPS; group++) {
    const scope = await gallery.scopeOf(world.placeOf(group));
    if (!scope) continue;
    const { faces } = await gallery.search(scope, probes);
    for (const [nth, photo] of photos.entries()) {
      const near = (faces[nth] ?? []).filter(({ distance }) => distance < SAME_FACE);
      const names = model.foundBy(faceOn(photo), group).map((who) => world.people[who]?.name);
      expect(near.map(({ person }) => person.name).sort(), `found by ${photo} in ${group}`).toEqual(names.sort());
    }
  }
}

/**
 * Gives the ledgers. Checks that each is whole and only grew, and that the second place knows each.
 */
export async function checkLedgers(world: World, before: Ledgers): Promise<Ledgers> {
  const { gallery } = world.stage.parts.stores;
  const ledgers = new Map<ScopeId, readonly LedgerEntry[]>();
  for (const { scope } of await gallery.scopes()) {
    const entries = await gallery.ledger(scope);
    expect(firstBreak(entries), 'where the ledger breaks').toBeUndefined();
    const known = before.get(scope) ?? [];
    expect(entries.slice(0, known.length), 'the ledger before').toEqual(known);
    ledgers.set(scope, entries);
  }
  expect(await gallery.catchUp(), 'ledgers that the second place knows otherwise').toEqual([]);
  return ledgers;
}

function photoOf(world: World, embedding: Float32Array): string {
  for (const [photo, known] of world.stage.embeddings) {
    if (distanceOf(embedding, known) < SAME_PHOTO) return photo;
  }
  return 'a photo of nobody';
}
