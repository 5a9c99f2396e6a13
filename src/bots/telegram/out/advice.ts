import type { Api } from 'grammy';
import { LRUCache } from 'lru-cache';
import type { Courier } from '../../../chat/courier.ts';
import type { Place } from '../../../consent/who.ts';

/** The most groups of which this process remembers that it advised them. */
const MAX_ADVISED = 10_000;

/** Decides which groups to tell that the bot should be an admin there. */
export interface Advice {
  /**
   * Whether to tell this group now. It is told once, when the bot is no admin there and Telegram
   * does not confirm `sender`, who has just written there, as a member. Never throws. False when
   * this cannot be found out now; then the next message is another chance.
   */
  readonly isDue: (place: Place, sender: string) => Promise<boolean>;
  /** Call it when the bot left the group. */
  readonly forget: (place: Place) => void;
}

/** The advice of a bot. `isAdmin`: whether it is an admin of a group, or may be one. */
export function adminAdvice({ membership }: Courier, isAdmin: (chat: number) => Promise<boolean>): Advice {
  const advised = new LRUCache<string, true>({ max: MAX_ADVISED });
  return {
    async isDue(place, sender) {
      if (advised.has(place.id) || (await membership(place, sender)) !== 'no_proof') return false;
      const isDue = !(await isAdmin(Number(place.id)));
      if (isDue) advised.set(place.id, true);
      return isDue;
    },
    forget: ({ id }) => void advised.delete(id),
  };
}

/**
 * Whether the bot with id `me` is an admin of a group. Also true when Telegram does not say: then
 * nobody is advised.
 */
export async function isAdminThere(api: Api, me: number, chat: number): Promise<boolean> {
  const mine = await api.getChatMember(chat, me).catch(() => undefined);
  return mine === undefined || mine.status === 'administrator';
}
