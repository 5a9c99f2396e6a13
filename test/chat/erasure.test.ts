import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expirePlaceholders } from '../../src/chat/answering/expiry.ts';
import { Failure } from '../../src/failure.ts';
import type { Gallery } from '../../src/gallery/gallery.ts';
import type { Job } from '../../src/queue/queue.ts';
import { ownerOf } from '../../src/queue/sealed-shelf.ts';
import { ATTEMPT, change, down, forget, holdQueue } from './erasure-stage.ts';
import { ALICE, action, BOB, CLUB, openStage, TEAM } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
  await stage.agreed(ALICE, 'enroll', ['anna']);
});
afterEach(() => stage[Symbol.asyncDispose]());

/**
 * Makes these methods of the running gallery fail as if its server were down. Gives the function
 * that restores them.
 */
function breakDown(...methods: (keyof Gallery & string)[]): () => void {
  return change(stage.flow.gallery, Object.fromEntries(methods.map((method) => [method, down])));
}

/** Lets the gallery erase but loses its answers, `times` times. */
function loseAnswers(times: number): void {
  const { gallery } = stage.flow;
  const { erase } = gallery;
  let lost = 0;
  Object.assign(gallery, {
    async erase(...args: Parameters<typeof erase>) {
      const erased = await erase.apply(gallery, args);
      lost += 1;
      if (lost <= times) throw new Failure('unavailable', { cause: new Error('the answer was lost') });
      return erased;
    },
  });
}

/** Agrees to search in a group, which then has data of the person. */
async function agreeIn(place: typeof CLUB) {
  const notice = await stage.say(ALICE, 'find', ['carl'], { place });
  await stage.press(ALICE, action(notice, 'agree'), { place });
}

describe('when the store is down', () => {
  it('a person can still leave: told at once, and again with the receipt when it is done', async () => {
    const repair = breakDown('scope', 'scopesOf', 'erase', 'standing');
    expect(await forget(stage)).toMatchObject([
      { kind: 'info', text: expect.stringContaining('repeated until it is done') },
    ]);
    repair();
    await expect
      .poll(() => stage.platform.shownAt('f'))
      .toMatchObject([{ kind: 'receipt', text: expect.stringContaining('bytes have left') }]);
    expect(await stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
  });

  it('an erasure that was noted survives a restart', async () => {
    breakDown('erase');
    await forget(stage);
    await stage.restart();
    await stage.flow.eraser.resume(0);
    await expect.poll(() => stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
  });

  it('nothing is lost by an enrolment that could not be stored', async () => {
    const repair = breakDown('enrol');
    const replies = stage.say(ALICE, 'enroll', ['anna~']);
    setTimeout(repair, 300);
    expect(await replies).toMatchObject([{ kind: 'enrolled', templates: 2 }]);
  });
});

describe('when the answer to an erasure is lost', () => {
  it('the receipt is given when the erasure is repeated', async () => {
    loseAnswers(1);
    expect(await forget(stage)).toMatchObject([{ kind: 'info' }]);
    await expect
      .poll(() => stage.platform.shownAt('f'))
      .toMatchObject([{ kind: 'receipt', text: expect.stringContaining('bytes have left') }]);
  });

  it('groups that were joined again before the repetition are left alone, and each erasure has its receipt', async () => {
    await agreeIn(TEAM);
    const { jobs, letGo } = holdQueue(stage);
    loseAnswers(1);
    await forget(stage, 1);
    const [job] = jobs;
    if (!job) throw new Error('nothing was queued');
    letGo();
    // One of her two groups is erased by now, whichever came first. She returns to it before the
    // rest is done.
    const left = (await stage.flow.gallery.scopesOf(ALICE)).map(({ place }) => place?.id);
    expect(left).toHaveLength(1);
    const back = left[0] === CLUB.id ? TEAM : CLUB;
    await agreeIn(back);
    await stage.flow.eraser.handler(job, ATTEMPT);
    expect((await stage.flow.gallery.scopesOf(ALICE)).map(({ place }) => place?.id)).toEqual([back.id]);
    expect(await stage.platform.shownAt('f')).toMatchObject([{ kind: 'receipt' }, { kind: 'receipt' }]);
  });

  it('a group that was joined again before the repetition is left alone', async () => {
    const { jobs, letGo } = holdQueue(stage);
    loseAnswers(1);
    await forget(stage);
    letGo();
    await agreeIn(CLUB);
    for (const job of jobs) await stage.flow.eraser.handler(job, ATTEMPT);
    expect(await stage.flow.gallery.scopesOf(ALICE)).toHaveLength(1);
    expect(await stage.platform.shownAt('f')).toMatchObject([{ kind: 'receipt' }]);
  });
});

describe('a receipt that the platform could not take', () => {
  let receipt: unknown;
  beforeEach(async () => {
    const confirm = await stage.say(ALICE, 'forget');
    const { courier } = stage.platform;
    const { answer } = courier;
    Object.assign(courier, {
      async answer(_: unknown, [reply]: Parameters<typeof answer>[1]) {
        receipt = reply;
        throw new Failure('unavailable');
      },
    });
    const more = { id: 'telegram:again', address: { platform: 'telegram', message: 'f' } } as const;
    await expect(stage.press(ALICE, action(confirm, 'confirm'), more)).rejects.toThrow('unavailable');
    Object.assign(courier, { answer });
  });

  it('is given when the press is delivered again', async () => {
    const more = { id: 'telegram:again', address: { platform: 'telegram', message: 'f' } } as const;
    expect(await stage.press(ALICE, { id: 'taken:here' }, more)).toEqual([receipt]);
    expect(receipt).toMatchObject({ kind: 'receipt' });
  });

  it('is given soon if the platform delivers nothing twice', async () => {
    await stage.restart();
    await expirePlaceholders(stage.flow);
    expect(await stage.platform.shownAt('f')).toEqual([receipt]);
    await expirePlaceholders(stage.flow);
    expect(stage.platform.timesAnswered('f')).toBe(1);
  });
});

it('of an erasure everywhere each receipt names its own group', async () => {
  await agreeIn(TEAM);
  const receipts = await forget(stage, 1);
  const named = receipts.map((reply) => reply.kind === 'receipt' && [reply.group, reply.text.includes(reply.group)]);
  expect(named.toSorted()).toEqual([
    ['Club', true],
    ['Team', true],
  ]);
});

it('an ask that waits is withdrawn with its person, and answered so', async () => {
  const { letGo } = holdQueue(stage);
  const waiting = stage.ask(ALICE, 'enroll', ['anna~']);
  await stage.chat.ask(waiting);
  letGo();
  await forget(stage);
  expect(await stage.platform.shownAt(waiting.address.message)).toMatchObject([{ kind: 'error', code: 'expired' }]);
});

it('jobs that wait in the queue are dropped with their person', async () => {
  const owners: string[] = [];
  const { dropOwned } = stage.flow.queue;
  change(stage.flow.queue, {
    async dropOwned(owner: string) {
      owners.push(owner);
      return await dropOwned.call(stage.flow.queue, owner);
    },
  });
  await forget(stage);
  expect(owners).toEqual([ownerOf(stage.flow.keys, ALICE)]);
});

it('an ask that waits keeps nobody from being erased, although the shelves are full', async () => {
  holdQueue(stage);
  await stage.chat.ask(stage.ask(ALICE, 'enroll', ['anna~']));
  Object.assign(stage.parts.stores.pending, { replace: () => Promise.reject(new Failure('busy')) });
  expect(await forget(stage)).toMatchObject([{ kind: 'receipt' }]);
});

it('a finished erasure erases nothing again if its job is given out again', async () => {
  const repair = breakDown('erase');
  const { queue } = stage.flow;
  const { add } = queue;
  const jobs: Job[] = [];
  Object.assign(queue, {
    async add(job: Job) {
      jobs.push(job);
      return await add.call(queue, job);
    },
  });
  await forget(stage);
  repair();
  await expect.poll(() => stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
  await expect.poll(() => stage.platform.shownAt('f')).toMatchObject([{ kind: 'receipt' }]);
  await stage.agreed(ALICE, 'enroll', ['anna']);
  for (const job of jobs.filter(({ kind }) => kind === 'erase')) await stage.flow.eraser.handler(job, ATTEMPT);
  expect(await stage.flow.gallery.scopesOf(ALICE)).toHaveLength(1);
});

it('somebody who has agreed to nothing yet can withdraw what they sent', async () => {
  const notice = await stage.say(BOB, 'enroll', ['ben']);
  expect(await stage.say(BOB, 'forget')).toMatchObject([{ kind: 'info', text: expect.stringContaining('Nothing') }]);
  expect(await stage.press(BOB, action(notice, 'agree'))).toMatchObject([{ kind: 'error', code: 'expired' }]);
});

it('people who leave are erased; those who stay are not', async () => {
  await stage.agreed(BOB, 'enroll', ['ben']);
  await stage.chat.left(CLUB, ALICE);
  expect(await stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
  expect(await stage.flow.gallery.scopesOf(BOB)).toHaveLength(1);
});

it('removing the bot erases everybody there', async () => {
  await stage.agreed(BOB, 'enroll', ['ben']);
  await stage.chat.removed(CLUB);
  expect(await stage.flow.gallery.scopes()).toEqual([]);
});

it('removing the bot loses nobody, even if the program ends meanwhile', async () => {
  await stage.agreed(BOB, 'enroll', ['ben']);
  const { gallery } = stage.flow;
  const ended = Promise.withResolvers<void>();
  Object.assign(gallery, {
    erase: async () => {
      ended.resolve();
      return await new Promise(() => {});
    },
  });
  void stage.chat.removed(CLUB);
  await ended.promise;
  await stage.restart();
  await stage.flow.eraser.resume(0);
  await expect.poll(() => stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
  await expect.poll(() => stage.flow.gallery.scopesOf(BOB)).toEqual([]);
});

it('a group that moves to another id keeps its people', async () => {
  const supergroup = { ...CLUB, id: '-100500' };
  await stage.chat.moved(CLUB, supergroup);
  const notice = await stage.say(BOB, 'find', ['anna'], { place: supergroup });
  const [result] = await stage.press(BOB, action(notice, 'agree'), { place: supergroup });
  expect(result).toMatchObject({ faces: [{ verdict: 'match', matches: [{ name: 'Alice' }] }] });
});

it('no file of the data folder ever holds a person’s id or name in the clear', async () => {
  const secretive = { ...ALICE, id: '770077007700', name: 'Wilhelmina Unmistakable' };
  await stage.agreed(secretive, 'enroll', ['wilma']);
  await stage.agreed(BOB, 'find', ['wilma']);
  const held = readdirSync(stage.dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'));
  expect(held.length).toBeGreaterThan(1);
  expect(held.filter((bytes) => bytes.includes(secretive.id) || bytes.includes(secretive.name))).toEqual([]);
});

it('a program that ends between an erasure and its answer still gives the receipt when the platform repeats itself', async () => {
  const confirm = await stage.say(ALICE, 'forget');
  const { courier } = stage.platform;
  const { answer } = courier;
  Object.assign(courier, { answer: () => new Promise(() => {}) });
  const again = { id: 'telegram:repeated', address: { platform: 'telegram', message: 'late' } } as const;
  void stage.press(ALICE, action(confirm, 'confirm'), again);
  await expect.poll(() => stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
  await expect.poll(() => stage.parts.stores.pending.list('erasure')).toEqual([]);
  await stage.restart();
  Object.assign(courier, { answer });
  const replies = await stage.press(ALICE, action(confirm, 'confirm'), again);
  expect(replies).toMatchObject([{ kind: 'receipt', text: expect.stringContaining('bytes have left') }]);
});
