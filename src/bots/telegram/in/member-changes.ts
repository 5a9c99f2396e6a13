import type { Chat, ChatMemberUpdated } from 'grammy/types';
import { Failure } from '../../../failure.ts';
import { isInside } from '../membership.ts';
import { maybeSent, movedTo, telegramFailure } from '../out/refusal.ts';
import type { ListenerContext } from './context.ts';
import { personOf, placeOf } from './who.ts';

/**
 * Handles news about the bot: it was added, promoted or removed. In a private chat the news is that
 * somebody blocked or unblocked the bot, which erases nobody.
 */
export async function botChanged(context: ListenerContext, change: ChatMemberUpdated): Promise<void> {
  const { chat, old_chat_member, new_chat_member } = change;
  const isGroup = chat.type === 'group' || chat.type === 'supergroup';
  if (!isGroup) return;
  if (!isInside(new_chat_member)) await botLeft(context, chat);
  else if (!isInside(old_chat_member)) await greet(context, change);
}

/**
 * Explains the bot once to a group that it was just added to. Where the bot may not write, the
 * group gets nothing. If the greeting may have been posted although its call failed, it is not
 * repeated.
 */
async function greet({ chat, courier }: ListenerContext, { chat: group, from }: ChatMemberUpdated): Promise<void> {
  const place = placeOf(group);
  const invitation = await chat.invitation(place, from.language_code ?? 'en');
  await courier.invite?.(place, invitation).catch((error) => {
    if (!(error instanceof Failure) || !maybeSent(error)) throw error;
  });
}

/**
 * Handles news about a person who joined, left or was removed. Telegram sends this update only to
 * bots that are admins. Other bots call getChatMember when they need to know.
 */
export async function memberChanged(
  context: ListenerContext,
  { chat, new_chat_member }: ChatMemberUpdated,
): Promise<void> {
  const { user } = new_chat_member;
  if (!isInside(new_chat_member) && !user.is_bot) await context.chat.left(placeOf(chat), personOf(user));
}

/**
 * The bot is no longer in a group, so everybody there is erased. Telegram may say the same of a
 * group that became a supergroup. Its people must stay, so this asks Telegram what became of the
 * group.
 */
export async function botLeft({ api, chat, advice, signposts }: ListenerContext, group: Chat): Promise<void> {
  advice.forget(placeOf(group));
  signposts.forget(placeOf(group));
  const supergroup = group.type === 'group' ? await becameOf(api, group.id) : undefined;
  if (supergroup === undefined) await chat.removed(placeOf(group));
  else await chat.moved(placeOf(group), placeOf({ ...group, id: supergroup }));
}

async function becameOf(api: ListenerContext['api'], group: number): Promise<number | undefined> {
  try {
    await api.getChat(group);
    return undefined;
  } catch (error) {
    const supergroup = movedTo(error);
    const failure = telegramFailure(error);
    if (supergroup === undefined && failure.again) throw failure;
    return supergroup;
  }
}
