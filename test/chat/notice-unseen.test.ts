import { afterEach, beforeEach, expect, it } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { en } from '../support/words.ts';
import { ALICE, action, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

it('a photo whose notice never came, because the program ended before, gets it when it is sent again', async () => {
  await stage.say(ALICE, 'enroll');
  const { courier } = stage.platform;
  const { answer } = courier;
  Object.assign(courier, { answer: () => Promise.reject(new Failure('unavailable')) });
  await expect(stage.say(ALICE, '', ['anna'])).rejects.toMatchObject({ code: 'unavailable' });
  Object.assign(courier, { answer });
  await stage.restart();
  const notice = await stage.say(ALICE, '', ['anna']);
  expect(notice).toMatchObject([{ kind: 'consent' }]);
  // From now on the notice stands there, so further selfies join it.
  expect(await stage.say(ALICE, '', ['anna~'])).toMatchObject([{ text: en.enroll.collected({ photos: 2 }) }]);
  expect(await stage.press(ALICE, action(notice, 'agree'))).toMatchObject([{ kind: 'enrolled', templates: 2 }]);
});

it('alone at their machine, where a message without an answer is sent anew, further selfies come with the notice', async () => {
  await using alone = await openStage({}, 'alone');
  await alone.say(ALICE, 'enroll');
  const [notice] = await alone.say(ALICE, '', ['anna']);
  const collected = { kind: 'info', text: en.enroll.collected({ photos: 2 }) };
  const again = await alone.say(ALICE, '', ['anna~']);
  expect(again).toMatchObject([notice ?? expect.fail('no notice'), collected]);
  expect(await alone.press(ALICE, action(again, 'agree'))).toMatchObject([{ kind: 'enrolled', templates: 2 }]);
});
