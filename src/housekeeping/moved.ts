import { moveGroup } from '../chat/group/move.ts';
import type { Kept } from './parts.ts';

/**
 * Finds groups that got a new id while the bot did not run, or while an older facefinder ran that
 * did not note new ids. For each, it joins the place with the old id and the place with the new id.
 * @throws the reason of `signal` once that is aborted
 */
export async function joinMoved({ flow }: Kept, signal?: AbortSignal): Promise<void> {
  for (const { places } of await flow.gallery.scopes()) {
    const [place] = places;
    signal?.throwIfAborted();
    const now = place && (await flow.couriers[place.platform]?.becameOf?.(place));
    if (!place || !now) continue;
    await moveGroup(flow, place, now);
    flow.log.info('group moved');
  }
}
