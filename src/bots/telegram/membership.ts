import type { Api } from 'grammy';
import type { ChatMember } from 'grammy/types';
import type { Membership } from '../../chat/courier.ts';
import type { Place } from '../../consent/who.ts';
import { movedTo } from './refusal.ts';

/**
 * Whether somebody is in a group now, by getChatMember: a bot that is no admin gets no news of leaving. Asked anew each time,
 * since it is asked only of those about to be named, and nobody is to be named a minute after they left.
 */
export async function membershipOf(api: Api, place: Place, personId: string): Promise<Membership> {
  return await ask(api, Number(place.id), Number(personId));
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
