import { expect, it } from 'vitest';
import { textOf } from './platform/reading.ts';
import { openScene } from './scene.ts';

const ACKNOWLEDGED = '/interactions/{interaction_id}/{interaction_token}/callback';

it('somebody who is not enrolled reads the first name after 3 taps and one upload', async () => {
  await using on = await openScene();
  await on.enroll({ person: on.ann, guild: on.club }, on.photos.ann);
  const dora = { person: on.platform.person('Dora'), guild: on.club };
  on.club.members.add(dora.person.id);
  const acknowledged = () => on.platform.requests.filter(({ template }) => template === ACKNOWLEDGED).length;
  const before = acknowledged();
  const done: string[] = [];

  done.push('tap the command, whose field for a photo opens by itself', 'upload the photo', 'tap send');
  const notice = await on.search(dora, on.photos.group).answer();
  done.push('tap I agree');
  const answer = await on.press(dora, notice, 'agree').answer();

  expect(textOf(answer)).toMatch(/“Ann” \(face \d+\), match: distance 0\.\d\d/);
  expect(done.filter((deed) => deed.startsWith('tap'))).toHaveLength(3);
  expect(done.filter((deed) => deed.startsWith('upload'))).toHaveLength(1);
  // The command with its photo, and the press: nothing else reached the bot.
  expect(acknowledged() - before).toBe(2);
});
