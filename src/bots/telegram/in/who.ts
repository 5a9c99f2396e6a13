import type { Chat, User } from 'grammy/types';
import { type Person, type Place, personNamed, placeTitled } from '../../../consent/who.ts';

/** The person of a Telegram account, with the name that others see there. */
export function personOf({ id, first_name, last_name = '', username }: User): Person {
  return personNamed('telegram', String(id), `${first_name} ${last_name}`, username);
}

/** The place of a group. */
export function placeOf({ id, title }: Chat): Place {
  return placeTitled('telegram', String(id), title);
}
