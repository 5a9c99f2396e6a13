import { afterAll, beforeAll, expect, it } from 'vitest';
import { failureText } from '../../../src/chat/failure.ts';
import { en } from '../../support/words.ts';
import { samples } from '../telegram/photos.ts';
import { buttonsOf, textOf } from './platform/reading.ts';
import type { DiscordGuild, DiscordPerson } from './platform/world.ts';
import { realStage, type Stage } from './stage.ts';

let photos: Awaited<ReturnType<typeof samples>>;
let on: Stage;

beforeAll(async () => {
  photos = await samples();
  on = await realStage();
});
afterAll(async () => {
  expect(on.platform.violations).toEqual([]);
  await on[Symbol.asyncDispose]();
});

/** Agrees to search in a server. From then on the bot knows the person there. */
async function becomesKnown(person: DiscordPerson, guild: DiscordGuild): Promise<void> {
  const here = { person, guild };
  const notice = await on.platform.slash(here, 'find', [on.platform.attach(photos.group)]).answer();
  const agree = buttonsOf(notice).find(({ custom_id }) => custom_id.endsWith(':agree'));
  if (!agree) throw new Error(`no notice: ${textOf(notice)}`);
  await on.platform.press(here, notice, agree).answer();
}

it('in a direct message, somebody of several servers chooses one, and its form opens, also once more', async () => {
  const ann = on.platform.person('Ann');
  const [chess, bridge] = [on.platform.guild('Chess club', ann), on.platform.guild('Bridge club', ann)];
  for (const guild of [chess, bridge]) await becomesKnown(ann, guild);
  const alone = { person: ann };
  const which = await on.platform.slash(alone, 'enroll').answer();
  expect(textOf(which)).toBe(en.place.which);
  const choose = (title: string) => {
    const button = buttonsOf(which).find(({ label }) => label === title);
    return on.platform.press(alone, which, button ?? expect.fail(`no ${title}`));
  };
  expect(JSON.stringify(await choose('Chess club').acknowledged())).toMatch(/"type":9.*Chess club/);

  await on.restart();
  const opened = choose('Bridge club');
  expect(JSON.stringify(await opened.acknowledged())).toMatch(/"type":9.*Bridge club/);
  const filled = { ticked: ['agree'], photos: [on.platform.attach(photos.ann)] };
  const answer = await on.platform.submit(alone, opened, filled).answer();
  expect(textOf(answer)).toContain('You are enrolled in “Bridge club”');

  // Discord lets only Ann send this form. From anybody else it is forged.
  const stranger = { person: on.platform.person('Mallory') };
  const refused = await on.platform.submit(stranger, opened, filled).answer();
  expect(textOf(refused)).toBe(failureText(en, 'not_a_member'));
});
