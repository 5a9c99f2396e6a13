import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openBot } from './bot.ts';

const REQUESTS = 200;
const PEOPLE = 100;
const SECONDS = 10;

it('200 requests in 10 s from 100 people: each acknowledged within 1 s and answered exactly once', async () => {
  await using bot = await openBot();
  const people = Array.from({ length: PEOPLE }, (_, index) => bot.platform.person(`Person ${index}`));
  const guild = bot.platform.guild('Everybody', ...people);
  const photo = bot.platform.attach(Buffer.from('jpeg'));
  bot.says = async (ask) => {
    await sleep(200);
    return [{ kind: 'info', text: `answer to ${ask.id}` }];
  };

  const exchanges = [];
  for (let index = 0; index < REQUESTS; index += 1) {
    const person = people[index % PEOPLE];
    if (person) exchanges.push(bot.platform.slash({ person, guild }, 'find', [photo]));
    await sleep((SECONDS * 1000) / REQUESTS);
  }
  const answers = await Promise.all(exchanges.map((exchange) => exchange.answer()));

  expect(answers.map(({ content }) => content)).toEqual(exchanges.map(({ id }) => `answer to discord:${id}`));
  expect(exchanges.filter(({ edits }) => edits !== 1)).toEqual([]);
  // The promise itself: Discord gives up after 3 s, and a person who waits does after 1.
  expect(Math.max(...exchanges.map(({ ack }) => ack?.afterMs ?? Number.POSITIVE_INFINITY))).toBeLessThan(1000);
  expect(bot.platform.violations).toEqual([]);
});
