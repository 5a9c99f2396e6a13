import type { Fault, Health } from './health.ts';

/** The answer to a probe: HTTP status and plain text. */
export interface ProbeAnswer {
  readonly status: 200 | 503;
  readonly text: string;
}

/**
 * Answers for the system that runs the process. `healthz`: 503 means that a restart of the process
 * may help. `readyz`: 503 means that the process cannot do its work now.
 */
export interface Probes {
  readonly healthz: () => Promise<ProbeAnswer>;
  readonly readyz: () => Promise<ProbeAnswer>;
}

/**
 * After this time, `healthz` reports a part of this process that does not work, because the part
 * will not recover by itself any more. It never reports parts outside this process, such as a
 * store, because a restart of this process does not help them.
 */
const STUCK_MS = 5 * 60_000;

/**
 * Makes the probes. An answer has a line for each part that does not work: its name, the code of
 * the cause, and what is wrong.
 */
export function probes(health: Health, now: () => number = Date.now): Probes {
  return {
    async healthz() {
      const stuck = (await health.look()).filter(({ isOwn, since }) => isOwn && now() - since >= STUCK_MS);
      return answer('ok', stuck);
    },
    async readyz() {
      return answer('ready', await health.look());
    },
  };
}

function answer(well: string, faults: readonly Fault[]): ProbeAnswer {
  if (faults.length === 0) return { status: 200, text: `${well}\n` };
  const lines = faults.map(({ part, code, says }) => `${part}: ${code}: ${says}\n`);
  return { status: 503, text: `not ${well}\n${lines.join('')}` };
}
