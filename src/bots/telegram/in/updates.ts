import type { Update } from 'grammy/types';

/**
 * The updates that Telegram is asked to deliver. An edited message asks for nothing new, so edits
 * are left out. `chat_member` comes only to a bot that is an admin.
 */
export const UPDATES: readonly Exclude<keyof Update, 'update_id'>[] = [
  'message',
  'channel_post',
  'callback_query',
  'my_chat_member',
  'chat_member',
];

/**
 * How long running updates get when the bot stops. Unconfirmed ones come again at the next start.
 */
export const STOP_MS = 10_000;
