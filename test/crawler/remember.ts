import { GESTURES } from '../../src/face/gesture.ts';
import type { Shown } from './booth.ts';
import { isSignpost, questionOf } from './buttons.ts';
import type { Deed, Question } from './deed.ts';
import type { Asked } from './expected.ts';
import { textOf } from './judge.ts';
import type { Ledger } from './ledger.ts';
import { claimsIn } from './texts.ts';

/** The parts of a world that are needed to note an answer. */
interface Remembering {
  readonly hasNets: boolean;
  readonly questions: Map<string, Question>;
  readonly ledger: Pick<Ledger, 'awaiting' | 'gestures'>;
}

/** Notes what somebody was shown: the buttons that they may press, and what these stand for. */
export function remember(world: Remembering, { person, expected, room }: Deed, shown: readonly Shown[]): void {
  const { ledger, questions, hasNets } = world;
  const answer = expected.find((one) => one.offers);
  // Where nets decide what is seen, nobody knows what is offered below the answer.
  const isUnclear = hasNets && expected.some(({ isSeen }) => isSeen);
  const { offers } = isUnclear ? {} : (answer ?? {});
  if (offers?.for === 'gesture') noteGesture(world, offers.ask, textOf(shown), person.language);
  for (const one of shown) {
    if (one.buttons.length > 0) person.last = one;
    for (const button of one.buttons) {
      if (isUnclear && questionOf(button.id, person.who)) continue;
      person.buttons.push({ shown: one, button, room, group: offers?.ask.group });
      const id = questionOf(button.id, person.who);
      if (!id || !offers) continue;
      // Only what somebody asked last in a group waits behind a signpost.
      const known = isSignpost(id) ? undefined : questions.get(id);
      if (known) known.labels.push(button.label);
      else {
        const labels = [button.label];
        questions.set(id, { owner: person.who, offer: offers, isUsed: false, isLost: false, labels });
      }
      const { awaits } = answer ?? {};
      const waiting = ledger.awaiting.get(person.who) ?? [];
      const notice = questions.get(id);
      if (!awaits || waiting.some((other) => other.notice === notice)) continue;
      ledger.awaiting.set(person.who, [...waiting, { ask: awaits, notice }]);
    }
  }
}

/** Notes which gesture somebody is asked for; none when they were asked too often. */
function noteGesture(
  { ledger: { gestures } }: Remembering,
  { who, group }: Asked,
  text: string,
  language: string,
): void {
  const key = `${who} in ${group}`;
  const said = claimsIn(text, language).find((one) => one.key.startsWith('enroll.gesture.ask'));
  const before = gestures.get(key) ?? { request: 0, selfies: [], choice: undefined };
  if (!said) gestures.delete(key);
  // The sentence's case `other` means the last gesture.
  else gestures.set(key, { ...before, gesture: GESTURES.find((one) => said.key.endsWith(one)) ?? 'mouthOpen' });
}
