import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Person } from '../../src/consent/who.ts';
import { Failure } from '../../src/failure.ts';
import { sweep } from '../../src/housekeeping/sweep.ts';
import { ALICE, CLUB, openStage } from './stage.ts';

const CROWD: readonly Person[] = ['carl', 'dora', 'emil'].map((name, index) => ({ ...ALICE, id: `20${index}`, name }));

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
  for (const person of CROWD) await stage.agreed(person, 'enroll', [person.name]);
});
afterEach(() => stage[Symbol.asyncDispose]());

const people = async () => (await stage.flow.gallery.people(await stage.scope())).map(({ person }) => person.name);
const notes = async () => await stage.parts.stores.pending.list('erasure');

/** Records all calls from here on that concern bytes, in their order. */
function watch(): string[] {
  const steps: string[] = [];
  const { gallery } = stage.flow;
  const { pending } = stage.parts.stores;
  for (const [room, store] of [['gallery', gallery] as const, ['shelves', pending] as const]) {
    const { scrub } = store;
    Object.assign(store, {
      async scrub() {
        const isClean = await scrub.call(store);
        steps.push(`${room} scrubbed`);
        return isClean;
      },
    });
  }
  const { erase } = gallery;
  Object.assign(gallery, {
    async erase(...args: Parameters<typeof erase>) {
      steps.push('erased');
      return await erase.call(gallery, ...args);
    },
  });
  const { drop } = pending;
  Object.assign(pending, {
    async drop(...args: Parameters<typeof drop>) {
      if (args[0] === 'erasure') steps.push('note dropped');
      return await drop.call(pending, ...args);
    },
  });
  return steps;
}

const three = (step: string) => [step, step, step];
const inOneScrub = [...three('erased'), 'gallery scrubbed', ...three('note dropped'), 'shelves scrubbed'];

describe('a whole group', () => {
  it('is erased with one scrub for all its people, and then each note is dropped', async () => {
    const steps = watch();
    await stage.chat.removed(CLUB);
    expect(steps).toEqual(inOneScrub);
    expect(await notes()).toEqual([]);
  });

  it('stays noted while its bytes stay, and is finished when they are gone', async () => {
    const { gallery } = stage.flow;
    const { scrub } = gallery;
    Object.assign(gallery, { scrub: async () => false });
    await stage.chat.removed(CLUB);
    expect(await stage.flow.gallery.scopes()).toEqual([]);
    expect(await notes()).toHaveLength(3);
    Object.assign(gallery, { scrub });
    await expect.poll(notes).toEqual([]);
  });

  it('stays noted while its notes’ own bytes stay', async () => {
    const { pending } = stage.parts.stores;
    const { scrub } = pending;
    Object.assign(pending, { scrub: async () => false });
    await stage.chat.removed(CLUB);
    expect(await notes()).toHaveLength(3);
    Object.assign(pending, { scrub });
    await expect.poll(notes).toEqual([]);
  });

  it('is not scrubbed again for each of its people when the one scrub takes long', async () => {
    const { gallery } = stage.flow;
    const { scrub } = gallery;
    let scrubs = 0;
    const slow = Promise.withResolvers<boolean>();
    Object.assign(gallery, {
      scrub: () => {
        scrubs += 1;
        return slow.promise;
      },
    });
    const { queue } = stage.flow;
    const { add } = queue;
    const late: Parameters<typeof add>[0][] = [];
    Object.assign(queue, { add: async (job: (typeof late)[number]) => late.push(job) && 'added' });
    await stage.chat.removed(CLUB);
    expect(late).toHaveLength(3);
    const { pending } = stage.parts.stores;
    const { scrub: scrubShelves } = pending;
    const clean = Promise.withResolvers<boolean>();
    // `clean` tells whether the next scrub of the shelves leaves no bytes. A reader may still keep
    // some.
    Object.assign(pending, {
      scrub: async () => {
        const isClean = await scrubShelves();
        clean.resolve(isClean);
        return isClean;
      },
    });
    slow.resolve(true);
    expect(await clean.promise).toBe(true);
    expect(await notes()).toEqual([]);
    const attempt = { lastTry: false, signal: AbortSignal.timeout(60_000) };
    for (const job of late) await stage.flow.eraser.handler(job, attempt);
    expect(scrubs).toBe(1);
    Object.assign(gallery, { scrub });
  });

  it('is noted again when only the bytes of its notes stay after the wait', async () => {
    const { gallery, queue } = stage.flow;
    const { pending } = stage.parts.stores;
    const [slow, tried] = [Promise.withResolvers<boolean>(), Promise.withResolvers<void>()];
    Object.assign(gallery, { scrub: () => slow.promise });
    Object.assign(queue, { add: async () => 'added' });
    await stage.chat.removed(CLUB);
    Object.assign(pending, {
      async scrub() {
        expect(await notes()).toEqual([]);
        tried.resolve();
        return false;
      },
    });
    slow.resolve(true);
    await tried.promise;
    await expect.poll(notes).toHaveLength(3);
  });

  it('does not wait for a person whom the store cannot erase now', async () => {
    const { gallery, queue } = stage.flow;
    const { erase } = gallery;
    let isDown = true;
    Object.assign(gallery, {
      async erase(...args: Parameters<typeof erase>) {
        if (isDown && args[1].name === 'dora') throw new Failure('unavailable', { cause: new Error('down') });
        return await erase.call(gallery, ...args);
      },
    });
    await stage.chat.removed(CLUB);
    expect(await people()).toEqual(['dora']);
    expect(await notes()).toHaveLength(1);
    isDown = false;
    await expect.poll(people).toEqual([]);
    await expect.poll(() => queue.state()).toMatchObject({ waiting: 0, running: 0 });
  });

  it('leaves somebody alone who joins again between the removal and a restart', async () => {
    const { gallery } = stage.flow;
    const stop = new AbortController();
    const gone = CROWD.map((person) => ({ person, reason: 'left' as const }));
    const { erase } = gallery;
    Object.assign(gallery, {
      async erase(...args: Parameters<typeof erase>) {
        stop.abort();
        return await erase.call(gallery, ...args);
      },
    });
    await stage.flow.eraser.eraseAll(gone, CLUB, stop.signal);
    expect(await people()).toEqual(['dora', 'emil']);
    Object.assign(gallery, { erase });
    const [, dora] = CROWD;
    if (!dora) throw new Error('there is Dora');
    await gallery.erase(await stage.scope(), dora, 'asked', stage.clock.ms);
    await stage.agreed(dora, 'enroll', ['dora']);
    await stage.restart();
    await stage.flow.eraser.resume(0);
    await expect.poll(people).toEqual(['dora']);
    await expect.poll(notes).toEqual([]);
    expect(await people()).toEqual(['dora']);
  });
});

it('a sweep scrubs once for all people of a group whom it erases', async () => {
  for (const { id } of CROWD) stage.platform.memberships.set(id, 'gone');
  const steps = watch();
  expect(await sweep(stage.parts, 365)).toMatchObject({ erased: 3 });
  expect(steps).toEqual(inOneScrub);
});
