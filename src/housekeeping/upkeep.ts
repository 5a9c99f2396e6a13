import { expirePlaceholders, tellForgotten } from '../chat/answering/expiry.ts';
import type { Flow } from '../chat/flow.ts';
import { resumeHeard } from '../chat/open-chat.ts';
import { BRIEF } from '../queue/pending.ts';
import type { Kept } from './parts.ts';

/**
 * An unfinished erasure that was noted longer ago than this is put into the queue, because the
 * process that noted it does not work on it any more. This is longer than it takes to erase a large
 * group, which notes all its people before it erases the first. It is also longer than an
 * operator's verb waits for a scrub.
 */
const ABANDONED_MS = 15 * 60_000;

/**
 * Does work that cannot wait for the daily sweep:
 * - answers placeholders whose deadline has passed, or whose asks Redis has lost;
 * - does requests that a bot took in and left undone when it ended;
 * - removes expired items from the shelves of {@link BRIEF};
 * - queues erasures that another process left unfinished;
 * - deletes posts that could not be deleted while their platform was down.
 */
export async function upkeep({ flow, stores }: Kept & { readonly flow: Flow }): Promise<void> {
  await tellForgotten(flow);
  await expirePlaceholders(flow);
  await resumeHeard(flow);
  await stores.pending.tidy(BRIEF, flow.now());
  await flow.eraser.resume(ABANDONED_MS);
  await flow.shown.retry();
}
