import type { Update } from 'grammy/types';

/**
 * The kinds of updates that Telegram is asked to deliver. Edits are not among them, because an
 * edited message asks for nothing new. `chat_member` comes only to a bot that is an admin.
 */
export const UPDATES: readonly Exclude<keyof Update, 'update_id'>[] = [
  'message',
  'channel_post',
  'callback_query',
  'my_chat_member',
  'chat_member',
];

/**
 * How many updates are remembered, in case they come again. Telegram never has so many on the way.
 */
export const UPDATES_REMEMBERED = 2_000;

/**
 * How long running updates may go on when the bot stops. Those that are not confirmed by then come
 * again at the next start.
 */
export const STOP_MS = 10_000;
