import { expirePlaceholders, tellForgotten } from '../chat/answering/expiry.ts';
import type { Flow } from '../chat/flow.ts';
import { resumeHeard } from '../chat/open-chat.ts';
import type { Kept } from './parts.ts';

/**
 * An unfinished erasure that was noted this long ago is put in the queue, because nobody works on
 * it any more. Erasing a large group takes less time than this, although all its people are noted
 * first. An operator's verb also waits less than this until bytes are scrubbed.
 */
const ABANDONED_MS = 15 * 60_000;

/**
 * Does work that cannot wait for the daily sweep:
 * - erases people again whom an older store brought back;
 * - answers placeholders past their deadline, and those that a store lost;
 * - does requests that another bot heard and left undone;
 * - removes items that waited in vain;
 * - queues erasures that others left unfinished, such as an operator's verb;
 * - deletes posts that a platform could not delete while it was down.
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
