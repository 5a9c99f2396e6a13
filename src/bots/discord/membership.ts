import type { REST } from '@discordjs/rest';
import { RESTJSONErrorCodes, Routes } from 'discord-api-types/v10';
import { LRUCache } from 'lru-cache';
import type { Membership } from '../../chat/courier.ts';
import { isRefusal } from './errors.ts';

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
    if (!isRefusal(error, RESTJSONErrorCodes.UnknownMember)) return 'unknown';
  }
  return await rest.get(Routes.guild(guildId)).then(
    () => 'gone' as const,
    () => 'unknown' as const,
  );
}
