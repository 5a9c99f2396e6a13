import { afterEach, beforeEach, expect, it } from 'vitest';
import { executor } from '../../src/chat/execute.ts';
import type { Faces } from '../../src/face/face.ts';
import type { Failure } from '../../src/failure.ts';
import type { Job } from '../../src/queue/queue.ts';
import { BOB, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
  await stage.agreed(BOB, 'find', ['carl']);
});
afterEach(() => stage[Symbol.asyncDispose]());

/** Faces that are being looked at when their process is told to stop: they reject with the signal's own reason, as the pool does. */
const interrupted: Faces = {
  see: (_photo, signal) => new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
  draw: async () => new Uint8Array(),
  [Symbol.asyncDispose]: async () => {},
};

/** What the queue is given for a search of Bob's. */
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

it('work that is interrupted by a stop goes back to the queue, and nobody is told that something broke', async () => {
  const { job, message } = await queued();
  const stop = new AbortController();
  const work = executor(stage.flow, interrupted)(job, { lastTry: false, signal: stop.signal });
  setTimeout(() => stop.abort(), 20);
  await expect(work).rejects.toEqual(expect.objectContaining({ code: 'busy', again: true } satisfies Partial<Failure>));
  expect(stage.platform.timesAnswered(message)).toBe(0);
});
