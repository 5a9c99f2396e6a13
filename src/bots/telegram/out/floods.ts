import { LRUCache } from 'lru-cache';

/** The most flooded chats that are remembered, in this process alone. */
const MAX_FLOODED = 10_000;

/** Until when Telegram accepts nothing for a chat. An earlier call would only lengthen the wait. */
export interface Floods {
  /** Telegram asked for this many seconds without a call about this chat. */
  readonly note: (chat: string, seconds: number) => void;
  /** Milliseconds left of that wait; 0 when it is over. */
  readonly leftMs: (chat: string) => number;
}

/** Kept in memory. */
export function floods(now = Date.now): Floods {
  const ends = new LRUCache<string, number>({ max: MAX_FLOODED });
  return {
    note: (chat, seconds) => void ends.set(chat, Math.max(now() + seconds * 1000, ends.get(chat) ?? 0)),
    leftMs: (chat) => Math.max(0, (ends.get(chat) ?? 0) - now()),
  };
}
