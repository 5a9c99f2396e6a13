import type { Fault, Health } from './health.ts';

/** The answer to a probe: HTTP status and plain text. */
export interface ProbeAnswer {
  readonly status: 200 | 503;
  readonly text: string;
}

/**
 * Answers for the system that runs the process. `healthz`: whether to leave the process running.
 * `readyz`: whether it can work.
 */
export interface Probes {
  readonly healthz: () => Promise<ProbeAnswer>;
  readonly readyz: () => Promise<ProbeAnswer>;
}

/**
 * For how long a part of this process may not work until `healthz` says so. In that time it would
 * have recovered by itself. Other parts never count, because an outage elsewhere must not restart
 * every process.
 */
const STUCK_MS = 5 * 60_000;

/**
 * Probes that name each part that does not work, in one line: its name, the code of the cause, what
 * to do.
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
