import type { Update } from 'grammy/types';
import { LRUCache } from 'lru-cache';
import { UPDATES_REMEMBERED } from './updates.ts';

/**
 * Handles each update once. A repeated delivery gets the outcome of the first, unless the first
 * failed. A person's updates in one chat are handled one after the other, all others at the same
 * time.
 */
export function inOrder(handle: (update: Update) => Promise<void>): (update: Update) => Promise<void> {
  const seen = new LRUCache<number, Promise<void>>({ max: UPDATES_REMEMBERED });
  const lanes = new Map<string, Promise<void>>();

  return (update) => {
    const id = update.update_id;
    const known = seen.get(id);
    if (known) return known;
    const lane = laneOf(update);
    const outcome = (lanes.get(lane) ?? Promise.resolve()).then(() => handle(update));
    const settled = outcome.catch(() => void seen.delete(id));
    const end = settled.then(() => {
      if (lanes.get(lane) === end) lanes.delete(lane);
    });
    lanes.set(lane, end);
    seen.set(id, outcome);
    return outcome;
  };
}

/**
 * The lane of an update: updates in one lane are handled one after the other. Each part of an album
 * has a lane of its own, because all parts must come in before the album is handled.
 */
function laneOf(update: Update): string {
  const { message, callback_query: press, chat_member: change, update_id } = update;
  if (message && message.media_group_id === undefined) return `${message.chat.id} ${message.from?.id}`;
  if (press) return `${press.message?.chat.id} ${press.from.id}`;
  if (change) return `${change.chat.id} ${change.new_chat_member.user.id}`;
  return `${update_id}`;
}
