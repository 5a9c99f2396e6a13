import type { Api } from 'grammy';
import type { Presence } from '../../chat/courier.ts';
import type { Place } from '../../consent/who.ts';
import { isInside } from './membership.ts';
import { isShutOut, movedTo } from './refusal.ts';

/** Asks Telegram whether the bot is in a group; of a group that became a supergroup, whether it is in that. */
export async function presenceOf(api: Api, place: Place): Promise<Presence | undefined> {
  try {
    const { id } = await api.getMe();
    return { is: (await isThere(api, Number(place.id), id)) ? 'there' : 'gone', bot: String(id) };
  } catch {
    return undefined;
  }
}

/** @throws whatever Telegram says that does not tell. */
async function isThere(api: Api, chat: number, me: number): Promise<boolean> {
  try {
    return isInside(await api.getChatMember(chat, me));
  } catch (error) {
    if (isShutOut(error)) return false;
    const supergroup = movedTo(error);
    if (supergroup !== undefined && supergroup !== chat) return await isThere(api, supergroup, me);
    throw error;
  }
}
