import { LRUCache } from 'lru-cache';

/** Chats that Telegram wants to be left alone are remembered up to this many, in this process alone. */
const MAX_FLOODED = 10_000;

/** Until when Telegram takes nothing for a chat: asked before, it only lengthens the wait. */
export interface Floods {
  /** Telegram asked for so many seconds without a call about this chat. */
  readonly note: (chat: string, seconds: number) => void;
  /** Milliseconds that are left of it; 0 when there are none. */
  readonly leftMs: (chat: string) => number;
}

/** Remembered in memory. */
export function floods(now = Date.now): Floods {
  const ends = new LRUCache<string, number>({ max: MAX_FLOODED });
  return {
    note: (chat, seconds) => void ends.set(chat, Math.max(now() + seconds * 1000, ends.get(chat) ?? 0)),
    leftMs: (chat) => Math.max(0, (ends.get(chat) ?? 0) - now()),
  };
}
