import type { Situation } from './situation.ts';

/** Why asks may get no answer although every server runs. */
export const WORK = {
  starting: {
    what: 'It is still starting',
    next: 'Wait. If it stays so, look into its log.',
    fatal: false,
  },
  no_worker: {
    what: 'No worker takes jobs from the queue',
    next: 'Start one (ROLE=worker), and look into the log of those that should run.',
    fatal: false,
  },
  no_pulse: {
    what: 'A test ask that goes the way of every other was not answered for a while',
    next: 'Look whether the workers have the same MASTER_KEY and the same version as the bot, and what their log and /readyz say.',
    fatal: false,
  },
} as const satisfies Record<string, Situation>;
