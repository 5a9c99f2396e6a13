import type { Message, Update } from 'grammy/types';
import { LRUCache } from 'lru-cache';
import { UPDATES_REMEMBERED } from './updates.ts';

/** Does works of one lane one after the other, and works of different lanes at the same time. */
export type Lanes = (lane: string, work: () => Promise<void>) => Promise<void>;

export function openLanes(): Lanes {
  const lanes = new Map<string, Promise<void>>();
  return (lane, work) => {
    const outcome = (lanes.get(lane) ?? Promise.resolve()).then(work);
    const end = outcome
      .catch(() => undefined)
      .then(() => {
        if (lanes.get(lane) === end) lanes.delete(lane);
      });
    lanes.set(lane, end);
    return outcome;
  };
}

/** The lane of what a person writes in a chat. */
export function laneOf({ chat, from }: Message): string {
  return `${chat.id} ${from?.id}`;
}

/**
 * Handles each update once. A repeated delivery gets the outcome of the first, unless the first
 * failed. A person's updates in one chat are handled one after the other, all others at the same
 * time.
 */
export function inOrder(handle: (update: Update) => Promise<void>, lanes: Lanes): (update: Update) => Promise<void> {
  const seen = new LRUCache<number, Promise<void>>({ max: UPDATES_REMEMBERED });

  return (update) => {
    const id = update.update_id;
    const known = seen.get(id);
    if (known) return known;
    const outcome = lanes(laneOfUpdate(update), () => handle(update));
    outcome.catch(() => void seen.delete(id));
    seen.set(id, outcome);
    return outcome;
  };
}

/**
 * The lane of an update. Each part of an album has a lane of its own, because all parts must come in
 * before the album is handled. The album as a whole has the lane of its sender.
 */
function laneOfUpdate({ message, callback_query: press, chat_member: change, update_id }: Update): string {
  if (message && message.media_group_id === undefined) return laneOf(message);
  if (press) return `${press.message?.chat.id} ${press.from.id}`;
  if (change) return `${change.chat.id} ${change.new_chat_member.user.id}`;
  return `${update_id}`;
}
