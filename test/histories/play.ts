import fc from 'fast-check';
import type { Ground } from './grounds.ts';
import { History } from './history.ts';
import { histories, type Step } from './steps.ts';
import { World } from './world.ts';

/** `npm run drill lives` draws a seed. */
export const SEED = Number(process.env.SEED ?? 1);

/** The most steps of one history. A longer one finds nothing that two shorter ones do not find. */
const LONGEST = 100;

/** At most this many shorter versions of a failing history are tried. */
const MOST_SHRINKS = 100;

/** Longer than a drill takes on any machine. */
export const TIMEOUT_MS = 3 * 3_600_000;

/**
 * Plays histories until they have this many steps together. Gives how often each event happened.
 * @throws with the seed and the shortest failing history found
 */
export async function play(newGround: () => Promise<Ground>, steps: number): Promise<ReadonlyMap<string, number>> {
  const tally = new Map<string, number>();
  const count = (what: string) => void tally.set(what, (tally.get(what) ?? 0) + 1);
  let played = 0;
  let shrinks: number | undefined;
  const one = async (steps: readonly Step[]) => {
    await using ground = await newGround();
    await using world = await World.open(ground);
    const history = new History(world, count);
    for (const [nth, step] of steps.entries()) {
      await history.take(step).catch((cause) => {
        throw new Error(`step ${nth + 1}, ${JSON.stringify(step)}: ${cause.message}`, { cause });
      });
    }
    await history.take({ do: 'restart' });
  };
  const unlessEnough = async (history: readonly Step[]) => {
    if (shrinks === undefined ? played >= steps : shrinks >= MOST_SHRINKS) return;
    if (shrinks === undefined) played += history.length;
    else shrinks += 1;
    await one(history).catch((error) => {
      if (shrinks === undefined)
        console.error(`seed ${SEED}: a history fails at ${error.message}; shorter ones are tried`);
      shrinks ??= 0;
      throw error;
    });
  };
  await fc.assert(fc.asyncProperty(histories(LONGEST), unlessEnough), { seed: SEED, numRuns: steps, unbiased: true });
  console.log(`${played} steps:`, JSON.stringify(Object.fromEntries([...tally].sort())));
  return tally;
}
