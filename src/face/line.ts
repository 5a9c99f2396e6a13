import type { Answer, Job } from './wire.ts';

/** One job, and the promise of its answer. */
export interface Task {
  readonly job: Job;
  readonly signal: AbortSignal | undefined;
  readonly answer: PromiseWithResolvers<Answer>;
}

/** Makes a task that waits for an answer. */
export function newTask(job: Job, signal?: AbortSignal): Task {
  return { job, signal, answer: Promise.withResolvers<Answer>() };
}

/** The jobs that wait, and the lanes that wait for jobs. */
export interface Line {
  /** How many jobs wait for a lane. */
  readonly length: number;
  /** How many lanes wait for a job, without those whose process cannot start. */
  readonly idle: number;
  readonly add: (task: Task) => void;
  /** Takes a job back, if no lane has started it. */
  readonly drop: (task: Task) => void;
  /**
   * Waits for the next job; undefined once the line is closed. A lane whose process cannot start
   * gives `isBroken`, and gets a job last.
   */
  readonly take: (isBroken: boolean) => Promise<Task | undefined>;
  /** Gives a task, made by `task()`, to each broken lane that is idle, and returns these tasks. */
  readonly retry: (task: () => Task) => Task[];
  /** Closes the line and returns the jobs that were still waiting. */
  readonly close: () => Task[];
}

type Waiting = (task: Task | undefined) => void;

/**
 * Opens a line for `lanes` lanes. Jobs keep their order. While another lane works, a lane whose
 * process cannot start gets no job. Its jobs would fail at once, so it would use up every job that
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
