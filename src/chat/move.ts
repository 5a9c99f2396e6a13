import { LRUCache } from 'lru-cache';
import { admit, PURPOSES, type Standing } from '../consent/consent.ts';
import type { Person, Place, ScopeId } from '../consent/who.ts';
import { Failure } from '../failure.ts';
import type { Dossier, Gallery, Split } from '../gallery/gallery.ts';
import type { Flow } from './flow.ts';

type Moving = Pick<Flow, 'couriers' | 'gallery' | 'disclosure' | 'shown' | 'sentPhotos' | 'pack' | 'sameFace' | 'now'>;

/**
 * How long a place's present id is kept. Ids hardly ever change, and every search needs one. A
 * stale id does no harm: it belongs to the same scope, and the platform names the new id when it is
 * asked about the old one.
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

/** The present place: `place`, unless its platform has changed the id. It may be a minute old. */
export async function placeNow(flow: Pick<Flow, 'couriers' | 'gallery' | 'now'>, place: Place): Promise<Place> {
  const known = keptOf(flow);
  const key = `${place.platform} ${place.id}`;
  const remembered = known.get(key);
  const [now = place] = remembered ? [remembered] : await placesOf(flow, place);
  // Use does not extend the time, or an often used entry would stay for ever.
  if (!remembered) known.set(key, now);
  return now.id === place.id ? place : now;
}

/**
 * Every place of this place's group, the present one first. Costs nothing on platforms whose places
 * keep their ids.
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
  // Repeats for people who agreed under the old id meanwhile. Nobody can once it means the new
  // group.
  for (;;) {
    const split = await flow.gallery.movePlace(from, to);
    // Cleared after the move, because a call during it still noted the old place.
    keptOf(flow).clear();
    if (!split) return await bringWord(flow, before, to);
    await flow.shown.follow(split);
    await flow.sentPhotos.follow(split);
    const members = (await flow.gallery.people(split.from)).map(({ person }) => person);
    for (const person of members) await carry(flow, split, person, members);
  }
}

/**
 * Brings along who forbade searches of their photos. They need not be people of the gallery, and a
 * scope without people gives no split.
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
 * Writes what somebody agreed to and enrolled under the old id, with its times, into the group's
 * scope, and then removes it from the other. Existing data of them there stay unchanged. The search
 * log is not carried over, nor are templates of another pack, because nothing compares with them.
 */
async function carry(flow: Moving, split: Split, person: Person, members: readonly Person[]): Promise<void> {
  const { gallery, disclosure, now } = flow;
  const held = await gallery.dossier(split.from, person);
  if (!held) return;
  try {
    await enrolAgain(flow, split, held, await agreeAgain(flow, split, held));
    await disclosure.follow(split, person, members);
  } catch (error) {
    // They were erased from the group meanwhile, which means from both halves.
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
    // If two people enrolled one face in the two halves, the one who comes is hidden until that is
    // settled.
    { isSame: sameFace, claim: 'mine', now: Math.max(...comparable.map(({ enrolledAt }) => enrolledAt)) },
  );
}
