import { afterEach, beforeEach, expect, it } from 'vitest';
import { gestureAsked } from '../support/gestures.ts';
import { en } from '../support/words.ts';
import { ALICE, action, BOB, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage({ ENROL_PROOF: 'gesture' });
});
afterEach(() => stage[Symbol.asyncDispose]());

const photos = (sent: number, who: string) => Array.from({ length: sent }, () => who);
const leftOut = (sent: number, max: number) => ({ kind: 'info', text: en.intent.overMany({ sent, max }) });

it('of eleven photos ten are looked at, and the answer says so', async () => {
  const replies = await stage.agreed(BOB, 'find', photos(11, 'carl'));
  expect(replies.filter(({ kind }) => kind === 'result')).toHaveLength(10);
  expect(replies).toContainEqual(leftOut(11, 10));
});

it('the second look at blurred photos does not say so again', async () => {
  const notice = await stage.say(BOB, 'blur', photos(11, 'anna,?'), { args: 'all' });
  const blurred = await stage.press(BOB, action(notice, 'agree'));
  expect(blurred).toContainEqual(leftOut(11, 10));
  const closer = await stage.press(BOB, action(blurred, 'confirm'));
  expect(closer).not.toHaveLength(0);
  expect(closer).not.toContainEqual(leftOut(11, 10));
});

it('nor does the request for another gesture', async () => {
  const asked = await stage.agreed(ALICE, 'enroll', photos(4, 'anna'));
  expect(asked).toContainEqual(leftOut(4, 3));
  const another = await stage.press(ALICE, action(asked, 'confirm'));
  expect(gestureAsked(another)).toBeDefined();
  expect(another).not.toContainEqual(leftOut(4, 3));
});
