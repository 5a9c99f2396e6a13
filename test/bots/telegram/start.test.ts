import { expect, it } from 'vitest';
import { en } from '../../support/words.ts';
import { club, meetsAnew, on, one, text } from './chess-club.ts';
import { answerTo } from './driver.ts';
import { buttons } from './platform/people.ts';

meetsAnew();

it('greets a newcomer with what can be done, and leads from there to a group', async () => {
  const zoe = on.people.person('Zoe');
  club.members.set(zoe.id, 'member');
  const greeting = await one(zoe, () => zoe.says('/start'));
  expect(text(greeting)).toContain(en.help.title);
  expect(text(greeting)).toContain(en.intent.greeting);
  expect(buttons(greeting).map((button) => button.text)).toEqual(
    expect.arrayContaining([en.commands.enroll.button, en.commands.find.button]),
  );
  const [asked] = await answerTo(on.api, zoe, () => zoe.presses(greeting, en.commands.enroll.button));
  expect(asked && text(asked)).toContain(en.place.none);
  const picker = await on.api.until('the list of groups', () =>
    zoe.inbox().find((one) => text(one) === en.telegram.pick),
  );
  expect(picker.id).toBeGreaterThan(greeting.id);
});

it('greets people in their language', async () => {
  const uli = on.people.person('Uli', { language_code: 'de' });
  expect(text(await one(uli, () => uli.says('/start')))).toContain('Sende mir ein Foto');
});
