import { startProbe } from './probe.ts';

/** How long somebody may have to wait for an answer, on a machine that does nothing else. */
const PATIENCE_MS = 2_000;

/** Answers that come sooner need no look at the machine. */
const SOON_MS = 500;

/** Judges waits by how fast the machine is meanwhile. */
export interface Patience {
  /** Times the wait for `answer`, which must not reject. */
  readonly time: (answer: Promise<unknown>) => Promise<Wait>;
}

export interface Wait {
  /** The wait by the clock. */
  readonly ms: number;
  /** How many times slower the machine was than one that does nothing else. */
  readonly slowness: number;
  readonly isTooLong: boolean;
}

/**
 * Compares waits with `probe`, which computes, and gives for how many milliseconds it computed.
 * When other programs use the machine, a probe takes longer than it computes. The crawled program
 * is then taken to be slower by the same factor.
 */
export function openPatience(probe: () => Promise<number>): Patience {
  return {
    async time(answer) {
      const began = performance.now();
      let there: number | undefined;
      const coming = answer.then(() => {
        there = performance.now();
      });
      await Promise.race([coming, sleep(SOON_MS)]);
      let [taken, computed] = [0, 0];
      while (there === undefined) {
        const begun = performance.now();
        computed += await probe();
        taken += performance.now() - begun;
      }
      const ms = there - began;
      const slowness = computed > 0 ? Math.max(1, taken / computed) : 1;
      return { ms, slowness, isTooLong: ms / slowness > PATIENCE_MS };
    },
  };
}

/**
 * Does this work, and times it. A test compares `ms / slowness` with the time that it allows on a
 * machine that does nothing else.
 * @throws what the work throws
 */
export async function timedWork(work: () => Promise<unknown>): Promise<Wait> {
  using probe = startProbe();
  // The first run also waits for the start of the probe's process.
  await probe.run();
  const working = work();
  const wait = await openPatience(probe.run).time(working.catch(() => {}));
  await working;
  return wait;
}

/** Waits. Unlike Node's own promise of a timeout, it follows a clock that a test has set. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
