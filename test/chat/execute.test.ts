import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { executor } from '../../src/chat/answering/execute.ts';
import { SPEAKING_MS } from '../../src/chat/answering/protocol.ts';
import type { Faces } from '../../src/face/face.ts';
import { Failure, type FailureCode } from '../../src/failure.ts';
import type { Job } from '../../src/queue/queue.ts';
import { dealtFaces } from './dealt-faces.ts';
import { ALICE, action, BOB, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
  await stage.agreed(BOB, 'find', ['carl']);
});
afterEach(() => stage[Symbol.asyncDispose]());

/**
 * Faces whose process is told to stop in the middle: they reject with the signal's own reason, like
 * the pool.
 */
const interrupted: Faces = {
  see: (_photo, signal) => new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
  heads: () => Promise.reject(new Failure('internal')),
  draw: async () => new Uint8Array(),
  check: async () => {},
  [Symbol.asyncDispose]: async () => {},
};

/** Faces whose process works. */
const seeing = dealtFaces(512, new Map());

/**
 * Bob searches, and the queue does not run his job. Gives the job, and the message of its answer.
 */
async function queued(): Promise<{ job: Job; message: unknown }> {
  const { queue } = stage.flow;
  const add = queue.add;
  const jobs: Job[] = [];
  Object.assign(queue, {
    add: async (job: Job) => {
      jobs.push(job);
      return 'added';
    },
  });
  const ask = stage.ask(BOB, 'find', ['carl']);
  await stage.chat.ask(ask);
  Object.assign(queue, { add });
  const [job] = jobs;
  if (!job) throw new Error('nothing was queued');
  return { job, message: ask.address.message };
}

it('work that a stop interrupts goes back to the queue, and nobody is told of an error', async () => {
  const { job, message } = await queued();
  const stop = new AbortController();
  const work = executor(stage.flow, interrupted)(job, { lastTry: false, signal: stop.signal });
  setTimeout(() => stop.abort(), 20);
  await expect(work).rejects.toEqual(expect.objectContaining({ code: 'busy', again: true } satisfies Partial<Failure>));
  expect(stage.platform.timesAnswered(message)).toBe(0);
});

it('work that a kill ends between two messages of its answer goes on after the first message', async () => {
  const { job, message } = await queued();
  const { courier } = stage.platform;
  const { answer } = courier;
  const found: (number | undefined)[] = [];
  const died = Promise.withResolvers<void>();
  Object.assign(courier, {
    async answer(...[, , options]: Parameters<typeof answer>) {
      found.push(await options?.messages?.count());
      await options?.messages?.note(1);
      died.resolve();
      return new Promise(() => {});
    },
  });
  const doing = { lastTry: false, signal: new AbortController().signal };
  void executor(stage.flow, seeing)(job, doing).catch(() => undefined);
  await died.promise;
  await stage.restart();
  stage.clock.ms += SPEAKING_MS;
  Object.assign(courier, {
    async answer(...args: Parameters<typeof answer>) {
      found.push(await args[2]?.messages?.count());
      await answer(...args);
    },
  });
  await executor(stage.flow, seeing)(job, doing);
  expect(found).toEqual([0, 1]);
  expect(stage.platform.timesAnswered(message)).toBe(1);
});

describe('an ask whose answer the platform does not accept at first', () => {
  /**
   * The platform refuses the first `times` answers with this failure. Gives the number of tries so
   * far.
   */
  function refuseAnswers(times: number, code: FailureCode): () => number {
    const { courier } = stage.platform;
    const { answer } = courier;
    let asked = 0;
    Object.assign(courier, {
      async answer(...args: Parameters<typeof answer>) {
        asked += 1;
        if (asked <= times) throw new Failure(code);
        await answer(...args);
      },
    });
    return () => asked;
  }

  it('counts once in the search log', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    refuseAnswers(1, 'unavailable');
    await stage.say(BOB, 'find', ['anna']);
    expect((await stage.flow.gallery.dossier(await stage.scope(), ALICE))?.foundBy).toHaveLength(1);
  });

  it('counts once for several photos that show the same person', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    await stage.say(BOB, 'find', ['anna', 'anna~']);
    expect((await stage.flow.gallery.dossier(await stage.scope(), ALICE))?.foundBy).toHaveLength(1);
  });

  it('counts once as an attempt to enrol a face of somebody else', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    const notice = await stage.say(BOB, 'enroll', ['anna~']);
    refuseAnswers(1, 'unavailable');
    await stage.press(BOB, action(notice, 'agree'));
    expect((await stage.flow.gallery.standing(await stage.scope(), ALICE)).alerts).toBe(1);
  });

  it.each(['unavailable', 'expired'] as const)('keeps what it would have told the person about (%s)', async (code) => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    await stage.agreed(ALICE, 'find', ['carl']);
    await stage.agreed(BOB, 'enroll', ['anna~']);
    const asked = refuseAnswers(1, code);
    await stage.chat.ask(stage.ask(ALICE, 'find', ['carl']));
    await expect.poll(asked).toBe(1);
    const told = [{ kind: 'result' }, { kind: 'info', text: expect.stringContaining('/mydata') }];
    const again = code === 'expired' ? stage.say(ALICE, 'find', ['carl']) : undefined;
    if (again) expect(await again).toMatchObject(told);
    await expect.poll(async () => (await stage.flow.gallery.standing(await stage.scope(), ALICE)).alerts).toBe(0);
    expect(asked()).toBe(2);
  });

  it('is not done again when only the note that the person was told cannot be written', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    await stage.agreed(ALICE, 'find', ['carl']);
    await stage.agreed(BOB, 'enroll', ['anna~']);
    const { gallery } = stage.flow;
    const { acknowledge } = gallery;
    Object.assign(gallery, { acknowledge: () => Promise.reject(new Failure('unavailable')) });
    const asked = refuseAnswers(0, 'unavailable');
    expect(await stage.say(ALICE, 'find', ['carl'])).toHaveLength(2);
    await expect.poll(() => stage.flow.queue.state()).toMatchObject({ waiting: 0, running: 0 });
    expect(asked()).toBe(1);
    Object.assign(gallery, { acknowledge });
    expect(await stage.say(ALICE, 'find', ['carl'])).toHaveLength(2);
    expect(await stage.say(ALICE, 'find', ['carl'])).toHaveLength(1);
  });
});
