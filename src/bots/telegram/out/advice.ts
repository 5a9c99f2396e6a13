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

/** The advice that the bot with id `me` gives. */
export function adminAdvice(api: Api, me: number, { membership }: Courier): Advice {
  const advised = new LRUCache<string, true>({ max: MAX_ADVISED });
  return {
    async isDue(place, sender) {
      if (advised.has(place.id) || (await membership(place, sender)) !== 'no_proof') return false;
      const mine = await api.getChatMember(Number(place.id), me).catch(() => undefined);
      const isDue = mine !== undefined && mine.status !== 'administrator';
      if (isDue) advised.set(place.id, true);
      return isDue;
    },
    forget: ({ id }) => void advised.delete(id),
  };
}
