import type { Pack } from '../../models/pack.ts';

/** The photos and packs that all benchmarks of one run share. */
export interface Bench {
  readonly photos: readonly Uint8Array[];
  readonly pack: Pack;
  /** The pack for machines that need speed more than accuracy. */
  readonly fastPack: Pack;
}

/**
 * The result of one benchmark, as ratios, because seconds depend more on the machine than on
 * facefinder.
 */
export interface Result {
  readonly measured: number;
  readonly holds: boolean;
  /** The figures behind it, for people. */
  readonly detail: string;
}

/** One promise about speed, measured. */
export interface Benchmark {
  /** Short, for the command line. */
  readonly name: string;
  /** The promise in words. */
  readonly target: string;
  readonly run: (bench: Bench) => Promise<Result>;
}

/** The middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low = Number.NaN, high = low] = [
    sorted[Math.ceil(sorted.length / 2) - 1],
    sorted[Math.floor(sorted.length / 2)],
  ];
  return (low + high) / 2;
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
