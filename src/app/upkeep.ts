import { expirePlaceholders } from '../chat/expiry.ts';
import type { House } from './house.ts';

/** A person is answered within seconds, and an erasure that cannot be done by then is queued. */
const ABANDONED_MS = 60_000;

/**
 * What cannot wait for the daily sweep: placeholders past their deadline say so, what waited in vain is removed, and erasures
 * that somebody left unfinished (an operator's verb beside this process) are taken over.
 */
export async function upkeep({ flow, stores }: Pick<House, 'flow' | 'stores'>): Promise<void> {
  await expirePlaceholders(flow);
  await stores.pending.tidy(flow.now());
  await flow.eraser.resume(ABANDONED_MS);
}
