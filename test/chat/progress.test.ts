import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Person } from '../../src/consent/who.ts';
import { Failure } from '../../src/failure.ts';
import { action, openStage } from './stage.ts';

/** How many searches run at once. */
const AT_ONCE = 4;
const SECOND = 1_000;

let stage: Awaited<ReturnType<typeof openStage>>;
let release: () => void;

const someone = (index: number): Person => ({ platform: 'telegram', id: `${3_000 + index}`, name: `Person ${index}` });

/** Holds photos back until `release` is called. */
function hold(): void {
  const held = Promise.withResolvers<void>();
  release = held.resolve;
  stage.platform.waits.photos = () => held.promise;
}

/**
 * Lets so many people search while all photos are held back. Gives their messages, in the order of
 * the queue.
 */
async function queueUp(count: number): Promise<unknown[]> {
  const people = Array.from({ length: count }, (_, index) => someone(index));
  for (const person of people) await stage.agreed(person, 'find', ['nobody']);
  hold();
  const asks = people.map((person) => stage.ask(person, 'find', ['nobody']));
  for (const ask of asks) await stage.chat.ask(ask);
  return asks.map(({ address }) => address.message);
}

/** Lets these seconds pass. Then the bot shows the signs of progress that are due. */
async function later(seconds: number): Promise<void> {
  stage.clock.ms += seconds * SECOND;
  await stage.flow.progress.round();
}

beforeEach(async () => {
  stage = await openStage();
});
afterEach(async () => {
  release?.();
  await stage[Symbol.asyncDispose]();
});

describe('somebody whose search waits', () => {
  it('is told after 3 s how many are before them, and again only once that has changed', async () => {
    const messages = await queueUp(AT_ONCE + 2);
    const { progress } = stage.platform;
    await later(2);
    expect(progress).toEqual([]);
    await later(1);
    expect(progress).toEqual([
      [messages[AT_ONCE], 'Looking… 4 are before you.'],
      [messages[AT_ONCE + 1], 'Looking… 5 are before you.'],
    ]);
    await later(60);
    expect(progress).toHaveLength(2);
  });

  it('is told nothing once it is answered, or once its turn came', async () => {
    const messages = await queueUp(AT_ONCE + 1);
    release();
    for (const message of messages) await stage.platform.shownAt(message);
    await later(3);
    expect(stage.platform.progress).toEqual([]);
  });

  it('gets the answer only after a message about progress has ended, and no such message after that', async () => {
    const messages = await queueUp(AT_ONCE + 1);
    const last = messages[AT_ONCE];
    const [telling, told] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    stage.platform.waits.progress = async () => {
      telling.resolve();
      await told.promise;
    };
    const round = later(3);
    await telling.promise;
    release();
    for (const message of messages.slice(0, AT_ONCE)) await stage.platform.shownAt(message);
    await expect.poll(() => stage.platform.fetched.length).toBe(2 * AT_ONCE + 2);
    for (let turns = 0; turns < 100; turns += 1) await turn();
    expect(stage.platform.timesAnswered(last)).toBe(0);
    told.resolve();
    await round;
    expect(await stage.platform.shownAt(last)).toMatchObject([{ kind: 'result' }]);
    expect(stage.platform.progress).toEqual([[last, 'Looking… 4 are before you.']]);
  });

  it('gets the answer even if the platform accepts nothing else', async () => {
    const messages = await queueUp(AT_ONCE + 1);
    stage.platform.waits.progress = async () => {
      throw new Failure('unavailable');
    };
    await later(3);
    release();
    expect(await stage.platform.shownAt(messages[AT_ONCE])).toMatchObject([{ kind: 'result' }]);
    expect(stage.platform.timesAnswered(messages[AT_ONCE])).toBe(1);
  });

  it('is told that the search was withdrawn when they send /forget while they are told how it goes', async () => {
    const messages = await queueUp(AT_ONCE + 1);
    const [telling, told] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    stage.platform.waits.progress = async () => {
      telling.resolve();
      await told.promise;
    };
    const round = later(3);
    await telling.promise;
    const question = await stage.say(someone(AT_ONCE), 'forget');
    const forgetting = stage.press(someone(AT_ONCE), action(question, 'confirm'));
    for (let turns = 0; turns < 100; turns += 1) await turn();
    told.resolve();
    await Promise.all([round, forgetting]);
    expect(await stage.platform.shownAt(messages[AT_ONCE])).toMatchObject([{ kind: 'error', code: 'expired' }]);
  });

  it('is told nothing more once they have sent /forget', async () => {
    await queueUp(AT_ONCE + 1);
    const question = await stage.say(someone(AT_ONCE), 'forget');
    await stage.press(someone(AT_ONCE), action(question, 'confirm'));
    await later(3);
    expect(stage.platform.progress).toEqual([]);
  });

  it('is told in their language', async () => {
    await queueUp(AT_ONCE);
    const german = someone(AT_ONCE);
    const notice = await stage.say(german, 'find', ['nobody']);
    await stage.chat.press(stage.pressOf(german, action(notice, 'agree'), { locale: 'de' }));
    await later(3);
    expect(stage.platform.progress.map(([, text]) => text)).toEqual(['Ich schaue… 4 sind vor dir dran.']);
  });
});

it('of several photos the asker is told at which one the search is, at most every 3 s', async () => {
  const bob = someone(0);
  await stage.agreed(bob, 'find', ['nobody']);
  stage.platform.waits.photos = async () => {
    stage.clock.ms += 2 * SECOND;
    // Leaves time for the message that is just being shown.
    for (let turns = 0; turns < 100; turns += 1) await turn();
  };
  await stage.say(
    bob,
    'find',
    Array.from({ length: 6 }, () => 'nobody'),
  );
  expect(stage.platform.progress.map(([, text]) => text)).toEqual(['Looking… photo 3 of 6.', 'Looking… photo 5 of 6.']);
});
