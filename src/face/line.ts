import type { Answer, Job } from './wire.ts';

/** One job and the promise of its answer. */
export interface Task {
  readonly job: Job;
  readonly signal: AbortSignal | undefined;
  readonly answer: PromiseWithResolvers<Answer>;
}

/** Starts waiting for an answer. */
export function newTask(job: Job, signal?: AbortSignal): Task {
  return { job, signal, answer: Promise.withResolvers<Answer>() };
}

/** The jobs that wait, and the lanes that wait for jobs. */
export interface Line {
  /** Jobs that wait for a lane. */
  readonly length: number;
  /** Lanes that wait for a job, without those whose process cannot start. */
  readonly idle: number;
  readonly add: (task: Task) => void;
  /** Takes back a job that no lane has started. */
  readonly drop: (task: Task) => void;
  /**
   * The next job; undefined once the line is closed. A lane whose process cannot start passes
   * `isBroken`, and is served last.
   */
  readonly take: (isBroken: boolean) => Promise<Task | undefined>;
  /** Hands one of `task()` to each broken lane that is idle, and returns these tasks. */
  readonly retry: (task: () => Task) => Task[];
  /** Returns the jobs that still waited. */
  readonly close: () => Task[];
}

type Waiting = (task: Task | undefined) => void;

/**
 * Jobs in their order, for `lanes` lanes. A lane whose process cannot start takes no job while
 * another lane works. Each of its jobs would fail at once, and so it would consume every job that
 * comes while the others are busy.
 */
export function openLine(lanes: number): Line {
  const tasks: Task[] = [];
  const idle: Waiting[] = [];
  const broken: Waiting[] = [];
  let brokenLanes = 0;
  let closed = false;
  const nobodyWorks = () => brokenLanes === lanes;

  return {
    get length() {
      return tasks.length;
    },
    get idle() {
      return idle.length;
    },
    add(task) {
      const next = idle.shift() ?? (nobodyWorks() ? broken.shift() : undefined);
      if (next) next(task);
      else tasks.push(task);
    },
    drop(task) {
      if (tasks.includes(task)) tasks.splice(tasks.indexOf(task), 1);
    },
    async take(isBroken) {
      if (isBroken) brokenLanes += 1;
      const task = closed || (isBroken && !nobodyWorks()) ? undefined : tasks.shift();
      const taken =
        task || closed
          ? task
          : await new Promise<Task | undefined>((resolve) => (isBroken ? broken : idle).push(resolve));
      if (isBroken) brokenLanes -= 1;
      return taken;
    },
    retry: (task) =>
      broken.splice(0).map((next) => {
        const given = task();
        next(given);
        return given;
      }),
    close() {
      closed = true;
      for (const next of [...idle.splice(0), ...broken.splice(0)]) next(undefined);
      return tasks.splice(0);
    },
  };
}
