import type { Chat, User } from 'grammy/types';
import { type Person, type Place, personNamed, placeTitled } from '../../consent/who.ts';

/** The person behind a Telegram account, by the name that others see there. */
export function personOf({ id, first_name, last_name = '', username }: User): Person {
  return personNamed('telegram', String(id), `${first_name} ${last_name}`, username);
}

/** The place that a group is. */
export function placeOf({ id, title }: Chat): Place {
  return placeTitled('telegram', String(id), title);
}
