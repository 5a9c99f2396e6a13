import { LRUCache } from 'lru-cache';

/** How many flooded chats this process remembers at most. */
const MAX_FLOODED = 10_000;

/**
 * Remembers until when Telegram accepts no calls about a chat. A call before that would only make
 * the wait longer.
 */
export interface Floods {
  /** Notes that Telegram wants no call about this chat for so many seconds. */
  readonly note: (chat: string, seconds: number) => void;
  /** How many milliseconds of that wait are left; 0 when it is over. */
  readonly leftMs: (chat: string) => number;
}

/** Keeps the floods in memory. */
export function floods(now = Date.now): Floods {
  const ends = new LRUCache<string, number>({ max: MAX_FLOODED });
  return {
    note: (chat, seconds) => void ends.set(chat, Math.max(now() + seconds * 1000, ends.get(chat) ?? 0)),
    leftMs: (chat) => Math.max(0, (ends.get(chat) ?? 0) - now()),
  };
}
