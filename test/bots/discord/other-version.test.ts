import { afterEach, beforeEach, expect, it } from 'vitest';
import { failureText } from '../../../src/chat/failure.ts';
import { en } from '../../support/words.ts';
import { type Bot, openClub } from './bot.ts';
import type { Asking } from './platform/interaction.ts';
import { textOf } from './platform/reading.ts';

let bot: Bot;
let asking: Asking;

beforeEach(async () => {
  const { ann, club, ...opened } = await openClub();
  ({ bot } = opened);
  asking = { person: ann, guild: club };
});

afterEach(async () => {
  await bot[Symbol.asyncDispose]();
  expect(bot.platform.violations).toEqual([]);
});

const photo = () => bot.platform.attach(Buffer.from('photo'), { filename: 'photo.jpg' });

/** Sends a form that another version of the bot opened. Its id means nothing to this version. */
async function sendsOldForm() {
  const opened = bot.platform.slash(asking, 'enroll');
  const { data } = await opened.acknowledged();
  Object.assign(data ?? {}, { custom_id: 'survey:1' });
  return bot.platform.submit(asking, opened, { photos: [photo()] });
}

it.each([
  ['an entry of a menu', async () => bot.platform.pickEntry(asking, [photo()], { entry: 'Count faces' })],
  ['a form', sendsOldForm],
])('%s of another version is answered at once, counted and logged', async (_, use) => {
  const exchange = await use();
  expect(textOf(await exchange.answer())).toBe(failureText(en, 'expired'));
  expect(exchange).toMatchObject({ ack: { type: 4 }, original: { isEphemeral: true } });
  expect(bot.onUnheard).toHaveBeenCalledOnce();
  expect(bot.log.warn).toHaveBeenCalledWith('interaction not understood');
  expect(bot.asks).toEqual([]);
});
