import { chargeOf } from '../src/chat/ask.ts';
import { PARKED_MS } from '../src/chat/buttons/parked.ts';
import type { PhotoCall } from '../src/chat/command.ts';
import { failureText, photoReply } from '../src/chat/failure.ts';
import { groupName } from '../src/chat/group/group-name.ts';
import type { Reply } from '../src/chat/reply.ts';
import type { Face } from '../src/face/face.ts';
import { selfieFace } from '../src/face/selfie.ts';
import { Failure } from '../src/failure.ts';
import { type Candidates, type Claim, MAX_TEMPLATES } from '../src/gallery/gallery.ts';
import { distanceBetween } from '../src/match/distance.ts';
import type { Declared } from './declared.ts';
import { gestureReply, needsGesture, onlyPressed, provingOf } from './gesture.ts';
import type { Tools } from './tools.ts';

/** The most selfies of one ask. With three, searches are far more reliable than with one. */
const MAX_SELFIES = 3;
/**
 * Embeddings closer than this come from the same photo. Two different photos of one person are some
 * 0.5 apart or more.
 */
const SAME_PHOTO = 0.05;

/**
 * Above this many templates, a new person whose face resembles an enrolled one is not refused, but
 * asked whether the enrolled face is their own. With 10,000, a refusal would be wrong for 1 person
 * in 10.
 */
const MOST_REFUSED = 10_000;

/**
 * /enroll: stores the face on each selfie. All selfies must show one person, and nobody else may
 * have enrolled that face here. The person shows a gesture if that is required.
 */
export const enroll = {
  name: 'enroll',
  kind: 'photos',
  purpose: 'enrol',
  photos: { min: 1, max: MAX_SELFIES, of: 'sender' },
  async run(tools, given) {
    const pressed = await onlyPressed(tools, given);
    if (pressed) return pressed;
    const proving = await provingOf(tools, given);
    const call = proving?.call ?? given;
    const { ask, consent, words, now } = call;
    const endProving = async () => {
      if (proving) await tools.gestures.end(consent.person, call.scope, proving.request);
    };
    const { selfies, refused } = await readSelfies(call).catch(async (error) => {
      // No gesture enrols selfies that are gone. The person begins anew, and does not wait.
      const isFinal = error instanceof Failure && !error.again && error.code !== 'internal';
      if (isFinal) await endProving();
      throw error;
    });
    const embeddings = selfies.map((face) => face.embedding);
    const held = (await tools.gallery.dossier(call.scope, consent.person))?.templates ?? [];
    // Templates of another pack version cannot be compared.
    const known = held.filter(({ pack }) => pack === tools.pack).map(({ embedding }) => embedding);
    if (!isOnePerson(tools, known, embeddings)) {
      return [{ kind: 'error', code: 'several_faces', text: words.enroll.notYou }];
    }
    const fresh = withoutRepetitions(known, embeddings);
    if (fresh.length === 0) {
      await endProving();
      return [{ kind: 'enrolled', text: words.enroll.alreadyKnown, templates: known.length }, ...refused];
    }
    if (needsGesture(tools, call, known.length > 0)) {
      const asking = await gestureReply(tools, call, proving?.shown, selfies);
      if (asking) return [asking, ...refused];
    }
    const { templates: compared } = await payForLikeness(tools, call, fresh);
    const isAsked = compared > MOST_REFUSED;
    const claim = claimOf(ask.choice, isAsked);
    try {
      const comparedWith = held.map(({ id }) => id);
      const options = { isSame: tools.matcher.sameFace, claim, ask: chargeOf(ask), comparedWith, now };
      const enrol = () => tools.gallery.enrol(consent, fresh, options);
      const pushes = held.length + fresh.length > MAX_TEMPLATES;
      const templates = await (pushes ? tools.eraser.pushOut(consent.person, call.place, enrol) : enrol());
      await endProving();
      const isHidden = claim === 'mine' && (await isChallenger(tools, call));
      if (isHidden) tools.harmed('dispute');
      const repeated = fresh.length < embeddings.length;
      const text = isHidden ? words.enroll.disputed : done(call, templates, repeated);
      return [{ kind: 'enrolled', text, templates }, ...refused];
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'face_taken') throw error;
      // The gesture is over. Selfies that come later are no answer to it.
      await endProving();
      tools.harmed('refused_enrolment');
      return [await offerClaims(tools, call, isAsked)];
    }
  },
} satisfies Declared;

function claimOf(choice: string | undefined, isAsked: boolean): Claim | undefined {
  if (choice === 'dispute') return 'mine';
  return choice === 'another' && isAsked ? 'another' : undefined;
}

/**
 * Leaves out embeddings of the same photo, and of photos that are already enrolled. Such
 * repetitions come from a job that runs twice, or from people who send a photo again. They may not
 * push out better templates.
 */
function withoutRepetitions(known: readonly Float32Array[], embeddings: readonly Float32Array[]): Float32Array[] {
  const fresh: Float32Array[] = [];
  for (const one of embeddings) {
    if ([...known, ...fresh].every((other) => distanceBetween(one, other) > SAME_PHOTO)) fresh.push(one);
  }
  return fresh;
}

/**
 * The answer that a face is taken reveals something of the compared template. So it costs what a
 * search costs.
 */
async function payForLikeness(
  { gallery, matcher, disclosure }: Tools,
  { scope, consent, ask, answerAfter }: PhotoCall,
  embeddings: readonly Float32Array[],
): Promise<Candidates> {
  const account = disclosure.account({ scope, asker: consent.person, ask: chargeOf(ask) });
  const found = await gallery.search(scope, embeddings, account.near);
  const near = Map.groupBy(found.faces.flat(), ({ person }) => person.id);
  const subjects = [...near.values()].flatMap(([first, ...others]) => {
    const told = [first, ...others].map((one) => one && matcher.nearlySame(one.distance));
    const [clear, unclear] = [
      told.filter((one) => one === 'clear').length,
      told.filter((one) => one === 'unclear').length,
    ];
    return first && clear + unclear > 0 ? [{ person: first.person, isNamed: false, clear, unclear }] : [];
  });
  const { noted } = await account.pay(subjects);
  answerAfter(noted);
  return found;
}

async function isChallenger({ gallery }: Tools, { scope, consent }: PhotoCall): Promise<boolean> {
  return (await gallery.dossier(scope, consent.person))?.dispute === 'challenger';
}

function done({ words, place }: PhotoCall, templates: number, repeated: boolean): string {
  const group = groupName(words, place);
  const text = words.enroll.done({ group, templates, more: templates < MAX_SELFIES, selfies: MAX_SELFIES });
  return repeated ? `${text} ${words.enroll.samePicture}` : text;
}

/**
 * The faces of the good selfies, and for each other selfie the reason why it is not good. Throws
 * when no selfie is good.
 */
async function readSelfies(call: PhotoCall): Promise<{ selfies: Face[]; refused: Reply[] }> {
  const selfies: Face[] = [];
  const failures: { number: number; failure: Failure }[] = [];
  for (const [index, open] of call.photos.entries()) {
    try {
      const seen = await call.faces.see(await open(), call.signal);
      selfies.push(selfieFace(seen.faces));
    } catch (error) {
      if (!(error instanceof Failure) || error.again) throw error;
      failures.push({ number: index + 1, failure: error });
    }
  }
  const [first] = failures;
  if (selfies.length === 0 && first) throw first.failure;
  return { selfies, refused: failures.map(({ number, failure }) => photoReply(number, failure, call.words)) };
}

/** Whether every selfie resembles an enrolled one, or an earlier one of this ask. */
function isOnePerson({ matcher }: Tools, known: readonly Float32Array[], embeddings: readonly Float32Array[]): boolean {
  return embeddings.every((embedding, index) => {
    const before = [...known, ...embeddings.slice(0, index)];
    return before.length === 0 || before.some((other) => matcher.samePerson(distanceBetween(embedding, other)));
  });
}

async function offerClaims({ parked }: Tools, { ask, words }: PhotoCall, isAsked: boolean): Promise<Reply> {
  const id = await parked.park(ask, { for: 'choice' }, PARKED_MS);
  const dispute = { id: `${id}:dispute`, label: words.enroll.dispute, role: 'confirm' } as const;
  if (!isAsked) {
    return { kind: 'error', code: 'face_taken', text: failureText(words, 'face_taken'), actions: [dispute] };
  }
  const another = { id: `${id}:another`, label: words.enroll.another, role: 'confirm' } as const;
  return { kind: 'confirm', text: words.enroll.looksLike, actions: [another, dispute] };
}
