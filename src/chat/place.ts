import { randomInt } from 'node:crypto';
import type { Person, Place } from '../consent/who.ts';
import { Failure } from '../failure.ts';
import { wordsFor } from '../text/words.ts';
import type { Ask } from './ask.ts';
import { courierOf, type Flow, ignoreUnavailable } from './flow.ts';
import { placeNow } from './move.ts';
import { PARKED_MS } from './parked.ts';
import type { Reply } from './reply.ts';

/** More groups than this are not offered as buttons (some platform takes 25 in one message). */
const MAX_CHOICES = 20;

/** Platforms take signed whole numbers of 32 bits. */
const MOST_PICK = 2 ** 31 - 1;

type Found = { readonly ask: Ask; readonly place: Place } | { readonly ask: Ask; readonly replies: readonly Reply[] };

/**
 * The group an ask is about. A private chat is no scope: the person's only group there is taken, of several the person chooses.
 * @throws Failure `not_a_member` when the person chose a group from outside and is not shown to be in it.
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

/** What is pressed, as it were, by whoever picks the group that an ask waits for; it comes with the group. */
export function pickOf(pick: number): string {
  return `pick-${pick}`;
}

/** Whoever is known in no group says which they mean, where their platform lets them pick one of those that the bot is in. */
async function askForGroup(flow: Flow, ask: Ask): Promise<Reply> {
  const text = wordsFor(ask.locale).place.none;
  if (!courierOf(flow, ask.address.platform).picksGroups) return { kind: 'info', text };
  const pick = randomInt(1, MOST_PICK);
  await flow.parked.park(ask, { for: 'group' }, PARKED_MS, pickOf(pick));
  return { kind: 'info', text, pick };
}

/** The groups on a person's own platform in which they are known. */
export async function knownPlaces({ gallery }: Pick<Flow, 'gallery'>, person: Person): Promise<readonly Place[]> {
  const known = await gallery.scopesOf(person);
  return known.flatMap(({ place }) => (place?.platform === person.platform ? [place] : []));
}

/**
 * The ask about `place`, once its sender is shown to be a member there: by the platform, or, where that does not say, by a message
 * that was sent inside. A platform that is down keeps nobody out. A place that got another id since is the one that it is now.
 * `isNamed`: nothing but the sender's own word leads there, and the platform must say that they are in it.
 * @throws Failure `not_a_member`; `unavailable` when the platform was to say it, and is down
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

/** What was sent in a group that the bot was removed from since proves nothing of it. */
async function isProvedByMessage(flow: Flow, ask: Ask, place: Place): Promise<boolean> {
  if (!ask.sentInside) return false;
  const presence = await courierOf(flow, place.platform).presence?.(place);
  if (presence?.is === 'gone') return false;
  const scope = await flow.gallery.scopeOf(place);
  if (scope) await flow.unproven.drop(scope, ask.person).catch(ignoreUnavailable(flow));
  return true;
}
