import type { Api } from 'grammy';
import type { ChatMember } from 'grammy/types';
import type { Membership } from '../../chat/courier.ts';
import type { Place } from '../../consent/who.ts';
import { movedTo } from './refusal.ts';

/** A member is believed to stay one for this long. That somebody is gone is asked again each time: they may come back. */
const BELIEVED_MS = 2 * 60_000;
const MAX_BELIEVED = 10_000;

/** Whether somebody is in a group now, by getChatMember: a bot that is no admin gets no news of leaving. */
export function membershipBy(api: Api): (place: Place, personId: string) => Promise<Membership> {
  const believed = new Map<string, number>();
  return async (place, personId) => {
    const key = `${place.id} ${personId}`;
    if ((believed.get(key) ?? 0) > Date.now()) return 'member';
    believed.delete(key);
    const membership = await ask(api, Number(place.id), Number(personId));
    if (membership === 'member') {
      believed.set(key, Date.now() + BELIEVED_MS);
      const [oldest] = believed.keys();
      if (believed.size > MAX_BELIEVED && oldest !== undefined) believed.delete(oldest);
    }
    return membership;
  };
}

async function ask(api: Api, chat: number, user: number): Promise<Membership> {
  try {
    return isInside(await api.getChatMember(chat, user)) ? 'member' : 'gone';
  } catch (error) {
    const supergroup = movedTo(error);
    if (supergroup !== undefined && supergroup !== chat) return await ask(api, supergroup, user);
    return 'unknown';
  }
}

/** A restricted member may have left all the same. */
export function isInside(member: ChatMember): boolean {
  if (member.status === 'restricted') return member.is_member;
  return member.status !== 'left' && member.status !== 'kicked';
}
