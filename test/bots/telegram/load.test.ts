import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { timedWork } from '../../support/patience.ts';
import { en } from '../../support/words.ts';
import { answerTo, type RealStage, realStage } from './driver.ts';
import { samples } from './photos.ts';
import type { Account } from './platform/people.ts';
import type { Group, Posted } from './platform/world.ts';

const PEOPLE = 100;
const REQUESTS = 200;
/** How many agree at once before the load begins. */
const AT_ONCE = 10;
const SPREAD_MS = 10_000;
/**
 * How soon a person sees that the request arrived. The result comes later, when earlier photos are
 * done.
 */
const ACKNOWLEDGED_MS = 1_000;

let on: RealStage;
let people: Account[];
let club: Group;
let selfie: Buffer;

beforeAll(async () => {
  on = await realStage({ WORKERS: '2' });
  people = Array.from({ length: PEOPLE }, (_, index) => on.people.person(`Person ${index}`));
  club = on.people.group('Big club', people);
  selfie = (await samples()).ann;
  for (let start = 0; start < PEOPLE; start += AT_ONCE) {
    await Promise.all(people.slice(start, start + AT_ONCE).map(agree));
  }
});
afterAll(() => on[Symbol.asyncDispose]());

/** Agrees to search, by a first request. */
async function agree(person: Account): Promise<void> {
  await answerTo(on.api, person, () => person.says('/start'));
  const [notice] = await answerTo(on.api, person, () => person.saysIn(club, '/find', { photos: [selfie] }));
  if (notice) await answerTo(on.api, person, () => person.presses(notice, 'agree'));
}

/** The bot's messages to a person, without receipts of consent, which may come late. */
function inbox(person: Account): Posted[] {
  return person.inbox().filter(({ document }) => !document?.name.startsWith('facefinder-consent-'));
}

it('200 searches in 10 s from 100 people are each acknowledged, half of them within 1 s, and answered exactly once', async () => {
  const before = new Map(people.map((person) => [person.id, inbox(person).length]));
  const sent = new Map<number, number[]>();
  const calls = on.api.calls.length;

  const { slowness } = await timedWork(async () => {
    for (let request = 0; request < REQUESTS; request += 1) {
      const person = people[request % PEOPLE];
      if (!person) break;
      sent.set(person.id, [...(sent.get(person.id) ?? []), Date.now()]);
      person.saysIn(club, '/find', { photos: [selfie] });
      await sleep(SPREAD_MS / REQUESTS);
    }
  });
  const answers = () => people.flatMap((person) => inbox(person).slice(before.get(person.id)));
  await expect
    .poll(() => answers().filter(({ text }) => !text?.startsWith(en.find.looking)).length, { timeout: 270_000 })
    .toBe(REQUESTS);

  const waits = on.api.calls
    .slice(calls)
    .filter(({ method, status }) => method === 'sendMessage' && status === 200)
    .map(({ params, at }) => at - (sent.get(Number(params.chat_id))?.shift() ?? 0))
    .toSorted((a, b) => a - b);
  expect(waits).toHaveLength(REQUESTS);
  // Only half of the acknowledgements have to be in time, because a busy machine stalls at times. A
  // slower machine gets more time.
  expect((waits[REQUESTS / 2] ?? Number.NaN) / slowness).toBeLessThan(ACKNOWLEDGED_MS);
  expect(answers()).toHaveLength(REQUESTS);
  expect(answers().every(({ photo }) => photo !== undefined)).toBe(true);
  expect(on.api.complaints).toEqual([]);
});

it('a press is heard although 12 searches wait before it, and each is answered once', async () => {
  const newcomer = on.people.person('Newcomer');
  club.members.set(newcomer.id, 'member');
  await answerTo(on.api, newcomer, () => newcomer.says('/start'));
  const [notice] = await answerTo(on.api, newcomer, () => newcomer.saysIn(club, '/find', { photos: [selfie] }));
  const searching = people.slice(0, 12);
  const before = new Map(searching.map((person) => [person.id, inbox(person).length]));
  for (const person of searching) person.saysIn(club, '/find', { photos: [selfie] });
  const [answer] = await answerTo(on.api, newcomer, () => notice && newcomer.presses(notice, 'agree'));
  expect(answer).toMatchObject({ photo: expect.anything() });

  const answers = () => searching.map((person) => inbox(person).slice(before.get(person.id)));
  const one = expect.objectContaining({ photo: expect.anything() });
  await expect.poll(answers, { timeout: 270_000 }).toEqual(searching.map(() => [one]));
  expect(on.api.complaints).toEqual([]);
});
