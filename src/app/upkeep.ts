import { expirePlaceholders } from '../chat/expiry.ts';
import type { House } from './house.ts';

/** What cannot wait for the daily sweep: placeholders past their deadline say so, and what waited in vain is removed. */
export async function upkeep({ flow, stores }: Pick<House, 'flow' | 'stores'>): Promise<void> {
  await expirePlaceholders(flow);
  await stores.pending.tidy(flow.now());
}
