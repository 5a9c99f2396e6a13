import type { Seen } from './face.ts';

/** Adds the time since the last call (or the start of the clock) to a step's milliseconds. */
export type Lap = (step: keyof Seen['ms']) => void;

/** Starts a clock. */
export function startClock(): { readonly lap: Lap; readonly ms: Seen['ms'] } {
  const ms = { decode: 0, detect: 0, landmarks: 0, embed: 0 };
  let last = performance.now();
  return {
    ms,
    lap(step) {
      const now = performance.now();
      ms[step] += now - last;
      last = now;
    },
  };
}
