import { PARKED_MS } from '../src/chat/buttons/parked.ts';
import type { CommandCall } from '../src/chat/command.ts';
import type { Where } from '../src/chat/erasure/task.ts';
import { groupName, shortName } from '../src/chat/group/group-name.ts';
import type { Reply } from '../src/chat/reply.ts';
import type { SentIn } from '../src/chat/sent-photos.ts';
import type { Place, ScopeId } from '../src/consent/who.ts';
import { Failure } from '../src/failure.ts';
import type { Declared } from './declared.ts';
import type { Tools } from './tools.ts';

/**
 * /forget: asks once, then erases the person here or everywhere, and gives a receipt for each
 * group.
 */
export const forget = {
  name: 'forget',
  kind: 'anywhere',
  isPersonal: true,
  async run(tools, call) {
    const { ask, words } = call;
    if (ask.choice === 'cancel') return [{ kind: 'info', text: words.forget.kept }];
    const where = chosen(ask);
    if (!where) return [await confirm(tools, call)];
    const sent = await sentTo(tools, ask, where);
    const replies = await tools.eraser.erase(ask.person, where, 'asked', ask);
    const told = [...replies, ...photosErased(call, await goneOf(tools, ask, sent))];
    return told.length > 0 ? told : [nothing(call, where === 'everywhere' ? undefined : where)];
  },
} satisfies Declared;

type Sent = readonly (readonly [ScopeId, SentIn])[];

/**
 * What is noted about the person as a sender of photos to the groups of `where`: when others
 * searched these photos, and whether the person forbids that.
 */
async function sentTo({ gallery, sentPhotos }: Tools, { person }: CommandCall['ask'], where: Where): Promise<Sent> {
  try {
    const sent = await sentPhotos.of(person);
    const scope = where === 'everywhere' ? undefined : await gallery.scopeOf(where);
    return [...sent].filter(([of]) => where === 'everywhere' || of === scope);
  } catch (error) {
    return unlessUnavailable(error, []);
  }
}

/** The records that are gone by now. A record whose removal is retried later is left out. */
async function goneOf({ sentPhotos }: Tools, { person }: CommandCall['ask'], sent: Sent): Promise<SentIn[]> {
  if (sent.length === 0) return [];
  try {
    const left = await sentPhotos.of(person);
    return sent.flatMap(([scope, one]) => (left.has(scope) ? [] : [one]));
  } catch (error) {
    return unlessUnavailable(error, []);
  }
}

function photosErased({ words }: CommandCall, sent: readonly SentIn[]): Reply[] {
  if (sent.length === 0) return [];
  const groups = sent.map(({ place }) => groupName(words, place)).join(', ');
  const forbidden = sent.some(({ isForbidden }) => isForbidden);
  return [{ kind: 'info', text: words.forget.photos({ groups, forbidden }) }];
}

/**
 * Gives `instead` when a store cannot be reached, so that people can leave all the same. Throws
 * every other error.
 */
function unlessUnavailable<T>(error: unknown, instead: T): T {
  if (!(error instanceof Failure) || error.code !== 'unavailable') throw error;
  return instead;
}

/**
 * The group to erase the person from, or everywhere; undefined until the person chose one. Nothing
 * but that choice erases anybody.
 */
function chosen({ choice, place }: CommandCall['ask']): Where | undefined {
  if (choice === 'everywhere') return 'everywhere';
  return choice === 'here' ? place : undefined;
}

/**
 * Asks, before an erasure, which groups to erase the person from. People without data are told so
 * instead, and what waits of theirs is dropped.
 */
export async function confirm(tools: Tools, call: CommandCall): Promise<Reply> {
  const { ask, words } = call;
  const { isHere, isElsewhere, groups } = await whereHeld(tools, ask);
  if (!isHere && !isElsewhere) {
    await tools.eraser.withdraw(ask.person, ask);
    // A damaged record is missing from `groups` because it cannot be read. This drops it too.
    await tools.sentPhotos.drop('everywhere', ask.person);
    return nothing(call, undefined);
  }
  const id = await tools.parked.parkLeaving(ask, PARKED_MS);
  const everywhere = { id: `${id}:everywhere`, label: words.forget.everywhere, role: 'confirm' } as const;
  const cancel = { id: `${id}:cancel`, label: words.forget.cancel, role: 'cancel' } as const;
  const here = isHere && ask.place ? [ask.place] : [];
  const offers = here.map((place) => {
    const label = words.forget.here({ group: shortName(words, place) });
    return { id: `${id}:here`, label, role: 'confirm' } as const;
  });
  const named = groups.map((place) => groupName(words, place)).join(', ') || words.place.yours;
  const actions = [...offers, ...(isElsewhere ? [everywhere] : []), cancel];
  return { kind: 'confirm', text: words.forget.ask({ groups: named }), actions };
}

/** @param place undefined when every group was searched */
function nothing({ words }: CommandCall, place: Place | undefined): Reply {
  const group = place === undefined ? '' : groupName(words, place);
  return { kind: 'info', text: words.forget.nothing({ where: place === undefined ? 'other' : 'group', group }) };
}

/** The groups that hold data of the person. */
async function whereHeld({ gallery, sentPhotos }: Tools, { person, place }: CommandCall['ask']) {
  try {
    const here = place && (await gallery.scopeOf(place));
    const known = await gallery.scopesOf(person);
    const sent = [...(await sentPhotos.of(person))].map(([scope, sent]) => ({ scope, place: sent.place }));
    const held = [...known, ...sent.filter((one) => known.every(({ scope }) => scope !== one.scope))];
    return {
      isHere: held.some(({ scope }) => scope === here),
      isElsewhere: held.some(({ scope }) => scope !== here),
      // A group whose name cannot be read is missing here. The person can leave it in spite of
      // that.
      groups: held.flatMap((one) => (one.scope === here && place ? place : (one.place ?? []))),
    };
  } catch (error) {
    return unlessUnavailable(error, { isHere: place !== undefined, isElsewhere: true, groups: place ? [place] : [] });
  }
}
