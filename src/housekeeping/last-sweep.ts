import { isJump } from '../consent/sweep.ts';
import { Failure } from '../failure.ts';
import { FOR_EVER } from '../queue/pending.ts';
import { shelf } from '../queue/sealed-shelf.ts';
import type { Kept } from './parts.ts';

const LAST = 'last';

/**
 * Whether the clock may have jumped since the last sweep. Then nobody may be erased by time. The
 * call notes this sweep as the last one. So a machine that was off goes on by itself the day after.
 * If the shelf cannot be read, no jump is known; but without the notes on it, nobody is erased by
 * time.
 */
export async function hasJumped({ flow, stores }: Kept, now: number): Promise<boolean> {
  const noted = shelf<number>(stores.pending, flow.keys, 'swept');
  try {
    const last = (await noted.read(LAST))?.value();
    await noted.put({ id: LAST, owner: '', value: now, expiresAt: FOR_EVER });
    return isJump(last, now);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    flow.log.warn('sweep not noted', { code: error.code });
    return false;
  }
}
