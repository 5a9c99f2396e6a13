import { isJump } from '../consent/sweep.ts';
import { Failure } from '../failure.ts';
import { shelf } from '../queue/sealed-shelf.ts';
import type { Kept } from './parts.ts';

const LAST = 'last';
/** Whatever the clock says by then. */
const FOR_YEARS_MS = 100 * 365 * 86_400_000;

/**
 * Whether the clock may have jumped since the last sweep: then nothing that goes by time may be done. From now on this one is the
 * last, so that a machine that was off goes on by itself the day after. A shelf that cannot be asked knows of no jump, and nobody is
 * erased without what it notes.
 */
export async function hasJumped({ flow, stores }: Kept, now: number): Promise<boolean> {
  const noted = shelf<number>(stores.pending, flow.keys, 'swept');
  try {
    // Read past its time too, should the clock be far ahead.
    const last = (await noted.list()).find(({ id }) => id === LAST)?.value();
    await noted.put({ id: LAST, owner: '', value: now, expiresAt: now + FOR_YEARS_MS });
    return isJump(last, now);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    flow.log.warn('sweep not noted', { code: error.code });
    return false;
  }
}
