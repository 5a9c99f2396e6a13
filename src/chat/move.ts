import { LRUCache } from 'lru-cache';
import { admit, PURPOSES, type Standing } from '../consent/consent.ts';
import type { Person, Place, ScopeId } from '../consent/who.ts';
import { Failure } from '../failure.ts';
import type { Dossier, Gallery, Split } from '../gallery/gallery.ts';
import type { Flow } from './flow.ts';

type Moving = Pick<Flow, 'couriers' | 'gallery' | 'disclosure' | 'shown' | 'sentPhotos' | 'pack' | 'sameFace' | 'now'>;

/**
 * A place hardly ever gets another id, and every search asks: the answer is kept this long. Who still goes by the old id then is
 * in the same scope all the same, and the platform's answers about it lead to the new one.
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

/** The place that `place` is now: its own, unless its platform gave it another id since; as it was a minute ago at most. */
export async function placeNow(flow: Pick<Flow, 'couriers' | 'gallery' | 'now'>, place: Place): Promise<Place> {
  const known = keptOf(flow);
  const key = `${place.platform} ${place.id}`;
  const remembered = known.get(key);
  const [now = place] = remembered ? [remembered] : await placesOf(flow, place);
  // Not again on use: that would keep what is asked for often for ever.
  if (!remembered) known.set(key, now);
  return now.id === place.id ? place : now;
}

/** Every place that means the group of this one, the one of now first. Costs nothing where places keep their ids. */
export async function placesOf(
  { couriers, gallery }: Pick<Flow, 'couriers' | 'gallery'>,
  place: Place,
): Promise<readonly Place[]> {
  return couriers[place.platform]?.becameOf ? await gallery.placesOf(place) : [place];
}

/** Makes two places one group's, with everybody who is known in either. */
export async function moveGroup(flow: Moving, from: Place, to: Place): Promise<void> {
  const before = [await flow.gallery.scopeOf(from), await flow.gallery.scopeOf(to)];
  // Again for whoever agreed to something under the old id meanwhile; nobody can once it means the new group.
  for (;;) {
    const split = await flow.gallery.movePlace(from, to);
    // Afterwards: who asked meanwhile was told the old one.
    keptOf(flow).clear();
    if (!split) return await bringWord(flow, before, to);
    await flow.shown.follow(split);
    await flow.sentPhotos.follow(split);
    const members = (await flow.gallery.people(split.from)).map(({ person }) => person);
    for (const person of members) await carry(flow, split, person, members);
  }
}

/** Of whom nothing but what they said of their photos is kept, nobody is in a scope: it gave way without a split. */
async function bringWord(
  { gallery, sentPhotos }: Moving,
  before: readonly (ScopeId | undefined)[],
  place: Place,
): Promise<void> {
  const to = await gallery.scopeOf(place);
  for (const from of before) if (from && to && from !== to) await sentPhotos.follow({ from, to });
}

/**
 * What somebody agreed to and enrolled under the old id, with its times, stands in the group's scope before it is taken from the
 * other. What is known of them there already stays as it is. Templates of another model are compared with nothing: they do not go
 * along, nor does who found them.
 */
async function carry(flow: Moving, split: Split, person: Person, members: readonly Person[]): Promise<void> {
  const { gallery, disclosure, now } = flow;
  const held = await gallery.dossier(split.from, person);
  if (!held) return;
  try {
    await enrolAgain(flow, split, held, await agreeAgain(flow, split, held));
    await disclosure.follow(split, person, members);
  } catch (error) {
    // Erased from the group meanwhile: from all of it, then.
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
    // Of two people who enrolled one face in the two halves, who comes is hidden until that is settled.
    { isSame: sameFace, claim: 'mine', now: Math.max(...comparable.map(({ enrolledAt }) => enrolledAt)) },
  );
}
