import type { Update } from 'grammy/types';

/**
 * What Telegram is asked to deliver. An edited message asks for nothing new, so edits are left out; `chat_member` comes only
 * to a bot that is an admin.
 */
export const UPDATES: readonly Exclude<keyof Update, 'update_id'>[] = [
  'message',
  'channel_post',
  'callback_query',
  'my_chat_member',
  'chat_member',
];

/** When the bot stops, updates under way get this long; what is not confirmed by then comes again at the next start. */
export const STOP_MS = 10_000;
