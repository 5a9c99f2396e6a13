import { expect, it } from 'vitest';
import { answerTo, realStage } from './driver.ts';
import { samples } from './photos.ts';

it('somebody who is not enrolled, and never wrote to the bot, reads the first name after 4 taps and one photo', async () => {
  await using on = await realStage();
  const { api, people } = on;
  const photos = await samples();
  const [ann, dora] = [people.person('Ann'), people.person('Dora')];
  const club = people.group('Chess club', [ann, dora]);
  const inClub = () => people.inChat(club.chat.id);
  await answerTo(api, ann, () => ann.says('/start'));
  await answerTo(api, ann, () => ann.saysIn(club, '/enroll'));
  const [asked] = await answerTo(api, ann, () => ann.says('', { photos: [photos.ann] }));
  await answerTo(api, ann, () => asked && ann.presses(asked, 'agree'));
  const done: string[] = [];

  done.push('send a photo', 'tap send, below it the word /find');
  const first = dora.saysIn(club, '/find', { photos: [photos.group] });
  const offer = await api.until('the way on', () => inClub()[0]);
  done.push('tap Go on in private', 'tap Start, which Telegram shows in a chat that is new');
  const [notice] = await answerTo(api, dora, () => dora.opens(offer));
  done.push('tap I agree');
  let last = 0;
  const [answer] = await answerTo(api, dora, () => {
    last = notice ? dora.presses(notice, 'agree') : 0;
  });

  expect(answer?.caption?.replaceAll('\u2060', '')).toMatch(/“Ann” \(face \d+\), match: distance 0\.\d\d/);
  expect(done.filter((deed) => deed.startsWith('tap'))).toHaveLength(4);
  expect(done.filter((deed) => deed.startsWith('send'))).toHaveLength(1);
  // The photo, the opened link, and the press: nothing else reached the bot.
  expect(last - first + 1).toBe(3);
  expect(api.complaints).toEqual([]);
});
