import { type Ask, chargeOf } from '../src/chat/ask.ts';
import { newParkedId, PARKED_MS } from '../src/chat/buttons/parked.ts';
import type { PhotoCall } from '../src/chat/command.ts';
import type { Action, PresencePhoto, Reply } from '../src/chat/reply.ts';
import { type Face, type Heads, type Mark, type Seen, SURE_HEAD } from '../src/face/face.ts';
import { selfieFace } from '../src/face/selfie.ts';
import { Failure } from '../src/failure.ts';
import type { Words } from '../src/text/words.ts';
import type { Declared } from './declared.ts';
import { type Copy, copyOf, eachPhoto } from './each-photo.ts';
import { isSameBox, mayBeOn, type Own, ownAmong, ownOn, ownTemplates } from './self.ts';
import type { Tools } from './tools.ts';

/**
 * The words of a button's choice. {@link POSSIBLE}: also show photos on which the asker may be.
 * {@link NOT}: one more photo shows somebody else. After the words, the choice has the numbers of
 * all photos that are taken out.
 */
const [POSSIBLE, NOT] = ['possible', 'not'];

/**
 * The words by which the page says how many photos its album has, when it sends the album in parts.
 * With `again`, it sends photos that were in earlier parts.
 */
const PART_OF = /^of (\d{1,6})( again)?$/;

/**
 * /me: the photos that show the asker, with their face framed and everybody else blurred. `of 214`
 * after the command is the number of all photos of an album that is sent in parts. `of 214 again`
 * looks once more at photos of earlier parts: those that show the asker come together with those
 * that may show them. A button takes out a photo that shows somebody else after all. A person who
 * is not enrolled sends a selfie as the first photo. The selfie is used for this ask alone.
 */
export const me = {
  name: 'me',
  kind: 'photos',
  purpose: 'self',
  needsEnrolment: (ask) => ask.photos.length < 2 || partOf(ask) > 0,
  photos: { min: 1, max: 10, of: 'anybody' },
  async run(tools, given) {
    const { isEnrolled, templates: enrolled } = await ownTemplates(tools, given);
    if (isEnrolled && enrolled.length === 0) {
      return [{ kind: 'error', code: 'not_enrolled', text: given.words.me.hidden }];
    }
    const before = isEnrolled ? 0 : 1;
    const { call, unlooked } = await spend(tools, given, before + 1);
    const templates = isEnrolled ? enrolled : [await selfieIn(tools, call)];
    const mayBe = (seen: Seen) => mayBeOn(tools.matcher, templates, seen);
    const others = { ...call, photos: call.photos.slice(before) };
    const isPart = partOf(call.ask) > 0;
    const looked = await eachPhoto(others, (photo) => look(call, photo, mayBe), { from: before, isPart });
    const photos = looked.flatMap((one, index) => ('kind' in one ? [] : [{ ...one, number: before + index + 1 }]));
    const refused = looked.filter((one): one is Reply => 'kind' in one);
    // The page takes a part as searched only after a presence reply. So there is one even if no
    // photo of the part was usable.
    if (photos.length === 0 && !isPart) return [...refused, ...unlooked];
    const all = Math.max(photos.length, partOf(call.ask));
    const { taken, isNew } = chosen(call.ask);
    if (isNew) tools.harmed('not_me');
    const isFirst = isPart && !isAgain(call.ask);
    const own = ownOn(
      tools.matcher,
      templates,
      photos.map((photo) => ({ ...photo, isTakenOut: taken.includes(photo.number) })),
      { parts: all / Math.max(1, photos.length), looks: isFirst ? 'first' : 'all' },
    );
    const shown: PresencePhoto[] = [];
    for (const [index, photo] of photos.entries()) {
      const one = await presence(call, photo, taken.includes(photo.number) ? undefined : own[index]);
      shown.push(isFirst && photo.copy && one.verdict !== 'match' ? { ...one, again: true } : one);
    }
    const by = isEnrolled ? enrolled.length : undefined;
    return [answer(tools, call, shown, { by, isWhole: all === photos.length }), ...refused, ...unlooked];
  },
  async look({ matcher, ...tools }, call, { all, sure: photos }) {
    const { isEnrolled, templates } = await ownTemplates({ matcher, ...tools }, call);
    if (templates.length === 0)
      throw new Failure('not_enrolled', { details: isEnrolled ? { hidden: 1 } : { self: 1 } });
    const see = (photo: Uint8Array) => call.faces.see(photo, call.signal);
    const sure = photos && (await Promise.all(photos.map(see)));
    return async (photo) => {
      const seen = await see(photo);
      const verdict = ownAmong(matcher, templates, seen, { all, sure })?.match.verdict ?? 'absent';
      return { verdict, again: !sure && verdict !== 'match' && mayBeOn(matcher, templates, seen) };
    };
  },
} satisfies Declared;

/**
 * Counts the photos of this ask for the day, except on the asker's own machine and after a button.
 * Gives the call with as many of its photos as the day has left, and a reply about the rest.
 * @throws Failure `rate_limited` when the day has fewer left than `least`
 */
async function spend(
  { dailyPhotos, isOwnMachine }: Tools,
  call: PhotoCall,
  least: number,
): Promise<{ readonly call: PhotoCall; readonly unlooked: readonly Reply[] }> {
  const { ask, consent, words } = call;
  if (isOwnMachine(consent.person.platform) || chosen(ask).isRepeated) return { call, unlooked: [] };
  const sent = ask.photos.length;
  const { photos, seconds } = await dailyPhotos.spend(consent.person, chargeOf(ask), sent);
  if (photos === sent) return { call, unlooked: [] };
  if (photos < least) throw new Failure('rate_limited', { details: { photos: 1, seconds } });
  const hours = Math.max(1, Math.ceil(seconds / 3_600));
  const text = words.series.refused({ refused: sent - photos, most: dailyPhotos.most, hours });
  const looked = {
    ...call,
    ask: { ...ask, photos: ask.photos.slice(0, photos) },
    photos: call.photos.slice(0, photos),
  };
  return { call: looked, unlooked: [{ kind: 'info', text }] };
}

/**
 * How many photos the whole album has, when this ask brings a part of it; 0 when the ask does not
 * say.
 */
function partOf({ args }: Ask): number {
  return Number(PART_OF.exec(args)?.[1] ?? 0);
}

/** Whether the ask's photos were looked at before, in other parts. */
function isAgain({ args }: Ask): boolean {
  return PART_OF.exec(args)?.[2] !== undefined;
}

/**
 * The face on the first photo. For a person who is not enrolled, the ask's other photos are
 * compared with it. It may be anybody's face, so such asks are limited and counted.
 */
async function selfieIn(tools: Tools, { ask, photos, faces, signal, consent }: PhotoCall): Promise<Float32Array> {
  const [open] = photos;
  const [first] = ask.photos;
  if (!open || me.needsEnrolment(ask)) throw new Failure('not_enrolled', { details: { self: 1 } });
  if (first?.borrowed || first?.isOfOthers) throw new Failure('not_enrolled', { details: { borrowed: 1 } });
  const { embedding } = selfieFace((await faces.see(await open(), signal)).faces);
  // A selfie that cannot be used costs no try.
  const isFirst = !chosen(ask).isRepeated && (await tools.selfieAsks.spend(consent.person, chargeOf(ask)));
  if (isFirst) tools.harmed('me_by_selfie');
  return embedding;
}

/** What was chosen by buttons so far. */
function chosen({ choice = '' }: Ask) {
  const [word, ...others] = choice.split('-');
  return {
    showsPossible: [word, ...others].includes(POSSIBLE),
    /** The numbers of the photos that the asker said show somebody else. */
    taken: others.filter((one) => one !== POSSIBLE).map(Number),
    /** Whether the asker has just pointed out one more such photo. */
    isNew: word === NOT,
    /** Whether the ask is about the photos of an earlier answer. */
    isRepeated: word === NOT || word === POSSIBLE,
  };
}

/** A photo with its faces. It has no copy when the asker cannot be on it. */
interface Looked extends Pick<Heads, 'heads'> {
  readonly faces: readonly Face[];
  readonly copy: Copy | undefined;
}

/**
 * @param mayBe whether the photo would show the asker if it were the only one. With more photos, a
 * face can only become less certain, so no match is missed
 */
async function look(call: PhotoCall, photo: Uint8Array, mayBe: (seen: Seen) => boolean): Promise<Looked> {
  const seen = await call.faces.see(photo, call.signal);
  const copy = mayBe(seen) ? await copyOf(call, photo, seen) : undefined;
  return { heads: seen.heads, faces: seen.faces, copy };
}

async function presence(
  call: PhotoCall,
  photo: Looked & { readonly number: number },
  own: Own | undefined,
): Promise<PresencePhoto> {
  const { number, copy } = photo;
  if (!own || !copy) return { number, verdict: 'absent' };
  const { verdict, distance, chance } = own.match;
  const isShown = verdict === 'match' || chosen(call.ask).showsPossible;
  const picture = isShown && {
    jpeg: await drawn(call, { ...photo, ...copy }, own),
    alt: call.words.me.picture({ number }),
  };
  return { number, verdict, distance, chance, ...(picture && { picture }) };
}

/** The photo with the asker's face framed and numbered, and all others blurred. */
async function drawn(
  { faces, signal }: PhotoCall,
  { photo, frame, scale, heads, number }: Pick<Looked, 'heads'> & Copy & { readonly number: number },
  { face, match }: Own,
): Promise<Uint8Array> {
  const marks = heads
    .filter(({ box, score }) => score >= SURE_HEAD || isSameBox(box, face.box))
    .map(({ box }): Mark => {
      const [x, y, width, height] = box;
      const there = [x * scale, y * scale, width * scale, height * scale] as const;
      return { box: there, number, tone: isSameBox(box, face.box) ? match.verdict : 'blur' };
    });
  return await faces.draw(photo, marks, { frame, signal });
}

/**
 * @param by how many enrolled templates were compared; undefined for a selfie of this ask
 * @param isWhole whether the ask has all photos. A part has no buttons, because the page has its
 * own for the whole album
 */
function answer(
  tools: Tools,
  call: PhotoCall,
  photos: readonly PresencePhoto[],
  { by, isWhole }: { readonly by: number | undefined; readonly isWhole: boolean },
): Reply {
  const { words } = call;
  const { taken, isRepeated } = chosen(call.ask);
  const numbers = (wanted: PresencePhoto['verdict']) =>
    photos.flatMap(({ verdict, number }) => (verdict === wanted ? [number] : []));
  const [sure, maybe] = [numbers('match'), numbers('possible')];
  const actions = isWhole ? offers(tools, call, photos) : [];
  const advice = by === 1 && maybe.length > 0 && !isRepeated ? words.me.moreSelfies : undefined;
  return {
    kind: 'presence',
    text: [
      textOf(words, { seen: photos.length, all: call.photos.length, sure, maybe, taken }),
      ...(by === undefined ? [words.me.bySelfie] : []),
      ...(advice ? [advice] : []),
    ].join(' '),
    photos,
    seen: photos.length,
    found: sure.length,
    ...(by === undefined && { bySelfie: true }),
    ...(advice && { advice }),
    ...(actions.length > 0 && { actions }),
  };
}

function textOf(
  { me, listed }: Words,
  {
    seen,
    all,
    sure,
    maybe,
    taken,
  }: {
    /** How many photos were looked at. */
    readonly seen: number;
    /** How many photos the ask has. Their order gives their numbers. */
    readonly all: number;
    readonly sure: readonly number[];
    readonly maybe: readonly number[];
    readonly taken: readonly number[];
  },
): string {
  const told = (numbers: readonly number[]) => ({ found: numbers.length, photos: inWords(listed, numbers) });
  const found = me.found({ ...told(sure), seen: sure.length > 0 ? all : seen });
  const sentences = [
    found,
    ...(maybe.length > 0 ? [me.maybe({ ...told(maybe), seen: all })] : []),
    ...(taken.length > 0 ? [me.takenOut({ ...told(taken.toSorted((a, b) => a - b)), seen: all })] : []),
  ];
  return sentences.join(' ');
}

function inWords(listed: Words['listed'], numbers: readonly number[]): string {
  const [last, ...before] = numbers.toReversed();
  if (before.length === 0) return String(last ?? '');
  return listed({ before: before.toReversed().join(', '), last: String(last) });
}

/** Offers to show where else the asker may be, and to take out photos that are shown. */
function offers(
  { parked }: Tools,
  { ask, words, now, answerAfter }: PhotoCall,
  photos: readonly PresencePhoto[],
): Action[] {
  const { showsPossible, taken } = chosen(ask);
  const id = newParkedId(now + PARKED_MS);
  const action = (label: string, ...choice: readonly (string | number)[]): Action => ({
    id: [id, choice.join('-')].join(':'),
    label,
    role: 'confirm',
  });
  const isHidden = !showsPossible && photos.some(({ verdict }) => verdict === 'possible');
  const more = isHidden ? [action(words.me.showPossible, POSSIBLE, ...taken)] : [];
  const kept = showsPossible ? [POSSIBLE] : [];
  const out = photos.flatMap(({ number, picture }) =>
    picture ? [action(words.me.notMe({ number, seen: ask.photos.length }), NOT, ...kept, ...taken, number)] : [],
  );
  const all = [...more, ...out];
  if (all.length > 0) answerAfter(parked.park(ask, { for: 'choice' }, PARKED_MS, id));
  return all;
}
