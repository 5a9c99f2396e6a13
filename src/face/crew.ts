import { Cause } from '../cause.ts';
import { Failure } from '../failure.ts';
import { attempted } from './attempts.ts';
import { newTask, openLine } from './line.ts';
import type { Child } from './start-child.ts';
import type { Answer, Job } from './wire.ts';

export interface CrewOptions {
  /**
   * Starts one process. Rejects with `unavailable` when the process cannot start, or when the
   * signal aborts.
   */
  readonly start: (signal: AbortSignal) => Promise<Child>;
  /**
   * Lets a process work on a drawn picture. When it cannot, this rejects with `unavailable`, and
   * the process is killed.
   */
  readonly prove: (child: Child, signal: AbortSignal) => Promise<void>;
  /** How many lanes there are. Each has one process, which starts with the lane's first job. */
  readonly size: number;
  /** Processes that are already started, for the first lanes. */
  readonly running?: readonly Child[];
  /** A process that uses the processor longer than this for a job is killed and replaced. */
  readonly deadlineMs: number;
  /** How many jobs may wait for a process. Further jobs are refused as `busy`. */
  readonly waiting: number;
}

/** Several processes that take their jobs from one line. */
export interface Crew extends AsyncDisposable {
  /**
   * Gives a job to the next free process.
   * @throws the job's own Failure; `image_unreadable` when two fresh processes ended at the photo;
   * `unavailable` when no process starts, or when processes end before the job reaches them or
   * hardly get the processor; `busy` when the line is full or closed; the signal's reason when the
   * signal aborts
   */
  readonly ask: (job: Job, signal?: AbortSignal) => Promise<Answer>;
  /**
   * Waits for processes that are starting, and tries again to start processes that could not start.
   * If all lanes have a process, it also pings an idle process, and kills that if it does not
   * answer within the deadlines for a job.
   * @throws `unavailable` with the cause when a process cannot start, or the pinged one hangs
   */
  readonly check: () => Promise<void>;
}

/**
 * Opens a crew. A lane is one place for a process: it takes a job from the line, lets its process
 * do the job, and takes the next. Jobs are taken in their order.
 */
export function openCrew(options: CrewOptions): Crew {
  const { start, prove, size, running: first = [], deadlineMs, waiting } = options;
  const line = openLine(size);
  const running = new Set(first);
  /** For each lane whose process starts: resolves when it has started or failed to start. */
  const births = new Map<number, Promise<void>>();
  /** Why a lane has no process, by the number of the lane. */
  const broken = new Map<number, unknown>();
  const closing = new AbortController();

  async function ask(job: Job, signal?: AbortSignal): Promise<Answer> {
    signal?.throwIfAborted();
    if (closing.signal.aborted || line.length >= waiting) throw new Failure('busy');
    const task = newTask(job, signal);
    const giveUp = () => task.answer.reject(signal?.reason);
    signal?.addEventListener('abort', giveUp);
    line.add(task);
    try {
      return await task.answer.promise;
    } finally {
      signal?.removeEventListener('abort', giveUp);
      line.drop(task);
    }
  }

  /** Runs one job after another. A process that has ended is replaced before the next job. */
  async function lane(number: number): Promise<void> {
    let child = first[number];
    const living = async (isProven = false): Promise<Child> => {
      if (!child || child.ended) child = await startAnother(number, child, isProven);
      return child;
    };

    for (let task = await line.take(false); task; task = await line.take(broken.has(number))) {
      try {
        const answer = await attempted(task, { living, deadlineMs, closing: closing.signal });
        if (answer) task.answer.resolve(answer);
      } catch (error) {
        task.answer.reject(error);
      }
      // If the start fails, `broken` has the reason, and the next job or check reports it.
      if (child?.ended && !broken.has(number)) await living().catch(() => {});
    }
    child?.kill();
  }

  /** Starts a process for a lane. `isProven`: the process must first work on a drawn picture. */
  async function startAnother(number: number, old: Child | undefined, isProven: boolean): Promise<Child> {
    if (old) running.delete(old);
    if (closing.signal.aborted) throw new Failure('busy');
    const birth = start(closing.signal).then(async (child) => {
      if (isProven) await prove(child, closing.signal);
      return child;
    });
    births.set(
      number,
      birth.then(
        () => {},
        () => {},
      ),
    );
    try {
      const child = await birth;
      broken.delete(number);
      running.add(child);
      if (closing.signal.aborted) child.kill();
      return child;
    } catch (error) {
      broken.set(number, error);
      throw closing.signal.aborted ? new Failure('busy', { cause: error }) : error;
    } finally {
      births.delete(number);
    }
  }

  async function check(): Promise<void> {
    await Promise.all(births.values());
    const tried = line.retry(() => newTask({ kind: 'ping' }));
    await Promise.allSettled(tried.map(({ answer }) => answer.promise));
    const [failed] = broken.values();
    if (failed) throw failed;
    // While some lane still waits for its first job, it has no process, and a ping would start one.
    if (closing.signal.aborted || line.idle === 0 || running.size < size) return;
    await ask({ kind: 'ping' }).catch((cause) => {
      throw new Failure('unavailable', { cause: new Cause('child_hangs', { cause }) });
    });
  }

  const lanes = Array.from({ length: size }, (_, number) => lane(number));
  return {
    ask,
    check,
    async [Symbol.asyncDispose]() {
      closing.abort();
      for (const task of line.close()) task.answer.reject(new Failure('busy'));
      for (const child of running) child.kill();
      await Promise.all(lanes);
    },
  };
}
