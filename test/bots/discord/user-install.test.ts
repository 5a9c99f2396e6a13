import { afterAll, beforeAll, expect, it } from 'vitest';
import { en } from '../../support/words.ts';
import { offersOf } from './driver.ts';
import type { Asking } from './platform/interaction.ts';
import { textOf } from './platform/reading.ts';
import { openScene, type Scene } from './scene.ts';

/**
 * Ann is enrolled in her club, and added the app for herself. She uses it in a server where the bot
 * is not.
 */
let on: Scene;
let elsewhere: Asking;

beforeAll(async () => {
  on = await openScene();
  await on.enroll({ person: on.ann, guild: on.club }, on.photos.ann);
  elsewhere = { person: on.ann, guild: on.platform.guild('Elsewhere', on.ann), isUserInstalled: true };
});
afterAll(async () => {
  await on[Symbol.asyncDispose]();
  expect(on.platform.violations).toEqual([]);
});

it.each(['find', 'enroll'])('/%s says where it works, and fetches nothing', async (command) => {
  const before = on.fetches();
  const photo = on.platform.attach(on.photos.group);
  expect(textOf(await on.platform.slash(elsewhere, command, [photo]).answer())).toBe(en.discord.notInstalledHere);
  expect(on.fetches()).toBe(before);
});

it.each([
  ['privacy', en.privacy.title],
  ['help', '/find'],
  ['mydata', 'Chess club'],
])('/%s works', async (command, expected) => {
  expect(textOf(await on.platform.slash(elsewhere, command).answer())).toContain(expected);
});

it('/forget erases everywhere, with a receipt', async () => {
  const question = await on.platform.slash(elsewhere, 'forget').answer();
  expect(offersOf(question)).toEqual([en.forget.cancel, en.forget.everywhere]);
  const receipt = await on.press(elsewhere, question, 'everywhere').answer();
  expect(receipt.attachments).toMatchObject([{ filename: expect.stringMatching(/\.jws$/) }]);
  expect(textOf(await on.platform.slash(elsewhere, 'mydata').answer())).toContain(
    'Nothing is held about you in any group',
  );
});
