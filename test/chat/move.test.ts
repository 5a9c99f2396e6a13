import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Person, Place } from '../../src/consent/who.ts';
import { action, openStage } from './stage.ts';

const RUNS = 24;

let stage: Awaited<ReturnType<typeof openStage>>;
beforeAll(async () => {
  stage = await openStage({ FINDS_PER_HOUR: '1000' });
});
afterAll(() => stage[Symbol.asyncDispose]());

/** Mulberry32: the same seed gives the same numbers. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** A group that becomes a supergroup. The bot hears of that at any time afterwards. */
class Group {
  readonly old: Place;
  readonly supergroup: Place;
  #hasMoved = false;
  #isHeard = false;
  constructor(seed: number) {
    this.old = { platform: 'telegram', id: `-${7000 + seed}`, title: 'Club' };
    this.supergroup = { ...this.old, id: `-100000000${7000 + seed}` };
  }
  get place(): Place {
    return this.#hasMoved ? this.supergroup : this.old;
  }
  /**
   * Whether the group has moved and the bot has not heard of it. Then the bot does not know the
   * supergroup.
   */
  get isStrange(): boolean {
    return this.#hasMoved && !this.#isHeard;
  }
  move(): void {
    this.#hasMoved = true;
  }
  async hear(): Promise<void> {
    this.#isHeard = true;
    await stage.chat.moved(this.old, this.supergroup);
  }
}

/**
 * One person's conversation. A move of the group may come wherever the generator yields. Each
 * conversation ends as it would without a move.
 */
type Conversation = (group: Group, person: Person, face: string) => AsyncGenerator<void, void>;

const privately = { place: undefined };

const byLink: Conversation = async function* (group, person, face) {
  const about = group.place;
  await stage.chat.park({ ...stage.ask(person, 'enroll'), place: about }, 3_600_000);
  yield;
  const ask = stage.ask(person, 'help', [], { ...privately, about });
  await stage.chat.goOn(ask);
  expect(await stage.platform.shownAt(ask.address.message)).toMatchObject([{ code: 'no_photo' }]);
  yield;
  const notice = await stage.say(person, '', [face], privately);
  yield;
  expect(await stage.press(person, action(notice, 'agree'), privately)).toMatchObject([{ kind: 'enrolled' }]);
};

const byPhoto: Conversation = async function* (group, person, face) {
  expect(await stage.say(person, 'enroll', [], { place: group.place })).toMatchObject([{ code: 'no_photo' }]);
  yield;
  const notice = await stage.say(person, '', [face], group.isStrange ? privately : { place: group.place });
  yield;
  expect(await stage.press(person, action(notice, 'agree'), privately)).toMatchObject([{ kind: 'enrolled' }]);
};

/** A job that a worker holds until this generator goes on. The group may move meanwhile. */
const queued: Conversation = async function* (group, person, face) {
  const notice = await stage.say(person, 'enroll', [face], { place: group.place });
  const { courier } = stage.platform;
  const { membership } = courier;
  const held = Promise.withResolvers<void>();
  let asked = 0;
  // The press asks for the membership first, and the worker second.
  courier.membership = async (place, id) => {
    if (id === person.id && ++asked === 2) await held.promise;
    return await membership(place, id);
  };
  const enrolled = stage.press(person, action(notice, 'agree'), privately);
  yield;
  held.resolve();
  expect(await enrolled).toMatchObject([{ kind: 'enrolled' }]);
  courier.membership = membership;
};

const finding: Conversation = async function* (group, person, face) {
  yield* byLink(group, person, face);
  const notice = await stage.say(person, 'find', [face], { place: group.place });
  yield;
  expect(await stage.press(person, action(notice, 'agree'), privately)).toMatchObject([
    { kind: 'result', faces: [{ verdict: 'match' }] },
  ]);
  yield;
  const again = await stage.say(person, 'find', [face], { place: group.place });
  expect(again).toMatchObject([group.isStrange ? { kind: 'consent' } : { faces: [{ verdict: 'match' }] }]);
};

const forgetting: Conversation = async function* (group, person, face) {
  yield* byLink(group, person, face);
  const question = await stage.say(person, 'forget', [], { place: group.place });
  yield;
  expect(await stage.press(person, action(question, 'confirm'), privately)).toMatchObject([{ kind: 'receipt' }]);
};

const CONVERSATIONS = [byLink, byPhoto, queued, finding, forgetting];
const FACES = ['anna', 'ben', 'carl'];

const seeds = Array.from({ length: RUNS }, (_, seed) => seed);

it.each(seeds)('a group that moves amid every conversation stays one group (seed %i)', async (seed) => {
  const dice = random(seed);
  const group = new Group(seed);
  const people = FACES.map((face, index) => {
    const person: Person = { platform: 'telegram', id: `${seed * 10 + index + 50_000}`, name: `P${index}` };
    const talk = CONVERSATIONS[dice(CONVERSATIONS.length)] ?? byLink;
    return { person, face, isForgotten: talk === forgetting, steps: talk(group, person, face) };
  });
  const at = 1 + dice(8);
  const heardAt = at + dice(3);
  const talking = new Set(people);
  for (let step = 0; talking.size > 0 || step <= heardAt; step++) {
    if (step === at) group.move();
    if (step === heardAt) await group.hear();
    const one = [...talking][dice(Math.max(1, talking.size))];
    if (one && (await one.steps.next()).done) talking.delete(one);
  }
  await group.hear();

  const { gallery } = stage.flow;
  const ids = new Set([group.old.id, group.supergroup.id]);
  const scopes = (await gallery.scopes()).filter(({ places }) => places.some(({ id }) => ids.has(id)));
  expect(scopes.map(({ places }) => places.map(({ id }) => id))).toEqual([[group.supergroup.id, group.old.id]]);

  const seeker: Person = { platform: 'telegram', id: `${seed * 10 + 50_009}`, name: 'Seeker' };
  const notice = await stage.say(seeker, 'find', [FACES.join()], { place: group.supergroup });
  const [result] = await stage.press(seeker, action(notice, 'agree'), { place: group.supergroup });
  const named = result?.kind === 'result' ? result.faces.map(({ matches }) => matches[0]?.name) : [];
  expect(named).toEqual(people.map(({ person, isForgotten }) => (isForgotten ? undefined : person.name)));

  for (const { person, isForgotten } of people) {
    const question = await stage.say(person, 'forget', [], { place: group.supergroup });
    if (!isForgotten) {
      const here = action(question, 'confirm');
      expect(here.id).toMatch(/:here$/);
      expect(await stage.press(person, here, privately)).toMatchObject([{ kind: 'receipt' }]);
    }
    expect(await gallery.scopesOf(person)).toEqual([]);
  }
});
