import { LRUCache } from 'lru-cache';
import { admit, PURPOSES, type Standing } from '../../consent/consent.ts';
import type { Person, Place, ScopeId } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import type { Dispute, Dossier, Gallery, Split } from '../../gallery/gallery.ts';
import type { Flow } from '../flow.ts';

type Moving = Pick<Flow, 'couriers' | 'gallery' | 'disclosure' | 'shown' | 'sentPhotos' | 'pack' | 'sameFace' | 'now'>;

/**
 * How long a place's present id is kept in memory. Ids hardly ever change, and every search needs
 * one. An old id does no harm: it belongs to the same scope, and a platform that is asked about it
 * names the new one.
 */
const KEPT_NOW_MS = 60_000;
const MOST_KEPT = 10_000;
const kept = new WeakMap<Gallery, LRUCache<string, Place>>();

function keptOf({ gallery, now }: Pick<Flow, 'gallery' | 'now'>): LRUCache<string, Place> {
  const bounds = { max: MOST_KEPT, ttl: KEPT_NOW_MS, ttlResolution: 0 };
  const known = kept.get(gallery) ?? new LRUCache<string, Place>({ ...bounds, perf: { now } });
  kept.set(gallery, known);
  return known;
}

/**
 * The present place: `place`, unless its platform has changed the id. The result may be a minute
 * old.
 */
export async function placeNow(flow: Pick<Flow, 'couriers' | 'gallery' | 'now'>, place: Place): Promise<Place> {
  const known = keptOf(flow);
  const key = `${place.platform} ${place.id}`;
  const remembered = known.get(key);
  const [now = place] = remembered ? [remembered] : await placesOf(flow, place);
  // An entry that was remembered is not set again. Otherwise an entry that is read often would stay
  // for ever.
  if (!remembered) known.set(key, now);
  return now.id === place.id ? place : now;
}

/**
 * All places of the group that this place belongs to, the present place first. Asks no store when
 * the platform never changes the ids of places.
 */
export async function placesOf(
  { couriers, gallery }: Pick<Flow, 'couriers' | 'gallery'>,
  place: Place,
): Promise<readonly Place[]> {
  return couriers[place.platform]?.becameOf ? await gallery.placesOf(place) : [place];
}

/** Joins two places into one group, with everybody known in either. */
export async function moveGroup(flow: Moving, from: Place, to: Place): Promise<void> {
  const before = [await flow.gallery.scopeOf(from), await flow.gallery.scopeOf(to)];
  // This repeats, because people may agree under the old id meanwhile. Once the old id means the
  // new group, nobody can.
  for (;;) {
    const split = await flow.gallery.movePlace(from, to);
    // This comes after the move, because a call during the move may have remembered the old place.
    keptOf(flow).clear();
    if (!split) return await bringWord(flow, before, to);
    await flow.shown.follow(split);
    await flow.sentPhotos.follow(split);
    const members = (await flow.gallery.people(split.from)).map(({ person }) => person);
    const disputes = await flow.gallery.disputes(split.from);
    for (const person of holdersFirst(members, disputes)) await carry(flow, split, person, members);
  }
}

/**
 * The members, each after everybody whose face they challenge. {@link carry} opens the disputes
 * again, and makes the person who comes later the challenger.
 */
function holdersFirst(members: readonly Person[], disputes: readonly Dispute[]): readonly Person[] {
  const challenges = Map.groupBy(disputes, ({ challenger }) => challenger.id);
  const visited = new Set<string>();
  const fromHolders = (person: Person): readonly Person[] => {
    if (visited.has(person.id)) return [];
    visited.add(person.id);
    return [...(challenges.get(person.id) ?? []).flatMap(({ holder }) => fromHolders(holder)), person];
  };
  return members.flatMap(fromHolders);
}

/**
 * Moves the records of senders who forbade searches of their photos. A scope may have such records
 * but no people. Then `movePlace` gives no split, and {@link moveGroup} has not moved the records.
 */
async function bringWord(
  { gallery, sentPhotos }: Moving,
  before: readonly (ScopeId | undefined)[],
  place: Place,
): Promise<void> {
  const to = await gallery.scopeOf(place);
  for (const from of before) if (from && to && from !== to) await sentPhotos.follow({ from, to });
}

/**
 * Copies a person's agreements and templates, with their times, into the group's scope. Then it
 * erases the person from the scope of the old id. Data that the person already has in the group
 * stay unchanged. The search log is not copied. Templates of another pack are not copied either,
 * because nothing can be compared with them.
 */
async function carry(flow: Moving, split: Split, person: Person, members: readonly Person[]): Promise<void> {
  const { gallery, disclosure, now } = flow;
  const held = await gallery.dossier(split.from, person);
  if (!held) return;
  try {
    await enrolAgain(flow, split, held, await agreeAgain(flow, split, held));
    await disclosure.follow(split, person, members);
  } catch (error) {
    // The person was erased from the group in the meantime. That erased them from both scopes.
    if (!(error instanceof Failure) || error.code !== 'expired') throw error;
  }
  await gallery.erase(split.from, person, 'moved', now(), { epoch: held.standing.epoch });
  await disclosure.drop(split.from, person);
}

async function agreeAgain({ gallery }: Moving, { to }: Split, { person, standing }: Dossier): Promise<Standing> {
  let there = await gallery.standing(to, person);
  for (const purpose of PURPOSES) {
    const agreement = standing.agreed[purpose];
    if (agreement && !there.agreed[purpose]) {
      there = await gallery.agree(to, person, purpose, agreement, there.epoch);
    }
  }
  return there;
}

async function enrolAgain(
  { gallery, pack, sameFace }: Moving,
  { to }: Split,
  { person, templates }: Dossier,
  there: Standing,
): Promise<void> {
  const comparable = templates.filter((template) => template.pack === pack);
  const version = there.agreed.enrol?.version;
  const consent = version === undefined ? undefined : admit(to, person, 'enrol', there, version);
  if (!consent || there.templates > 0 || comparable.length === 0) return;
  await gallery.enrol(
    consent,
    comparable.map(({ embedding }) => embedding),
    // Two people may have enrolled one face, each in one of the two scopes. Then the person who is
    // copied stays hidden until the dispute is decided.
    { isSame: sameFace, claim: 'mine', now: Math.max(...comparable.map(({ enrolledAt }) => enrolledAt)) },
  );
}
