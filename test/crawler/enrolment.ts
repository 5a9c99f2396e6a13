import type { Gesture } from '../../src/face/gesture.ts';
import type { Rules } from './admins.ts';
import { type Asked, type Expected, type Held, unique, wrongSelfie } from './expected.ts';
import type { Photo } from './faces.ts';

const MOST_SELFIES = 3;
/** How many selfies are kept of a person in a group. The oldest go. */
const MAX_TEMPLATES = 5;
/** How often somebody is asked for a gesture in a day. */
const GESTURES_A_DAY = 6;

/** A gesture that somebody is asked for, and the selfies that it is about. */
export interface AskedGesture {
  /** The how manyth request to this person in this group it is. */
  readonly request: number;
  readonly selfies: readonly Photo[];
  readonly choice: string | undefined;
  /** Undefined until the crawler has read it in the answer. */
  gesture?: Gesture;
}

/** The part of a ledger that an enrolment needs and changes. */
interface Ledger {
  readonly gestures: Map<string, AskedGesture>;
  readonly gestureTries: Map<string, number>;
  readonly asksGestures: boolean;
  readonly rules: ReadonlyMap<number, Rules>;
  readonly alerts: Set<string>;
  readonly awaiting: Map<number, { readonly ask: Asked; readonly notice?: unknown }[]>;
  /**
   * Whether nobody else reads along where this person asks, as on the page. There a photo without
   * words does not answer the request for a gesture.
   */
  isAlone(who: number): boolean;
  of(who: number, group: number): Held | undefined;
  enrolledIn(group: number): readonly number[];
}

/** What /enroll answers to somebody who agreed. */
export function enrolled(ledger: Ledger, given: Asked, held: Held): Expected {
  const { who, group = 0 } = given;
  const key = `${who} in ${group}`;
  const [word, claim] = given.choice?.split('-') ?? [];
  const open = ledger.gestures.get(key);
  const isOfGesture = word === 'gesture' || word === 'stop';
  if (isOfGesture && open && open.request !== given.request) return { claims: ['enroll.gesture.newer'] };
  if (word === 'stop') {
    ledger.gestures.delete(key);
    return { claims: ['enroll.gesture.stopped'] };
  }
  const asked = word === undefined ? open : undefined;
  const ask: Asked = asked
    ? { ...given, photos: asked.selfies, choice: asked.choice }
    : { ...given, choice: (word === 'gesture' ? claim : word) || undefined };
  const sent = ask.photos.slice(0, MOST_SELFIES);
  const selfies = sent.filter((photo) => wrongSelfie(photo) === undefined);
  const wrong = unique(sent.flatMap((photo) => wrongSelfie(photo) ?? []));
  const [first] = sent;
  if (selfies.length === 0 && first) {
    // Selfies that are gone cannot be enrolled, whatever gesture comes. So no gesture is asked for
    // any more.
    if (asked || isOfGesture) ledger.gestures.delete(key);
    return { claims: [wrongSelfie(first) ?? ''] };
  }
  const faces = selfies.flatMap((photo) => photo.faces[0] ?? []);
  const [face] = faces;
  const isOne = faces.every(({ of }) => of === face?.of) && (held.shots.length === 0 || face?.of === held.face);
  if (!isOne || !face) return { claims: ['enroll.notYou'] };
  const fresh = unique(faces.map(({ shot }) => shot)).filter((shot) => !held.shots.includes(shot));
  if (fresh.length === 0) {
    if (asked || isOfGesture) ledger.gestures.delete(key);
    return { claims: ['enroll.alreadyKnown', ...wrong] };
  }
  const isForAll = ledger.asksGestures || ledger.rules.get(group)?.enrolProof === 'gesture';
  const isNeeded = ask.choice === 'dispute' || (isForAll && held.shots.length === 0);
  const why = asked && whyNot(asked, given.photos.slice(0, MOST_SELFIES).at(-1), face.of);
  if (isNeeded && (!asked || why !== undefined)) return gesture(ledger, ask, [...(why ? [why] : []), ...wrong]);
  ledger.gestures.delete(key);
  // A challenger does not count as the holder of a face.
  const holder = ledger.enrolledIn(group).find((one) => {
    const other = ledger.of(one, group);
    return one !== who && other?.face === face.of && !other.isChallenger;
  });
  if (holder !== undefined) {
    ledger.alerts.add(`${holder} in ${group}`);
    // Somebody who tries this too often may be refused.
    const or = ['failures.rate_limited'];
    if (ask.choice !== 'dispute') return { claims: ['failures.face_taken'], or, offers: { for: 'claim', ask } };
    held.isChallenger = true;
  }
  held.face = face.of;
  held.shots = [...held.shots, ...fresh].slice(-MAX_TEMPLATES);
  const isHidden = ask.choice === 'dispute' && held.isChallenger;
  if (isHidden) return { claims: ['enroll.disputed', ...wrong] };
  return { claims: ['enroll.done', ...wrong], told: { templates: held.shots.length } };
}

/** Why a photo does not show the gesture; undefined if it does. */
function whyNot(asked: AskedGesture, photo: Photo | undefined, of: number): string | undefined {
  const wrong = photo && wrongSelfie(photo);
  if (!photo || wrong) return wrong;
  const [face] = photo.faces;
  if (face?.of !== of) return 'enroll.gesture.notYou';
  return face.gesture !== undefined && face.gesture === asked.gesture ? undefined : 'enroll.gesture.missing';
}

/** The answer that asks for another selfie, with a gesture. */
function gesture(ledger: Ledger, ask: Asked, also: readonly string[]): Expected {
  const { who, group, choice } = ask;
  const key = `${who} in ${group}`;
  const tries = ledger.gestureTries.get(key) ?? 0;
  ledger.gestureTries.set(key, tries + 1);
  const request = tries + 1;
  ledger.gestures.set(key, { request, selfies: ask.photos, choice });
  if (!ledger.isAlone(who)) awaitsIt(ledger, ask);
  return {
    claims: ['enroll.gesture.ask', ...also],
    // A person has two minutes for a gesture, and a busy machine may take longer.
    maybe: ['enroll.gesture.late'],
    ...(tries >= GESTURES_A_DAY && { or: ['failures.rate_limited:gesture'] }),
    offers: { for: 'gesture', ask, request },
  };
}

/** Notes that the person's next photo without words answers the request for a gesture. */
function awaitsIt(ledger: Ledger, ask: Asked): void {
  const { who, group } = ask;
  const others = (ledger.awaiting.get(who) ?? []).filter((one) => one.ask.group !== group);
  ledger.awaiting.set(who, [...others, { ask: { ...ask, choice: undefined, photos: [] } }]);
}
