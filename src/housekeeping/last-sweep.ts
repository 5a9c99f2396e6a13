import { isJump } from '../consent/sweep.ts';
import { Failure } from '../failure.ts';
import { FOR_EVER } from '../queue/pending.ts';
import { shelf } from '../queue/sealed-shelf.ts';
import type { Kept } from './parts.ts';

const LAST = 'last';

/**
 * Whether the clock may have jumped since the last sweep, so that nobody may be erased because of
 * time. It also notes `now` as the time of the last sweep. So after a machine was off for long,
 * only its first sweep is stopped. True when the note is damaged. False when the shelf does not
 * answer: then the sweep cannot read the notes of `withOverdue` either, and so erases nobody
 * because of time.
 */
export async function hasJumped({ flow, stores }: Kept, now: number): Promise<boolean> {
  const noted = shelf<number>(stores.pending, flow.keys, 'swept');
  try {
    const kept = await noted.read(LAST);
    const last = kept?.value();
    await noted.put({ id: LAST, owner: '', value: now, expiresAt: FOR_EVER });
    return (kept && last === undefined) || isJump(last, now);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    flow.log.warn('sweep not noted', { code: error.code });
    return false;
  }
}
