import type { REST } from '@discordjs/rest';
import { type APIGuildMember, RESTJSONErrorCodes, Routes } from 'discord-api-types/v10';
import { LRUCache } from 'lru-cache';
import type { Membership, NameNow } from '../../chat/courier.ts';
import { personNamed } from '../../consent/who.ts';
import { isRefusal, statusOf } from './errors.ts';

const CACHED_MS = 10 * 60_000;
const MAX_CACHED = 10_000;

/** Tells who is in a server, and their names there. */
export interface Members {
  /**
   * Asks Discord whether a person is in a server. That needs no privileged intent. `gone` needs two
   * things: Discord says "unknown member", and the bot can still read the server. So nobody is
   * `gone` because of an outage, or because the bot was removed. Members are cached for 10 minutes.
   * Other answers are not cached, so that somebody who comes back counts at once.
   */
  readonly membership: (guildId: string, personId: string) => Promise<Membership>;
  /** The name of a member who is in the cache. */
  readonly nameNow: (guildId: string, personId: string) => NameNow | undefined;
}

/** Members by Discord's REST API. */
export function membersOf(rest: REST): Members {
  const members = new LRUCache<string, NameNow>({ max: MAX_CACHED, ttl: CACHED_MS });
  const keyOf = (guildId: string, personId: string) => `${guildId} ${personId}`;

  return {
    async membership(guildId, personId) {
      const key = keyOf(guildId, personId);
      if (members.has(key)) return 'member';
      const answer = await ask(rest, guildId, personId);
      if (typeof answer === 'string') return answer;
      members.set(key, nameIn(answer));
      return 'member';
    },
    nameNow: (guildId, personId) => members.get(keyOf(guildId, personId)),
  };
}

function nameIn({ nick, user }: APIGuildMember): NameNow {
  const { name } = personNamed('discord', user.id, nick, user.global_name, user.username);
  return { name, handle: user.username };
}

async function ask(
  rest: REST,
  guildId: string,
  personId: string,
): Promise<APIGuildMember | Exclude<Membership, 'member'>> {
  try {
    return (await rest.get(Routes.guildMember(guildId, personId))) as APIGuildMember;
  } catch (error) {
    if (!isRefusal(error, RESTJSONErrorCodes.UnknownMember)) return meaningOf(error);
  }
  return await rest.get(Routes.guild(guildId)).then(() => 'gone' as const, meaningOf);
}

/**
 * What an error says of a person's membership. A refusal (unknown account or server, no access)
 * does not say whether they are there: `no_proof`. Without an answer, under overload, or with an
 * unknown token, Discord could not be asked: `down`.
 */
function meaningOf(error: unknown): 'no_proof' | 'down' {
  const status = statusOf(error);
  return status === 403 || status === 404 || status === 400 ? 'no_proof' : 'down';
}
