import { Failure } from '../../src/failure.ts';
import type { Job } from '../../src/queue/queue.ts';
import { ALICE, action, CLUB, type openStage } from './stage.ts';

type Stage = Awaited<ReturnType<typeof openStage>>;

/** What a part does when its server is down. */
export const down = () => Promise.reject(new Failure('unavailable', { cause: new Error('down') }));

/** What the queue passes to a handler with a job: more tries will follow. */
export const ATTEMPT = { lastTry: false, signal: new AbortController().signal };

/** Changes a part of a stage. Gives the function that changes it back. */
export function change<T extends object>(part: T, changed: Partial<T>): () => void {
  const before = Object.fromEntries(Object.keys(changed).map((key) => [key, Reflect.get(part, key)]));
  Object.assign(part, changed);
  return () => void Object.assign(part, before);
}

/** Collects the warnings to operators from here on. */
export function listen({ flow }: Stage): string[] {
  const warnings: string[] = [];
  change(flow.log, { warn: (message) => void warnings.push(message) });
  return warnings;
}

/**
 * Holds queued jobs back. Gives the erasures among them, and the function that releases the queue.
 */
export function holdQueue({ flow }: Stage): { readonly jobs: Job[]; readonly letGo: () => void } {
  const jobs: Job[] = [];
  const letGo = change(flow.queue, {
    async add(job: Job) {
      if (job.kind === 'erase') jobs.push(job);
      return 'added';
    },
  });
  return { jobs, letGo };
}

/** Counts how often bytes are scrubbed. `clean` gives the result of each, by its number from 1. */
export function scrubs({ flow }: Stage, clean: (nth: number) => boolean) {
  const count = { scrubs: 0 };
  change(flow.gallery, {
    async scrub() {
      count.scrubs += 1;
      return clean(count.scrubs);
    },
  });
  return count;
}

/**
 * Alice sends /forget and presses the `nth` button that confirms: 0 erases her in this group, 1
 * everywhere. Message "f" shows her answer.
 */
export async function forget(stage: Stage, nth = 0) {
  const confirm = await stage.say(ALICE, 'forget');
  return await stage.press(ALICE, action(confirm, 'confirm', nth), { address: { platform: 'telegram', message: 'f' } });
}

/**
 * Alice is erased, but her bytes stay on disk: the rest is queued, and held back. The final receipt
 * goes to message "f".
 */
export async function forgetButForBytes(stage: Stage) {
  const { jobs } = holdQueue(stage);
  const repair = change(stage.flow.gallery, { scrub: async () => false });
  const ask = stage.ask(ALICE, 'forget', [], { address: { platform: 'telegram', message: 'f' } });
  await stage.flow.eraser.erase(ALICE, CLUB, 'asked', ask, 1);
  const [job] = jobs;
  if (!job) throw new Error('nothing was queued');
  return { job, repair };
}
