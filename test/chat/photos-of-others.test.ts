import { afterEach, beforeEach, expect, it } from 'vitest';
import type { PhotoRef } from '../../src/chat/ask.ts';
import { ALICE, BOB, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

const photoBy = (sentBy: string): PhotoRef => ({ platform: 'telegram', who: 'anna', sentBy });
const about = (sentBy: string) => stage.say(BOB, 'find', [], { photos: [photoBy(sentBy)] });

it.each([
  ['somebody else', ALICE.id],
  ['nobody who could be asked', ''],
])('a photo in a message of %s is not fetched, whoever asks', async (_, sentBy) => {
  const refused = [{ code: 'not_your_photo', text: expect.stringContaining('Ask whoever sent it') }];
  expect(await about(sentBy)).toMatchObject(refused);
  await stage.agreed(BOB, 'find', ['carl']);
  const fetched = stage.platform.fetched.length;
  expect(await about(sentBy)).toMatchObject(refused);
  expect(stage.platform.fetched).toHaveLength(fetched);
});

it('nor is one among one’s own', async () => {
  await stage.agreed(BOB, 'find', ['carl']);
  const photos: PhotoRef[] = [{ platform: 'telegram', who: 'carl' }, photoBy(ALICE.id)];
  expect(await stage.say(BOB, 'find', [], { photos })).toMatchObject([{ code: 'not_your_photo' }]);
});

it('nor does a choice of the group lead around that', async () => {
  await stage.agreed(BOB, 'find', ['carl']);
  const fetched = stage.platform.fetched.length;
  const asked = await stage.say(BOB, 'find', [], { photos: [photoBy(ALICE.id)], place: undefined });
  expect(asked).toMatchObject([{ code: 'not_your_photo' }]);
  expect(stage.platform.fetched).toHaveLength(fetched);
});

it('the answer is whole in German', async () => {
  const [answer] = await stage.say(BOB, 'find', [], { photos: [photoBy(ALICE.id)], locale: 'de' });
  expect(answer?.text).toContain('sende du mir das Foto mit /find');
});
