import { Cause } from '../cause.ts';
import { Failure } from '../failure.ts';
import type { Task } from './line.ts';
import { type Child, ChildLost } from './start-child.ts';
import type { Answer } from './wire.ts';

/**
 * How many fresh processes must end or hang on a photo until the photo is refused. A single process
 * may end for another reason (memory, an operator's kill). After the last one, a new process must
 * also work on a drawn picture. If it cannot, the machine is the reason, and not the photo.
 */
const FRESH_DEATHS = 2;

/**
 * A process counts as lost to the machine when it ended before the job reached it, or got too
 * little processor time. After this many such processes, the job fails as `unavailable`, and the
 * queue tries it again later.
 */
const LOST_TO_MACHINE = 3;

/**
 * On a busy machine a process may wait for a processor most of the time. So it gets up to this many
 * times `deadlineMs` until it has used the processor for `deadlineMs`.
 */
const DEADLINES = 3;

interface Around {
  /**
   * The process of the job's lane (see `openCrew`), or a new one if it has ended. `isProven`: a new
   * process must first have worked on a drawn picture.
   */
  readonly living: (isProven?: boolean) => Promise<Child>;
  /** A process that uses the processor longer than this for the job is killed. */
  readonly deadlineMs: number;
  readonly closing: AbortSignal;
}

/**
 * Tries a job in one process after another until one answers. Undefined when the task's signal has
 * aborted before a try.
 * @throws the job's Failure; `image_unreadable` when the photo ends the processes; `unavailable`
 * when the machine is the reason; `busy` when `closing` aborts; {@link ChildLost} when the task's
 * signal aborts during a try
 */
export async function attempted(task: Task, { living, deadlineMs, closing }: Around): Promise<Answer | undefined> {
  let lostToMachine = 0;
  let deaths = 0;
  while (!task.signal?.aborted) {
    const child = await living();
    const { fresh } = child;
    try {
      return await perform(child, task, deadlineMs);
    } catch (lost) {
      if (!(lost instanceof ChildLost) || task.signal?.aborted) throw lost;
      if (closing.aborted) throw new Failure('busy', { cause: lost });
      if (lost.mayBlamePhoto) deaths += fresh ? 1 : 0;
      else lostToMachine += 1;
      if (lostToMachine === LOST_TO_MACHINE)
        throw new Failure('unavailable', { cause: new Cause('child_hangs', { cause: lost }) });
      if (deaths < FRESH_DEATHS) continue;
      await living(true);
      throw new Failure('image_unreadable', { cause: lost });
    }
  }
  return undefined;
}

/**
 * Asks the process. Kills it when the task's signal aborts, when it has used the processor for
 * `deadlineMs`, or in any case after {@link DEADLINES} times `deadlineMs`. Rejects as
 * {@link Child.ask} does.
 */
async function perform(child: Child, { job, signal }: Task, deadlineMs: number): Promise<Answer> {
  const kill = () => child.kill();
  signal?.addEventListener('abort', kill);
  const before = await child.usedMs();
  let isOver = false;
  let isStarved = false;
  let deadlines = 0;
  const deadline = setInterval(async () => {
    deadlines += 1;
    const now = await child.usedMs();
    if (isOver) return;
    isStarved = before !== undefined && now !== undefined && now - before < deadlineMs;
    if (!isStarved || deadlines === DEADLINES) kill();
  }, deadlineMs);
  try {
    return await child.ask(job);
  } catch (lost) {
    throw isStarved && lost instanceof ChildLost ? new ChildLost(false, lost) : lost;
  } finally {
    isOver = true;
    clearInterval(deadline);
    signal?.removeEventListener('abort', kill);
  }
}
