import { Cause } from '../cause.ts';
import { Failure } from '../failure.ts';
import type { Task } from './line.ts';
import type { Answer } from './wire.ts';
import { type Worker, WorkerLost } from './worker.ts';

/**
 * A photo is to blame when so many processes end, or hang, that had seen no other: anything outside (a system short of memory, an
 * operator's kill) may end one. And only if a process can work on a drawn picture right after: where none can, it is the machine.
 */
const FRESH_DEATHS = 2;

/** A job that did not even reach so many processes is given back to its line. */
const UNREACHED = 3;

interface Around {
  /** The process that lives now, or another; `isProven`: another one only once it has worked on a drawn picture. */
  readonly living: (isProven?: boolean) => Promise<Worker>;
  /** A process that takes longer over the job is killed. */
  readonly deadlineMs: number;
  readonly closing: AbortSignal;
}

/**
 * The job's answer, from one process after another; undefined when its own signal aborts. Rejects with the job's Failure, with
 * `image_unreadable` when it is the photo that ends them, with `unavailable` when it is the machine, with `busy` at closing.
 */
export async function attempted(task: Task, { living, deadlineMs, closing }: Around): Promise<Answer | undefined> {
  let unreached = 0;
  let deaths = 0;
  while (!task.signal?.aborted) {
    const worker = await living();
    const { fresh } = worker;
    try {
      return await perform(worker, task, deadlineMs);
    } catch (lost) {
      if (!(lost instanceof WorkerLost) || task.signal?.aborted) throw lost;
      if (closing.aborted) throw new Failure('busy', { cause: lost });
      if (lost.begun) deaths += fresh ? 1 : 0;
      else unreached += 1;
      if (unreached === UNREACHED)
        throw new Failure('unavailable', { cause: new Cause('child_hangs', { cause: lost }) });
      if (deaths < FRESH_DEATHS) continue;
      await living(true);
      throw new Failure('image_unreadable', { cause: lost });
    }
  }
  return undefined;
}

/** What the process makes of the job by its deadline; rejects as {@link Worker.ask} does. */
async function perform(worker: Worker, { job, signal }: Task, deadlineMs: number): Promise<Answer> {
  const kill = () => worker.kill();
  const deadline = setTimeout(kill, deadlineMs);
  signal?.addEventListener('abort', kill);
  try {
    return await worker.ask(job);
  } finally {
    clearTimeout(deadline);
    signal?.removeEventListener('abort', kill);
  }
}
