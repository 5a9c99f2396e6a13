import { afterEach, beforeEach, expect, it } from 'vitest';
import type { PhotoRef } from '../../src/chat/ask.ts';
import { BOB, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

const ofOthers: PhotoRef = { platform: 'telegram', who: 'anna', isOfOthers: true };
const about = () => stage.say(BOB, 'find', [], { photos: [ofOthers] });

it('a photo in a message of somebody else is not fetched, whoever asks', async () => {
  const refused = [{ code: 'not_your_photo', text: expect.stringContaining('Ask whoever sent it') }];
  expect(await about()).toMatchObject(refused);
  await stage.agreed(BOB, 'find', ['carl']);
  const fetched = stage.platform.fetched.length;
  expect(await about()).toMatchObject(refused);
  expect(stage.platform.fetched).toHaveLength(fetched);
});

it('nor is one among one’s own', async () => {
  await stage.agreed(BOB, 'find', ['carl']);
  const photos: PhotoRef[] = [{ platform: 'telegram', who: 'carl' }, ofOthers];
  expect(await stage.say(BOB, 'find', [], { photos })).toMatchObject([{ code: 'not_your_photo' }]);
});

it('nor does a choice of the group lead around that', async () => {
  await stage.agreed(BOB, 'find', ['carl']);
  const fetched = stage.platform.fetched.length;
  const asked = await stage.say(BOB, 'find', [], { photos: [ofOthers], place: undefined });
  expect(asked).toMatchObject([{ code: 'not_your_photo' }]);
  expect(stage.platform.fetched).toHaveLength(fetched);
});

it('the answer is whole in German', async () => {
  const [answer] = await stage.say(BOB, 'find', [], { photos: [ofOthers], locale: 'de' });
  expect(answer?.text).toContain('sende du mir das Foto mit /find');
});
