/** How long somebody waits for an answer, on a machine that does nothing else. */
const PATIENCE_MS = 2_000;

/** Answers that come sooner need no look at the machine. */
const SOON_MS = 500;

/** Gives each wait as it would be on a machine that does nothing else, in milliseconds. */
export interface Patience {
  /** `answer` must not reject. */
  readonly time: (answer: Promise<unknown>) => Promise<Wait>;
}

export interface Wait {
  /** By the clock. */
  readonly ms: number;
  /** How many times longer than on a machine of its own everything took meanwhile. */
  readonly slowness: number;
  readonly isTooLong: boolean;
}

/**
 * Compares waits with `probe`, which computes, and gives for how many milliseconds it did so. It
 * takes longer than that when others use the machine, as the program does too.
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

/** Unlike Node's own, it goes by the clock of a test. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
