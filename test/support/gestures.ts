import type { Reply } from '../../src/chat/reply.ts';
import { GESTURES, type Gesture } from '../../src/face/gesture.ts';
import { en } from './words.ts';

/** The gesture that an English answer asks for; undefined without one. */
export function gestureAsked(replies: readonly Pick<Reply, 'text'>[]): Gesture | undefined {
  const { ask } = en.enroll.gesture;
  const isAsked = (gesture: Gesture, text: string) =>
    (['command', 'other'] as const).some((how) => text.includes(ask({ gesture, how })));
  return GESTURES.find((gesture) => replies.some(({ text }) => isAsked(gesture, text)));
}
