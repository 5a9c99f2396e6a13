import { expect, test } from 'vitest';
import { embeddedGround } from './grounds.ts';
import { play, SEED, TIMEOUT_MS } from './play.ts';

/** `npm run drill lives` plays more. */
const STEPS = Number(process.env.STEPS ?? 1_000);

/**
 * Events that must happen in these histories. Without them the test would not try what it promises.
 */
const MET = ['enrol', 'named', 'forget', 'leave', 'decide', 'move', 'sweep', 'race', 'replay', 'clock', 'restored'];

test(
  `over SQLite, who was erased is found by nobody, and whoever agreed is (seed ${SEED})`,
  async () => {
    const tally = await play(embeddedGround, STEPS);
    for (const what of MET) expect(tally.get(what), what).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);
