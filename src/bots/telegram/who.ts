import type { Chat, User } from 'grammy/types';
import type { Person, Place } from '../../consent/who.ts';

const MAX_NAME = 64;

/** The person behind a Telegram account, by the name that others see there. */
export function personOf(user: User): Person {
  const name = clean(`${user.first_name} ${user.last_name ?? ''}`) || clean(user.username ?? '');
  return { platform: 'telegram', id: String(user.id), name };
}

/** The place that a group is. */
export function placeOf(chat: Chat): Place {
  return { platform: 'telegram', id: String(chat.id), ...(chat.title !== undefined && { title: clean(chat.title) }) };
}

/** Without what turns text around, breaks its line or hides: names are chosen by their owners and read by others. */
function clean(name: string): string {
  const visible = name.replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ');
  return [...visible.replace(/\s+/g, ' ').trim()].slice(0, MAX_NAME).join('');
}
