import type { Api } from 'grammy';
import type { Invitation } from '../../chat/courier.ts';
import { type Place, placeTitled } from '../../consent/who.ts';
import type { CommandName } from '../../text/words.ts';
import { isRefusal, movedTo, telegramFailure } from './refusal.ts';

/** What the shared button of an invitation begins. */
export const INVITES_TO: CommandName = 'enroll';

const START = new RegExp(`^${INVITES_TO}_(-\\d{1,20})$`);

/**
 * Shows an invitation to a whole group. Its button opens the private chat for everybody: the link is no secret, and whoever opens it
 * is to be shown by Telegram to be a member. @throws Failure `unavailable`
 */
export async function invite(api: Api, place: Place, invitation: Invitation): Promise<'posted' | 'refused'> {
  try {
    const { username } = await api.getMe();
    await post(api, Number(place.id), invitation, username);
    return 'posted';
  } catch (error) {
    const failure = telegramFailure(error);
    if (failure.again || !isRefusal(error)) throw failure;
    return 'refused';
  }
}

async function post(api: Api, chat: number, { text, label }: Invitation, username: string): Promise<void> {
  const url = `https://t.me/${username}?start=${INVITES_TO}_${chat}`;
  try {
    await api.sendMessage(chat, text, { reply_markup: { inline_keyboard: [[{ text: label, url }]] } });
  } catch (error) {
    const supergroup = movedTo(error);
    if (supergroup === undefined || supergroup === chat) throw error;
    await post(api, supergroup, { text, label, locale: '' }, username);
  }
}

/** The id of the group that the link of an invitation is about; undefined for every other link. */
export function invitedTo(start: string): string | undefined {
  return START.exec(start)?.[1];
}

/** That group by its name now. Of one that the bot is in no more nothing is told: Telegram vouches for nobody there. */
export async function groupNow(api: Api, id: string): Promise<Place> {
  const { title } = await api.getChat(Number(id)).catch(() => ({ title: undefined }));
  return placeTitled('telegram', id, title);
}
