import type { Api } from 'grammy';
import type { Presence } from '../../chat/courier.ts';
import type { Place } from '../../consent/who.ts';
import { isInside } from './membership.ts';
import { isShutOut, movedTo } from './out/refusal.ts';

/**
 * Whether the bot is in a group, or in the supergroup that the group became. Undefined when
 * Telegram does not say.
 */
export async function presenceOf(api: Api, place: Place): Promise<Presence | undefined> {
  try {
    const { id } = await api.getMe();
    return { is: (await isThere(api, Number(place.id), id)) ? 'there' : 'gone', bot: String(id) };
  } catch {
    return undefined;
  }
}

/**
 * No id of a supergroup is above this number. A supergroup keeps its id; only a basic group can
 * become another group.
 */
const SUPERGROUPS = -1_000_000_000_000;

/** The supergroup that a basic group became. Never throws. */
export async function becameOf(api: Api, place: Place): Promise<Place | undefined> {
  const id = Number(place.id);
  if (id <= SUPERGROUPS) return undefined;
  const supergroup = await api.getChat(id).then(() => undefined, movedTo);
  return supergroup === undefined || supergroup === id ? undefined : { ...place, id: String(supergroup) };
}

/**
 * Those of these topics that a group may still have. Telegram tells a bot only whether topics are
 * switched on: if so, this gives all of them, otherwise none. Undefined when the call fails.
 */
export async function topicsThere(
  api: Api,
  place: Place,
  among: readonly string[],
): Promise<readonly string[] | undefined> {
  try {
    const { is_forum } = await api.getChat(Number(place.id));
    return is_forum ? among : [];
  } catch {
    return undefined;
  }
}

/**
 * Whether the bot is in a chat.
 * @throws the error of a call, if the error does not tell whether the bot is there
 */
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
