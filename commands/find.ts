import { chargeOf } from '../src/chat/ask.ts';
import { detailsButton } from '../src/chat/buttons/details.ts';
import { newParkedId, PARKED_MS } from '../src/chat/buttons/parked.ts';
import type { PhotoCall } from '../src/chat/command.ts';
import { mayShowToGroup } from '../src/chat/group/channels.ts';
import { groupName } from '../src/chat/group/group-name.ts';
import type { Account, Subject } from '../src/chat/limits/disclosure.ts';
import type { Comparison, NamedMatch, Reply } from '../src/chat/reply.ts';
import type { Person } from '../src/consent/who.ts';
import type { Mark, Seen } from '../src/face/face.ts';
import { Failure } from '../src/failure.ts';
import type { Candidate } from '../src/gallery/gallery.ts';
import { type Named, shownDistance } from '../src/match/matcher.ts';
import { nearestNamings } from '../src/match/recurrence.ts';
import type { Declared } from './declared.ts';
import { type Copy, copyOf, eachPhoto } from './each-photo.ts';
import { type LookedFace, nameFaces } from './find-names.ts';
import { describe, describeShown, summaryOf, type Told } from './find-text.ts';
import { namesNow } from './names-now.ts';
import { inReadingOrder } from './reading-order.ts';
import type { Tools } from './tools.ts';

/**
 * /find: numbers every face on the photos, and names the people of this group whom the answer may
 * show. Each photo gets one result.
 */
export const find = {
  name: 'find',
  kind: 'photos',
  purpose: 'search',
  photos: { min: 1, max: 10, of: 'anybody' },
  async run(tools, call) {
    const seen = await eachPhoto(call, (photo) => look(call, photo));
    const occasion = { scope: call.scope, asker: call.consent.person, ask: chargeOf(call.ask) };
    const account = tools.disclosure.account(occasion);
    return await answers(tools, call, await named(tools, call, seen, account), account);
  },
} satisfies Declared;

/** A photo with its faces. Nobody is compared with them yet. */
interface SeenPhoto extends Copy {
  readonly seen: Seen;
}

/** A photo with the people found on it. Nothing of it is shown yet. */
interface Looked {
  /** The number of the photo within the ask, from 1. */
  readonly photo: number;
  readonly faces: readonly LookedFace[];
  /** How many more faces were found but not looked at. */
  readonly left: number;
  readonly jpeg: Uint8Array;
  /** The size of the photo that was seen. */
  readonly size: readonly [width: number, height: number];
  readonly compared: Comparison;
}

/**
 * Whether unnamed faces are blurred: the group sees the result, or somebody else sent the photo.
 */
function blursOthers({ ask }: PhotoCall): boolean {
  return ask.choice === 'show' || ask.photos.some(({ isOfOthers }) => isOfOthers);
}

async function look(call: PhotoCall, photo: Uint8Array): Promise<SeenPhoto> {
  const found = await call.faces.see(photo, call.signal);
  const seen = { ...found, faces: inReadingOrder(found.faces) };
  if (seen.faces.length === 0) throw new Failure('no_face');
  return { seen, ...(await copyOf(call, photo, seen)) };
}

/**
 * Finds out who is on the photos. All faces are compared at once, because a chance is for the whole
 * answer.
 */
async function named(
  tools: Tools,
  call: PhotoCall,
  seen: readonly (SeenPhoto | Reply)[],
  account: Account,
): Promise<(Looked | Reply)[]> {
  const photos = seen.filter((one): one is SeenPhoto => !('kind' in one));
  const { compared, photos: faces } = await nameFaces(
    tools,
    call,
    photos.map((one) => one.seen),
    account,
  );
  const looked: (Looked | Reply)[] = [];
  for (const [index, one] of seen.entries()) {
    if ('kind' in one) {
      looked.push(one);
      continue;
    }
    const found = faces[photos.indexOf(one)] ?? [];
    const { left, width, height } = one.seen;
    const jpeg = await marked(call, one, found);
    looked.push({ photo: index + 1, faces: found, left, size: [width, height], compared, jpeg });
  }
  return looked;
}

async function marked(call: PhotoCall, { photo, frame, scale }: SeenPhoto, found: readonly LookedFace[]) {
  const { faces, signal } = call;
  const isBlurred = blursOthers(call);
  const marks = found.map(({ box, number, matches, verdict }): Mark => {
    const [x, y, width, height] = box;
    const there = [x * scale, y * scale, width * scale, height * scale] as const;
    return { box: there, number, tone: isBlurred && matches.length === 0 ? 'blur' : verdict };
  });
  return await faces.draw(photo, marks, { frame, signal });
}

/**
 * Pays for what the answer reveals (see {@link Account.pay}), and then makes the replies. Each
 * person's distance is shown at most once, at the nearest face of all photos.
 */
async function answers(
  tools: Tools,
  call: PhotoCall,
  looked: readonly (Looked | Reply)[],
  account: Account,
): Promise<Reply[]> {
  const { scope, consent, ask, now } = call;
  const faces = looked.flatMap((one) => ('kind' in one ? [] : one.faces));
  const nearest = nearestNamings(faces, ({ person }) => person.id);
  const { distances, noted } = await account.pay(subjects(faces, nearest));
  call.answerAfter(noted);
  const found = unique(faces.flatMap(({ matches }) => matches.map(({ candidate }) => candidate.person)));
  // The names appear only once the search log has the entry.
  call.answerAfter(tools.gallery.recordFinds(scope, consent.person, found, now, chargeOf(ask)));
  const nameOf = namesNow(tools, call, found);
  const numberOf = new Map(faces.flatMap(({ number, matches }) => matches.map((match) => [match, number] as const)));
  const tell = (match: Named<Candidate>): Told => {
    const { id } = match.candidate.person;
    const best = distances.has(id) ? nearest.get(id) : undefined;
    return {
      match,
      ...nameOf(match.candidate.person),
      isMeasured: match === best,
      measuredAt: best && numberOf.get(best),
    };
  };
  // Nobody knows where a face is that was not looked at. So it could not be blurred.
  const mayBeShown = looked.every((one) => 'kind' in one || one.left === 0);
  const told = { tell, mayBeShown };
  // The group is shown only photos that name somebody. The asker has already read why the other
  // photos failed.
  const isShown = ask.choice === 'show' && faces.length > 0;
  const answered = isShown ? looked.filter(isNaming) : looked;
  if (answered.length === 0) return [{ kind: 'info', text: call.words.shown.nobody }];
  const replies = await Promise.all(answered.map((one) => ('kind' in one ? one : result(tools, call, one, told))));
  return withButtons(tools, call, replies);
}

function isNaming(one: Looked | Reply): one is Looked {
  return !('kind' in one) && one.faces.some(({ matches }) => matches.length > 0);
}

/**
 * Adds two buttons to the first result that names somebody: one reports a wrong name, the other
 * explains the numbers. They are about all results. Results for a group get none.
 */
function withButtons({ wrongNames, matcher }: Tools, { ask, words }: PhotoCall, replies: readonly Reply[]): Reply[] {
  const names = (reply: Reply) => reply.kind === 'result' && reply.faces.some(({ matches }) => matches.length > 0);
  const first = ask.choice === 'show' ? undefined : replies.find(names);
  return replies.map((reply) => {
    if (reply !== first || reply.kind !== 'result') return reply;
    const actions = [wrongNames.button('asker', ask.person, ask.id, words.wrong.name)];
    if (!reply.compared) return { ...reply, actions };
    const { match, possible } = matcher.limits(reply.compared);
    const { chancesRestOn } = reply.compared;
    const limits = { match: shownDistance(match), possible: shownDistance(possible), chancesRestOn };
    return { ...reply, actions, details: detailsButton(limits, words.find.details.button) };
  });
}

/** The people near the faces. Each has the number of faces that reveal something about them. */
function subjects(faces: readonly LookedFace[], named: ReadonlyMap<string, unknown>): Subject[] {
  const near = Map.groupBy(
    faces.flatMap((face) => face.near),
    ({ candidate }) => candidate.person.id,
  );
  return [...near].flatMap(([id, same]) => {
    const clear = same.filter(({ isClear }) => isClear).length;
    const [first] = same;
    const told = { isNamed: named.has(id), clear, unclear: same.length - clear };
    return first ? [{ person: first.candidate.person, ...told }] : [];
  });
}

async function result(
  tools: Tools,
  call: PhotoCall,
  { photo, faces, left, jpeg, size, compared }: Looked,
  { tell, mayBeShown }: { readonly tell: (match: Named<Candidate>) => Told; readonly mayBeShown: boolean },
): Promise<Reply> {
  const { words } = call;
  const told = faces.map((face) => ({ ...face, matches: face.matches.map(tell) }));
  const names = told.flatMap(({ matches }) => matches.map(({ called }) => called));
  const isShown = call.ask.choice === 'show';
  const isBlurred = blursOthers(call);
  // Blurred faces have no number.
  const numbered = isBlurred ? faces.filter(({ matches }) => matches.length > 0) : faces;
  const alt = words.find.picture({ faces: numbered.length, named: names.length > 0, names: names.join(', ') });
  const show = mayBeShown ? offerShow(tools, call, faces) : undefined;
  const found = () => (isShown ? describeShown(call, told) : describe(call, told, { isBlurred }));
  const text = compared.templates === 0 ? await nobody(tools, call) : found();
  const which = call.photos.length > 1 ? `${words.find.photo({ number: photo })}: ` : '';
  // Faces that were not looked at would not be blurred.
  const isWithheld = isBlurred && left > 0;
  const notes = [
    ...(left > 0 ? [words.find.left({ left, faces: faces.length })] : []),
    ...(isWithheld ? [words.find.withheld] : []),
  ];
  return {
    kind: 'result',
    text: [`${which}${text}`, ...notes].join('\n'),
    ...(!isShown && compared.templates > 0 && { summary: `${which}${summaryOf(call, told)}` }),
    ...(!isWithheld && { picture: { jpeg, alt, size } }),
    faces: told.map(({ number, box, verdict, matches }) => ({
      number,
      box,
      verdict,
      matches: matches.map(({ match, name, isMeasured }): NamedMatch => {
        const { distance, chance } = match;
        return { name, ...(isMeasured && { distance, chance }), verdict: match.verdict };
      }),
    })),
    ...(notes.length > 0 && { notes }),
    compared,
    ...(show && { show }),
    ...(isShown && { shows: unique(told.flatMap(namedAt)) }),
  };
}

function namedAt({ matches }: { readonly matches: readonly Told[] }): Person[] {
  return matches.map(({ match }) => match.candidate.person);
}

/** Why nobody can be found: nobody is enrolled, or the enrolled people must enrol again. */
async function nobody({ gallery }: Tools, { scope, place, words }: PhotoCall): Promise<string> {
  const people = await gallery.people(scope);
  const isOutdated = people.some(({ standing }) => standing.outdated !== undefined);
  const why = isOutdated ? words.find.allOutdated : words.find.nobodyEnrolled;
  return why({ group: groupName(words, place) });
}

function offerShow(
  { parked }: Tools,
  { ask, rules, words, now, answerAfter }: PhotoCall,
  faces: readonly LookedFace[],
) {
  const isOffered = faces.some(({ matches }) => matches.some(({ candidate }) => candidate.shown));
  if (ask.choice === 'show' || !isOffered || !mayShowToGroup(ask, rules)) return undefined;
  const id = newParkedId(now + PARKED_MS);
  answerAfter(parked.park(ask, { for: 'choice' }, PARKED_MS, id));
  return { id: `${id}:show`, label: words.find.show, role: 'confirm' } as const;
}

function unique(people: readonly Person[]): Person[] {
  return [...new Map(people.map((person) => [person.id, person])).values()];
}
