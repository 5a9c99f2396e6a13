import type { Situation } from './situation.ts';

/** What may keep asks from being answered although every server runs. */
export const WORK = {
  starting: {
    what: 'It is still starting',
    next: 'Wait. If it stays so, look into its log.',
    fatal: false,
  },
} as const satisfies Record<string, Situation>;
