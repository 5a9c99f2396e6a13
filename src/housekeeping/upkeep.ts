import { expirePlaceholders, tellForgotten } from '../chat/answering/expiry.ts';
import type { Flow } from '../chat/flow.ts';
import { resumeHeard } from '../chat/open-chat.ts';
import type { Kept } from './parts.ts';

/**
 * An unfinished erasure that was noted this long ago counts as abandoned, and is put in the queue.
 * The erasure of a large group takes less time, although all its people are noted before the first
 * is erased. An operator does not wait this long for the bytes to be scrubbed.
 */
const ABANDONED_MS = 15 * 60_000;

/**
 * Work that cannot wait for the daily sweep. It erases again people who came back with an older
 * store. It expires placeholders past their deadline and those that a store forgot. It does what
 * another bot heard and left undone, and removes what waited in vain. It takes over erasures that
 * others left unfinished, such as an operator's verb, and deletes posts that a platform could not
 * delete while it was down.
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
