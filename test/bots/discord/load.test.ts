import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { timedWork } from '../../support/patience.ts';
import { en } from '../../support/words.ts';
import type { Fault } from './platform/api.ts';
import type { Exchange } from './platform/exchange.ts';
import type { Asking } from './platform/interaction.ts';
import { openScene, type Scene } from './scene.ts';

const PEOPLE = 100;
const REQUESTS = 200;
/** How many agree at once before the load begins. */
const AT_ONCE = 10;
const SPREAD_MS = 10_000;
/**
 * Discord waits 3 s for an acknowledgement, but people notice a wait of more than 1 s. Only half of
 * the acknowledgements must come sooner, because a busy machine stalls at times. A slower machine
 * gets more time.
 */
const ACKNOWLEDGED_MS = 1_000;

let on: Scene;
let people: Asking[];

beforeAll(async () => {
  on = await openScene({ WORKERS: '2' });
  const members = Array.from({ length: PEOPLE }, (_, index) => on.platform.person(`Person ${index}`));
  const guild = on.platform.guild('Everybody', ...members);
  people = members.map((person) => ({ person, guild }));
  for (let start = 0; start < PEOPLE; start += AT_ONCE) {
    await Promise.all(people.slice(start, start + AT_ONCE).map((who) => on.agreeToSearch(who)));
  }
});
afterAll(() => on[Symbol.asyncDispose]());

it('200 searches in 10 s from 100 people are each acknowledged, half of them within 1 s, and answered exactly once', async () => {
  const exchanges: Exchange[] = [];
  const { slowness } = await timedWork(async () => {
    for (let request = 0; request < REQUESTS; request += 1) {
      const who = people[request % PEOPLE];
      if (who) exchanges.push(on.search(who, on.photos.ann));
      await sleep(SPREAD_MS / REQUESTS);
    }
  });
  const answered = () => exchanges.filter(({ edits }) => edits > 0).length;
  // On a machine that other programs keep busy, 200 photos take minutes.
  await expect.poll(answered, { timeout: 270_000 }).toBe(REQUESTS);

  const waits = exchanges.map(({ ack }) => ack?.afterMs ?? Number.POSITIVE_INFINITY).toSorted((a, b) => a - b);
  expect(waits.at(-1)).toBeLessThan(Number.POSITIVE_INFINITY);
  expect((waits[REQUESTS / 2] ?? Number.NaN) / slowness).toBeLessThan(ACKNOWLEDGED_MS);
  expect(exchanges.filter(({ edits, original }) => edits !== 1 || original?.attachments.length !== 1)).toEqual([]);
  expect(on.platform.violations).toEqual([]);
});

it('a press is heard although 12 searches wait before it, and each is answered once', async () => {
  const newcomer = { person: on.platform.person('Newcomer'), guild: people[0]?.guild };
  newcomer.guild?.members.add(newcomer.person.id);
  const notice = await on.search(newcomer, on.photos.ann).answer();
  const held: Fault = { method: 'get', template: '/attachments', status: 'no answer', times: 100 };
  on.platform.fault(held);
  const searches = people.slice(0, 12).map((who) => on.search(who, on.photos.ann));
  await Promise.all(searches.map((search) => search.acknowledged()));
  const press = on.press(newcomer, notice, 'agree');
  expect(await press.acknowledged()).toMatchObject({ type: 7, data: { components: [{ content: en.find.looking }] } });
  expect(searches.filter(({ edits }) => edits > 0)).toEqual([]);

  held.times = 0;
  const all = [...searches, press];
  await expect.poll(() => all.filter(({ edits }) => edits > 0).length, { timeout: 270_000 }).toBe(all.length);
  expect(all.filter(({ edits, original }) => edits !== 1 || !original?.attachments.length)).toEqual([]);
  expect(on.platform.violations).toEqual([]);
});
