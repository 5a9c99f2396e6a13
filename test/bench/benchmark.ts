import type { Pack } from '../../models/pack.ts';

/** What every benchmark gets: the same photos and the same packs, in one run. */
export interface Bench {
  readonly photos: readonly Uint8Array[];
  readonly pack: Pack;
  /** The one for machines that have more to do than to be sure. */
  readonly fastPack: Pack;
}

/** What one benchmark found. Ratios, as seconds say more about the machine than about facefinder. */
export interface Result {
  readonly measured: number;
  readonly holds: boolean;
  /** The figures behind it, for a person. */
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

/** The middle one; of an even number, the mean of the two in the middle. */
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
