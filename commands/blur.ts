import type { Ask } from '../src/chat/ask.ts';
import { newParkedId, PARKED_MS } from '../src/chat/buttons/parked.ts';
import type { PhotoCall } from '../src/chat/command.ts';
import { groupName } from '../src/chat/group/group-name.ts';
import type { Action, Reply } from '../src/chat/reply.ts';
import {
  type Box,
  type Face,
  type Heads,
  headAround,
  PASSED_ON_SIDE,
  SHOWN_SIDE,
  SURE_FACE,
  SURE_HEAD,
} from '../src/face/face.ts';
import { LOCALES, wordsFor } from '../src/text/words.ts';
import type { Declared } from './declared.ts';
import { type Copy, copyOf, eachPhoto } from './each-photo.ts';
import { isSameBox, type Own, ownOn, ownTemplates } from './self.ts';
import type { Tools } from './tools.ts';

/**
 * What a button chooses: {@link ALL} also blurs the asker; {@link MORE} also blurs heads that the
 * detector is not sure of. A button may choose both.
 */
const ALL = 'all';
const MORE = 'more';

/**
 * /blur: makes everybody on the photo unrecognisable but the asker. /blur all: makes the asker
 * unrecognisable too, and compares no face with a template. Only an enrolled asker can stay
 * recognisable.
 */
export const blur = {
  name: 'blur',
  kind: 'photos',
  // The choice of a button does not count here: no button needs more than its sender has agreed to.
  purpose: (ask, { templates }) => (saysAll(ask) || templates === 0 ? 'blur' : 'self'),
  comparesNobody: isAboutAll,
  hasAll: true,
  photos: { min: 1, max: 10, of: 'anybody' },
  async run(tools, call) {
    const looked = await eachPhoto(call, (photo) => look(call, photo));
    const photos = looked.filter((one): one is Looked => !('kind' in one));
    const own = looksForAsker(call) ? ownOn(tools.matcher, (await ownTemplates(tools, call)).templates, photos) : [];
    const replies: Reply[] = [];
    for (const one of looked) {
      replies.push('kind' in one ? one : await blurred(call, one, own[photos.indexOf(one)]));
    }
    const isKept = own.some((one) => isCertain(one));
    const actions = photos.length > 0 ? offers(tools, call, { isKept }) : [];
    return replies.map((reply, index) =>
      index === looked.lastIndexOf(photos.at(-1) ?? reply) ? { ...reply, actions } : reply,
    );
  },
} satisfies Declared;

/** Whether the word after the command, in any language, asks for everybody. */
function saysAll({ args }: Ask): boolean {
  const [word] = args.toLowerCase().split(/\s+/, 1);
  return LOCALES.some((locale) => wordsFor(locale).blur.option.name === word);
}

/** Whether a button, or the word after the command, asks for everybody. */
function isAboutAll(ask: Ask): boolean {
  return ask.choice?.startsWith(ALL) === true || saysAll(ask);
}

/** Whether to recognise the asker, so that their face is not blurred. */
function looksForAsker({ ask, consent }: PhotoCall): boolean {
  return consent.purpose === 'self' && !isAboutAll(ask);
}

function isLookedAtAgain({ choice = '' }: Ask): boolean {
  return choice.endsWith(MORE);
}

/** A photo with its heads. Nobody is blurred yet. */
interface Looked extends Pick<Heads, 'heads'>, Copy {
  /** The faces to compare with the asker's; empty when nobody is to be recognised. */
  readonly faces: readonly Face[];
}

async function look(call: PhotoCall, photo: Uint8Array): Promise<Looked> {
  const { faces, signal } = call;
  const nobody = { faces: [] as readonly Face[] };
  const seen = looksForAsker(call)
    ? await faces.see(photo, signal)
    : { ...nobody, ...(await faces.heads(photo, signal)) };
  return { heads: seen.heads, faces: seen.faces, ...(await copyOf(call, photo, seen)) };
}

/** Whether a face is certainly the asker's. Only such a face is left as it is. */
function isCertain(own: Own | undefined): own is Own {
  return own?.match.verdict === 'match';
}

async function blurred(call: PhotoCall, { heads, photo, frame, scale }: Looked, own: Own | undefined): Promise<Reply> {
  const { ask, words, faces, signal, photos, place } = call;
  const isAgain = isLookedAtAgain(ask);
  const mine = isCertain(own) ? own.face.box : undefined;
  const seen = heads.filter(({ score, box }) => score >= SURE_HEAD || (isAgain && !(mine && covers(box, mine))));
  const others = seen.filter(({ box }) => !(mine && isSameBox(box, mine)));
  if (seen.length === 0) return { kind: 'error', code: 'no_face', text: words.blur.none({ again: isAgain }) };
  const marks = others.map(({ box: [x, y, width, height] }) => ({
    box: [x * scale, y * scale, width * scale, height * scale] as const,
    number: 0,
    tone: 'blur' as const,
  }));
  const side = photos.length === 1 ? PASSED_ON_SIDE : SHOWN_SIDE;
  const jpeg = await faces.draw(photo, marks, { frame, side, signal });
  const kept = mine && others.some(({ box }) => covers(box, mine)) ? 'covered' : 'kept';
  const left = looksForAsker(call) ? (mine ? kept : 'missed') : isAboutAll(ask) ? 'other' : 'unknown';
  const sure = others.filter(({ score }) => score >= SURE_FACE).length;
  const counts = { sure, unsure: others.length - sure };
  return {
    kind: 'blurred',
    text: words.blur.done({ ...counts, you: left, group: groupName(words, place) }),
    picture: { jpeg, alt: words.blur.picture({ blurred: others.length }) },
    faces: seen.length,
    blurred: others.length,
  };
}

/**
 * The share of a face that the blur of another face may cover. Up to this share, people see the
 * face as it was.
 */
const HARDLY_COVERED = 0.2;

/** Whether the blur of `face` covers more than {@link HARDLY_COVERED} of `other`. */
function covers(face: Box, other: Box): boolean {
  const [x, y, width, height] = headAround(face);
  const [u, v, across, down] = other;
  const shared = (from: number, size: number, at: number, length: number) =>
    Math.max(0, Math.min(from + size, at + length) - Math.max(from, at));
  const area = shared(x, width, u, across) * shared(y, height, v, down);
  return area > HARDLY_COVERED * across * down;
}

/** The buttons under the photo: to look more closely for heads, and to blur the asker too. */
function offers(
  { parked }: Tools,
  { ask, words, now, answerAfter }: PhotoCall,
  { isKept }: { readonly isKept: boolean },
) {
  const isAgain = isLookedAtAgain(ask);
  if (isAgain && !isKept) return [];
  const id = newParkedId(now + PARKED_MS);
  answerAfter(parked.park(ask, { for: 'choice' }, PARKED_MS, id));
  const all = isAboutAll(ask) ? `${ALL}-` : '';
  const more: Action = { id: `${id}:${all}${MORE}`, label: words.blur.more, role: 'confirm' };
  const me: Action = { id: `${id}:${ALL}${isAgain ? `-${MORE}` : ''}`, label: words.blur.me, role: 'confirm' };
  return [...(isAgain ? [] : [more]), ...(isKept ? [me] : [])];
}
