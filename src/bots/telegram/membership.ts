import { type Api, GrammyError } from 'grammy';
import type { ChatMember } from 'grammy/types';
import { LRUCache } from 'lru-cache';
import type { Membership, NameNow } from '../../chat/courier.ts';
import type { Place } from '../../consent/who.ts';
import { personOf } from './in/who.ts';
import { movedTo } from './out/refusal.ts';

/**
 * What Telegram's refusals say about a membership. The first one that fits counts. Telegram
 * promises an answer only to admins. Other bots get these words about people who left, deleted
 * their account or were silent for long (tdlib/telegram-bot-api#802). So the words prove nothing.
 */
const REFUSALS: readonly { readonly code: number; readonly words: RegExp; readonly means: Membership }[] = [
  { code: 400, words: /member not found|user not found|participant_id_invalid|user_id_invalid/i, means: 'no_proof' },
  { code: 400, words: /chat_admin_required|not enough rights|member list is inaccessible/i, means: 'no_proof' },
  { code: 400, words: /chat not found|channel_private|channel_invalid|peer_id_invalid/i, means: 'no_proof' },
  // Any other words are no proof either: Telegram was asked, and did not say.
  { code: 400, words: /(?:)/, means: 'no_proof' },
  { code: 403, words: /(?:)/, means: 'no_proof' },
];

/** How long a name is kept. It is shown right after the call that brought it. */
const NAMED_MS = 60_000;
const MAX_NAMED = 10_000;

/** Tells who is in a group, and their names. */
export interface Members {
  /**
   * Whether somebody is in a group now. Each call asks Telegram by getChatMember, because a bot
   * that is no admin is not told of everybody who leaves. Nothing is cached, because nobody may be
   * named after they left. The calls are few: only people who are about to be named are checked.
   */
  readonly membership: (place: Place, personId: string) => Promise<Membership>;
  /** Whether somebody is an admin of a group now. */
  readonly isAdmin: (place: Place, personId: string) => Promise<'yes' | 'no' | 'down'>;
  /** The name that `membership` got from Telegram within the last minute. */
  readonly nameNow: (place: Place, personId: string) => NameNow | undefined;
}

/** Members by Telegram's API. */
export function membersOf(api: Api): Members {
  const named = new LRUCache<string, NameNow>({ max: MAX_NAMED, ttl: NAMED_MS });
  const keyOf = (place: Place, personId: string) => `${place.id} ${personId}`;

  return {
    async membership(place, personId) {
      const answer = await ask(api, Number(place.id), Number(personId));
      if (typeof answer === 'string') return answer;
      named.set(keyOf(place, personId), nameIn(answer));
      return isInside(answer) ? 'member' : 'gone';
    },
    async isAdmin(place, personId) {
      const answer = await ask(api, Number(place.id), Number(personId));
      if (typeof answer === 'string') return answer === 'down' ? 'down' : 'no';
      return answer.status === 'creator' || answer.status === 'administrator' ? 'yes' : 'no';
    },
    nameNow: (place, personId) => named.get(keyOf(place, personId)),
  };
}

function nameIn({ user }: ChatMember): NameNow {
  const { name } = personOf(user);
  return { name, ...(user.username !== undefined && { handle: user.username }) };
}

async function ask(api: Api, chat: number, user: number): Promise<ChatMember | Membership> {
  try {
    return await api.getChatMember(chat, user);
  } catch (error) {
    const supergroup = movedTo(error);
    if (supergroup !== undefined && supergroup !== chat) return await ask(api, supergroup, user);
    return meaningOf(error);
  }
}

/**
 * What an error says about a person. A missing answer, an overload and an unknown token say nothing
 * about anybody: `down`.
 */
function meaningOf(error: unknown): Membership {
  if (!(error instanceof GrammyError)) return 'down';
  const { error_code, description } = error;
  return REFUSALS.find(({ code, words }) => code === error_code && words.test(description))?.means ?? 'down';
}

/** Whether the person is in the group. Somebody who is restricted may have left. */
export function isInside(member: ChatMember): boolean {
  if (member.status === 'restricted') return member.is_member;
  return member.status !== 'left' && member.status !== 'kicked';
}
