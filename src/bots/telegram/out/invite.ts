import type { Api } from 'grammy';
import type { Invitation } from '../../../chat/courier.ts';
import { type Place, placeTitled } from '../../../consent/who.ts';
import type { CommandName } from '../../../text/words.ts';
import { isRefusal, movedTo, telegramFailure } from './refusal.ts';

/** The command that an invitation's shared button starts. */
export const INVITES_TO: CommandName = 'enroll';

const START = new RegExp(`^${INVITES_TO}_(-\\d{1,20})$`);

/**
 * Shows an invitation to a whole group, unless the bot may not write there: `refused`. Its button
 * opens the private chat for everybody. The link is no secret, because Telegram must confirm each
 * person as a member.
 * @throws Failure `unavailable`
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

/** The group id in an invitation's link; undefined for other links. */
export function invitedTo(start: string): string | undefined {
  return START.exec(start)?.[1];
}

/**
 * The group with this id, and its present name. There is no name if the bot is not in the group.
 * Then Telegram confirms nobody as a member either.
 */
export async function groupNow(api: Api, id: string): Promise<Place> {
  const { title } = await api.getChat(Number(id)).catch(() => ({ title: undefined }));
  return placeTitled('telegram', id, title);
}
