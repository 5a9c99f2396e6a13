import type { CommandCall } from '../src/chat/command.ts';
import { groupName, shortName } from '../src/chat/group/group-name.ts';
import type { Action, Reply } from '../src/chat/reply.ts';
import type { Group } from '../src/chat/rights/dossiers.ts';
import type { SentIn } from '../src/chat/sent-photos.ts';
import type { Place } from '../src/consent/who.ts';
import { moment } from '../src/text/moment.ts';
import type { Words } from '../src/text/words.ts';
import { MAX_OFFERED, type Offer } from './selfies.ts';
import type { Tools } from './tools.ts';

/** The beginnings of choices under /mydata. After them comes the platform's id of a group. */
const [FORBID, ALLOW] = ['forbid-', 'allow-'];

/** Tells a sender what is kept about searches of the photos in their messages. */
export function describeSent(words: Words, { place, isForbidden, searchedAt }: SentIn): string {
  const { photos } = words.mydata;
  const group = groupName(words, place);
  const [latest] = searchedAt;
  return [
    ...(latest === undefined ? [] : [photos.searched({ group, count: searchedAt.length, date: moment(latest) })]),
    ...(isForbidden ? [photos.forbidden({ group })] : []),
  ].join('\n');
}

/**
 * Offers to allow or forbid searches of the photos in the asker's messages. There is an offer only
 * where such photos can be searched. `id` is the id of the parked ask.
 */
export async function forbidOffer(
  { sentPhotos, isOwnMachine }: Tools,
  id: string,
  { ask, words }: CommandCall,
  groups: readonly Group[],
): Promise<Offer | undefined> {
  const isOffered = sentPhotos.areSearched && !isOwnMachine(ask.person.platform);
  const places = isOffered ? placesFor(ask, groups).slice(0, MAX_OFFERED) : [];
  if (places.length === 0) return undefined;
  const sent = await sentPhotos.of(ask.person);
  const isForbidden = ({ id: place }: Place) => {
    const scope = groups.find((group) => group.place?.id === place)?.scope;
    return scope !== undefined && sent.get(scope)?.isForbidden === true;
  };
  const actions = places.map((place): Action => {
    const group = shortName(words, place);
    const { allow, forbid } = words.mydata.photos;
    const [choice, label] = isForbidden(place) ? [ALLOW, allow({ group })] : [FORBID, forbid({ group })];
    return { id: `${id}:${choice}${place.id}`, label, role: 'confirm' };
  });
  return { text: words.mydata.photos.offer, actions };
}

/** The answer to a press under {@link forbidOffer}; undefined for other choices. */
export async function photosChosen(
  { gallery, sentPhotos }: Tools,
  { ask, words }: CommandCall,
  groups: readonly Group[],
): Promise<Reply[] | undefined> {
  const { choice = '' } = ask;
  const isForbidden = choice.startsWith(FORBID);
  if (!isForbidden && !choice.startsWith(ALLOW)) return undefined;
  const chosen = choice.slice((isForbidden ? FORBID : ALLOW).length);
  const place = placesFor(ask, groups).find(({ id }) => id === chosen);
  if (!place) return undefined;
  // Perhaps the gallery knows nobody in this group yet. Then the group gets its scope now.
  await sentPhotos.forbid({ scope: await gallery.scope(place), place }, ask.person, isForbidden);
  const { isForbidden: from, isAllowed } = words.mydata.photos;
  return [{ kind: 'info', text: (isForbidden ? from : isAllowed)({ group: groupName(words, place) }) }];
}

/** The group of the ask, or in private all groups that have data of the person. */
function placesFor({ place, person }: CommandCall['ask'], groups: readonly Group[]): Place[] {
  if (place) return [place];
  return groups.flatMap((group) => (group.place?.platform === person.platform ? [group.place] : []));
}
