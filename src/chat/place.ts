import { randomInt } from 'node:crypto';
import type { Person, Place } from '../consent/who.ts';
import { Failure } from '../failure.ts';
import { wordsFor } from '../text/words.ts';
import type { Ask } from './ask.ts';
import { PARKED_MS } from './buttons/parked.ts';
import { courierOf, type Flow, ignoreUnavailable } from './flow.ts';
import { placeNow } from './group/move.ts';
import type { Reply } from './reply.ts';

/** The most groups that are offered as buttons. Some platforms allow only 25 in a message. */
const MAX_CHOICES = 20;

/** The largest number that a platform accepts for a pick: a signed whole number of 32 bits. */
const MOST_PICK = 2 ** 31 - 1;

type Found = { readonly ask: Ask; readonly place: Place } | { readonly ask: Ask; readonly replies: readonly Reply[] };

/**
 * Finds the group of an ask. An ask in a private chat is about the person's only group on that
 * platform. Somebody with several groups chooses one of them.
 * @throws Failure like {@link enter}, for an ask that has no place
 */
export async function findPlace(flow: Flow, ask: Ask): Promise<Found> {
  if (ask.place) return { ask, place: ask.place };
  if (ask.about) return await enter(flow, ask, ask.about, { isNamed: true });
  const places = await knownPlaces(flow, ask.person);
  const [only] = places;
  const words = wordsFor(ask.locale).place;
  if (!only) return { ask, replies: [await askForGroup(flow, ask)] };
  if (places.length === 1) return await enter(flow, ask, only);
  const id = await flow.parked.park(ask, { for: 'place', places }, PARKED_MS);
  const actions = places.slice(0, MAX_CHOICES).map((place, index) => ({
    id: `${id}:${index}`,
    label: place.title ?? words.untitled({ id: place.id }),
    role: 'confirm' as const,
  }));
  return { ask, replies: [{ kind: 'confirm', text: words.which, actions }] };
}

/**
 * The id under which an ask waits until its sender picks a group. The press for the pick brings
 * that group.
 */
export function pickOf(pick: number): string {
  return `pick-${pick}`;
}

/**
 * Tells somebody who is known in no group that a group is needed. If their platform can, it lets
 * them pick one of the bot's groups.
 */
async function askForGroup(flow: Flow, ask: Ask): Promise<Reply> {
  const text = wordsFor(ask.locale).place.none;
  if (!courierOf(flow, ask.address.platform).picksGroups) return { kind: 'info', text };
  const pick = randomInt(1, MOST_PICK);
  await flow.parked.park(ask, { for: 'group' }, PARKED_MS, pickOf(pick));
  return { kind: 'info', text, pick };
}

/** The groups on a person's platform in which they have data. */
export async function knownPlaces({ gallery }: Pick<Flow, 'gallery'>, person: Person): Promise<readonly Place[]> {
  const known = await gallery.scopesOf(person);
  return known.flatMap(({ place }) => (place?.platform === person.platform ? [place] : []));
}

/**
 * Gives the ask with `place` once its sender is confirmed as a member. The platform confirms it. If
 * the platform answers without proof, a message from inside the group confirms it. A platform that
 * is down keeps nobody out, except with `isNamed`: then nothing but the sender's word says that
 * they belong to the place. If the place has got another id, the ask gets the present place.
 * @throws Failure `not_a_member`; `unavailable` when the platform is down, with `isNamed`
 */
export async function enter(
  flow: Flow,
  ask: Ask,
  named: Place,
  { isNamed = false } = {},
): Promise<{ readonly ask: Ask; readonly place: Place }> {
  const place = await placeNow(flow, named);
  const membership = await courierOf(flow, place.platform).membership(place, ask.person.id);
  if (membership === 'gone') throw new Failure('not_a_member');
  if (membership === 'down' && isNamed)
    throw new Failure('unavailable', { cause: new Error('nobody says who is in it') });
  if (membership === 'no_proof' && !(await isProvedByMessage(flow, ask, place))) {
    throw new Failure('not_a_member', { details: { unproven: 1 } });
  }
  return { ask: { ...ask, place }, place };
}

/**
 * Whether the ask comes from inside the group, which proves that its sender is a member. It proves
 * nothing if the bot was removed from the group afterwards. With the proof, the note that the
 * sender is not confirmed is dropped.
 */
async function isProvedByMessage(flow: Flow, ask: Ask, place: Place): Promise<boolean> {
  if (!ask.sentInside) return false;
  const presence = await courierOf(flow, place.platform).presence?.(place);
  if (presence?.is === 'gone') return false;
  const scope = await flow.gallery.scopeOf(place);
  if (scope) await flow.unproven.drop(scope, ask.person).catch(ignoreUnavailable(flow));
  return true;
}
