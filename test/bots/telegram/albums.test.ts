import { expect, it } from 'vitest';
import { agreeToSearch, ann, bob, enroll, meetsAnew, on, photos, text } from './chess-club.ts';
import { answerTo } from './driver.ts';
import { serverError } from './platform/refusals.ts';

meetsAnew();

it('a result of several photos has its album even if Telegram fails after the text', async () => {
  await enroll(ann, photos.ann);
  await agreeToSearch(bob);
  on.api.fault('sendMediaGroup', serverError(), 4);
  const sent = () => bob.inbox().filter(({ photo }) => photo).length;
  const before = sent();
  const [said] = await answerTo(on.api, bob, () => bob.says('/find', { photos: [photos.group, photos.withBob] }));
  await on.api.until('the album', () => sent() === before + 2);
  expect(said && text(said)).toContain('“Ann” (face ');
  expect(on.api.calls.filter(({ method }) => method === 'sendMediaGroup')).toHaveLength(5);
});
