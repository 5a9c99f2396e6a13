import { expirePlaceholders, tellForgotten } from '../chat/expiry.ts';
import type { Flow } from '../chat/flow.ts';
import { resumeHeard } from '../chat/house.ts';
import type { Kept } from './parts.ts';

/** Longer than a large group's erasure takes, all noted before the first, and longer than an operator waits for the bytes. */
const ABANDONED_MS = 15 * 60_000;

/**
 * What cannot wait for the daily sweep: whoever was erased and came back with an older store goes, if the start could not see to it;
 * placeholders past their deadline say so, and those that a store forgot, what another bot heard and left is done, what waited in vain
 * is removed, erasures that somebody left unfinished (an operator's verb beside this process) are taken over, and what a platform did not
 * delete while it was down goes.
 */
export async function upkeep({ flow, stores, reconcile }: Kept & { readonly flow: Flow }): Promise<void> {
  await reconcile();
  await tellForgotten(flow);
  await expirePlaceholders(flow);
  await resumeHeard(flow);
  await stores.pending.tidy(flow.now());
  await flow.eraser.resume(ABANDONED_MS);
  await flow.shown.retry();
}
