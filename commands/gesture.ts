import type { PhotoRef } from '../src/chat/ask.ts';
import { PARKED_MS } from '../src/chat/buttons/parked.ts';
import type { PhotoCall } from '../src/chat/command.ts';
import { failureText } from '../src/chat/failure.ts';
import type { AskedGesture } from '../src/chat/gestures/gestures-asked.ts';
import type { Action, Reply } from '../src/chat/reply.ts';
import type { Face } from '../src/face/face.ts';
import { isWhole, poseOf, shows } from '../src/face/gesture.ts';
import { selfieFace } from '../src/face/selfie.ts';
import { Failure } from '../src/failure.ts';
import { distanceBetween } from '../src/match/distance.ts';
import type { Tools } from './tools.ts';

/**
 * What the buttons under a request for a gesture choose. After it follow what the sender said about
 * the face, see {@link SAID}, and the id of the request.
 */
const [ANOTHER, STOP] = ['gesture', 'stop'];

/**
 * What the sender may have said about a face that is taken: it is their own, or somebody else looks
 * like them.
 */
const SAID: readonly (string | undefined)[] = ['dispute', 'another'];

/** An enrolment whose sender was asked for a gesture, with the photo that should show it. */
export interface Proving {
  /** The call with the earlier selfies. */
  readonly call: PhotoCall;
  /** The id of the request for the gesture. */
  readonly request: string;
  /** Undefined when the sender asked for another gesture. */
  readonly shown: { readonly asked: AskedGesture; readonly photo: PhotoRef } | undefined;
}

/** Whether this enrolment needs a gesture. */
export function needsGesture(tools: Tools, { ask, rules }: PhotoCall, isKnown: boolean): boolean {
  const isChallenge = ask.choice === 'dispute';
  return tools.seesGestures && (isChallenge || (rules.enrolProof === 'gesture' && !isKnown));
}

/**
 * The enrolment that this call continues; undefined when its sender was not asked for a gesture.
 */
export async function provingOf(tools: Tools, call: PhotoCall): Promise<Proving | undefined> {
  const { ask, scope } = call;
  if (SAID.includes(ask.choice)) return undefined;
  // `charge` and `repeats` stand for the photo of this message, and not for the selfies that are
  // enrolled.
  const { choice: _, charge: __, repeats: ___, ...bare } = ask;
  const { pressed, said, request } = pressedIn(ask);
  if (pressed === ANOTHER)
    return { call: { ...call, ask: { ...bare, ...(said && { choice: said }) } }, request, shown: undefined };
  const photo = ask.photos.at(-1);
  const asked = photo && (await tools.gestures.answer(ask.person, scope, ask.id));
  if (!asked) return undefined;
  const about = { ...bare, photos: asked.selfies, ...(asked.choice && { choice: asked.choice }) };
  return {
    call: { ...call, ask: about, photos: asked.selfies.map((selfie) => () => call.open(selfie)) },
    request: asked.id,
    shown: { asked, photo },
  };
}

/**
 * The reply that asks for a gesture; undefined once the gesture was shown, so that the enrolment
 * goes on. Each photo answers one gesture. After a photo that does not show it, another gesture is
 * asked for. If the edge of a selfie cuts off the face, the reply asks for other selfies.
 */
export async function gestureReply(
  tools: Tools,
  call: PhotoCall,
  shown: Proving['shown'],
  selfies: readonly Face[],
): Promise<Reply | undefined> {
  const { gesture: told } = call.words.enroll;
  // A face that the edge cuts off looks turned. Compared with it, a whole face seems to show a
  // gesture that nobody made.
  if (!selfies.every(isWhole)) return { kind: 'error', code: 'face_covered', text: told.wholeSelfies };
  const why = shown ? await whyNot(tools, call, shown, selfies) : '';
  return why === undefined ? undefined : await askFor(tools, call, why);
}

/** The sentence that says why a photo does not show the gesture; undefined if it does. */
async function whyNot(
  { matcher }: Tools,
  { words, open, faces, signal, ask, now }: PhotoCall,
  { asked, photo }: NonNullable<Proving['shown']>,
  selfies: readonly Face[],
): Promise<string | undefined> {
  const { gesture: told } = words.enroll;
  if ((ask.askedAt ?? now) > asked.until) return told.late;
  try {
    const face = selfieFace((await faces.see(await open(photo), signal)).faces);
    if (!isWhole(face)) return told.whole;
    const isThem = selfies.every((selfie) => matcher.samePerson(distanceBetween(face.embedding, selfie.embedding)));
    if (!isThem) return told.notYou;
    const pose = poseOf(face.landmarks);
    const ahead = selfies.flatMap((selfie) => poseOf(selfie.landmarks) ?? []);
    return pose && ahead.length > 0 && shows(asked.gesture, pose, ahead) ? undefined : told.missing;
  } catch (error) {
    if (!(error instanceof Failure) || error.again || error.code === 'internal') throw error;
    return failureText(words, error.code, error.details);
  }
}

async function askFor(tools: Tools, { ask, scope, words }: PhotoCall, why: string): Promise<Reply> {
  const { gesture: told } = words.enroll;
  const { person, photos: selfies } = ask;
  const choice = SAID.includes(ask.choice) ? ask.choice : undefined;
  const { id: request, gesture } = await tools.gestures.ask(person, scope, { selfies, choice, by: ask.id });
  const id = await tools.parked.park(ask, { for: 'choice' }, PARKED_MS);
  const hears = tools.hearsMessages(person.platform);
  if (hears) {
    const { choice: _, ...bare } = ask;
    await tools.parked.awaitPhoto({ ...bare, photos: [] }, PARKED_MS);
  }
  const actions: Action[] = [
    { id: `${id}:${[ANOTHER, choice, request].join('-')}`, label: told.another, role: 'confirm' },
    { id: `${id}:${[STOP, choice, request].join('-')}`, label: told.stop, role: 'decline' },
  ];
  const asks = told.ask({ gesture, how: hears ? 'other' : 'command' });
  return { kind: 'confirm', text: [why, asks].filter(Boolean).join(' '), actions };
}

/** The button under a request for a gesture that an ask came by, if it came by one. */
function pressedIn({ choice }: PhotoCall['ask']) {
  const [pressed, said, request = ''] = choice?.split('-') ?? [];
  return { pressed, said, request };
}

/**
 * The answer to a press after which nobody enrols: the sender stops, or the button belongs to an
 * earlier request than the one that is open now. Undefined for everything else.
 */
export async function onlyPressed(tools: Tools, { ask, scope, words }: PhotoCall): Promise<Reply[] | undefined> {
  const { pressed, request } = pressedIn(ask);
  if (pressed !== ANOTHER && pressed !== STOP) return undefined;
  const { newer, stopped } = words.enroll.gesture;
  if (await tools.gestures.isReplaced(ask.person, scope, request, ask.id)) return [{ kind: 'info', text: newer }];
  if (pressed === ANOTHER) return undefined;
  await tools.gestures.drop(ask.person, scope, request);
  return [{ kind: 'info', text: stopped }];
}
