import type { REST } from '@discordjs/rest';
import { RESTJSONErrorCodes, Routes } from 'discord-api-types/v10';
import { LRUCache } from 'lru-cache';
import type { Membership } from '../../chat/courier.ts';
import { isRefusal, statusOf } from './errors.ts';

const CACHED_MS = 10 * 60_000;
const MAX_CACHED = 10_000;

/**
 * Asks Discord whether a person is in a server; needs no privileged intent. `gone` only on Discord's own "unknown member", and
 * only when the server itself answers too: an outage or a bot that was removed makes nobody gone. Members are remembered for 10
 * minutes; who is gone is asked again, so that who comes back is back at once.
 */
export function membershipOf(rest: REST): (guildId: string, personId: string) => Promise<Membership> {
  const members = new LRUCache<string, true>({ max: MAX_CACHED, ttl: CACHED_MS });

  return async (guildId, personId) => {
    const key = `${guildId} ${personId}`;
    if (members.has(key)) return 'member';
    const membership = await ask(rest, guildId, personId);
    if (membership === 'member') members.set(key, true);
    return membership;
  };
}

async function ask(rest: REST, guildId: string, personId: string): Promise<Membership> {
  try {
    await rest.get(Routes.guildMember(guildId, personId));
    return 'member';
  } catch (error) {
    if (!isRefusal(error, RESTJSONErrorCodes.UnknownMember)) return meaningOf(error);
  }
  return await rest.get(Routes.guild(guildId)).then(() => 'gone' as const, meaningOf);
}

/**
 * Discord's other refusals (an account, server or access that it does not know) do not say whether somebody is there. No answer,
 * an overload, and a token that is not known say nothing of anybody.
 */
function meaningOf(error: unknown): Membership {
  const status = statusOf(error);
  return status === 403 || status === 404 || status === 400 ? 'no_proof' : 'down';
}
