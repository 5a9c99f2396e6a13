import type { Api } from 'grammy';
import type { Message as Said } from 'grammy/types';
import { pickOf } from '../../../chat/place.ts';
import { placeTitled } from '../../../consent/who.ts';
import type { Words } from '../../../text/words.ts';
import type { TelegramAddress } from '../address.ts';
import { addLink } from '../out/admin-rights.ts';
import { deliver } from '../out/deliver.ts';
import type { Message } from '../out/render.ts';
import { type ListenerContext, privately, request } from './context.ts';

/**
 * Shows an answer with a button that adds the bot to a group. A second message has Telegram's own
 * picker of the bot's groups, because one message can have only one of these two kinds of buttons.
 */
export async function offerGroups(
  api: Api,
  to: TelegramAddress,
  message: Message,
  { pick, words: { telegram: words } }: { readonly pick: number; readonly words: Words },
): Promise<void> {
  const { username } = await api.getMe();
  const add = { text: words.addMe, url: addLink(username) };
  const keyboard = { inline_keyboard: [[add], ...message.keyboard.inline_keyboard] };
  await deliver(api, to, { ...message, keyboard });
  const request_chat = { request_id: pick, chat_is_channel: false, bot_is_member: true, request_title: true };
  await api.sendMessage(to.chat, words.pick, {
    reply_markup: {
      keyboard: [[{ text: words.pickButton, request_chat }]],
      one_time_keyboard: true,
      resize_keyboard: true,
    },
  });
}

/**
 * Somebody picked a group in private. Their request goes on for that group, if Telegram confirms
 * them as a member.
 */
export async function picked(
  context: ListenerContext,
  update: number,
  { from, chat_shared: shared }: Said,
): Promise<void> {
  if (!from || !shared) return;
  await context.chat.press({
    ...request(context, update, from),
    action: pickOf(shared.request_id),
    place: undefined,
    about: placeTitled('telegram', String(shared.chat_id), shared.title),
    address: privately(from),
  });
}
