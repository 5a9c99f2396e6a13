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
  /** How many times slower than at its best this machine was meanwhile. */
  readonly slowness: number;
  readonly isTooLong: boolean;
}

/**
 * Compares waits with `probe`, which always does the same work. The machine's best is the shortest
 * probe so far. So first some probes are made while nobody waits.
 */
export async function openPatience(probe: () => Promise<void>): Promise<Patience> {
  let best = Number.POSITIVE_INFINITY;
  const probed = async () => {
    const began = performance.now();
    await probe();
    const ms = performance.now() - began;
    best = Math.min(best, ms);
    return ms;
  };
  for (let left = 20; left > 0; left--) await probed();

  return {
    async time(answer) {
      const began = performance.now();
      let isThere = false;
      const coming = answer.then(() => {
        isThere = true;
      });
      await Promise.race([coming, sleep(SOON_MS)]);
      const probes: number[] = [];
      while (!isThere) {
        const begun = performance.now();
        const whole = probed();
        // A probe that is slower than the answer counts as far as it came.
        await Promise.race([coming, whole]);
        probes.push(isThere ? performance.now() - begun : await whole);
      }
      const ms = performance.now() - began;
      const slowness = Math.max(1, mean(probes) / best);
      return { ms, slowness, isTooLong: ms / slowness > PATIENCE_MS };
    },
  };
}

/** Unlike Node's own, it goes by the clock of a test. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function mean(all: readonly number[]): number {
  return all.length === 0 ? 0 : all.reduce((sum, one) => sum + one, 0) / all.length;
}
