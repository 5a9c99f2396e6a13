import type { Message, Update } from 'grammy/types';
import { LRUCache } from 'lru-cache';
import { lanes } from '../../../timing/lanes.ts';
import { albums } from './albums.ts';
import { UPDATES_REMEMBERED } from './updates.ts';

/** One message of an album, and the id of its update. */
export interface Part {
  readonly update: number;
  readonly message: Message;
}

/** What handles updates. An album is handled as a whole. */
export interface Handlers {
  readonly single: (update: Update) => Promise<void>;
  readonly album: (parts: readonly Part[]) => Promise<void>;
}

/**
 * Handles each update once. A repeated delivery gets the outcome of the first, unless the first
 * failed. A person's updates in one chat are handled one after the other, all others at the same
 * time. An album takes the place of its first part in this order.
 */
export function inOrder({ single, album }: Handlers): (update: Update) => Promise<void> {
  const seen = new LRUCache<number, Promise<void>>({ max: UPDATES_REMEMBERED });
  const joined = albums<Part>(({ message }) => message.message_id);
  const inLane = lanes();

  return (update) => {
    const { update_id: id, message } = update;
    const known = seen.get(id);
    if (known) return known;
    const group = message?.media_group_id;
    const outcome =
      message && group !== undefined
        ? joined.join(`${message.chat.id} ${group}`, { update: id, message }, (complete) =>
            inLane(laneOf(update), async () => album(await complete)),
          )
        : inLane(laneOf(update), () => single(update));
    outcome.catch(() => void seen.delete(id));
    seen.set(id, outcome);
    return outcome;
  };
}

/** The lane of an update: updates in one lane are handled one after the other. */
function laneOf({ message, callback_query: press, chat_member: change, update_id }: Update): string {
  if (message) return `${message.chat.id} ${message.from?.id}`;
  if (press) return `${press.message?.chat.id} ${press.from.id}`;
  if (change) return `${change.chat.id} ${change.new_chat_member.user.id}`;
  return `${update_id}`;
}
