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

/** The jobs that wait for a lane, and the lanes that wait for a job. See `crew.ts` for lanes. */
export interface Line {
  /** How many jobs wait for a lane. */
  readonly length: number;
  /** How many lanes wait for a job, without broken lanes: those whose process cannot start. */
  readonly idle: number;
  readonly add: (task: Task) => void;
  /** Removes a job from the line, if no lane has taken it. */
  readonly drop: (task: Task) => void;
  /**
   * Waits for the next job and takes it; undefined once the line is closed. `isBroken`: the lane is
   * broken, and gets a job only when all lanes are.
   */
  readonly take: (isBroken: boolean) => Promise<Task | undefined>;
  /** Gives a new task, made by `task`, to each broken lane that waits, and returns these tasks. */
  readonly retry: (task: () => Task) => Task[];
  /** Closes the line and returns the jobs that were still waiting. */
  readonly close: () => Task[];
}

type Waiting = (task: Task | undefined) => void;

/**
 * Opens a line for `lanes` lanes. Jobs keep their order. A broken lane gets no job while any other
 * lane is not broken. Its jobs would fail at once, so it would soon take all the jobs that wait
 * while the other lanes are busy.
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
