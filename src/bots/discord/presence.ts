import type { REST } from '@discordjs/rest';
import {
  type APIApplication,
  RESTJSONErrorCodes as Code,
  type RESTGetAPICurrentUserGuildsResult,
  Routes,
} from 'discord-api-types/v10';
import type { Presence } from '../../chat/courier.ts';
import { isRefusal } from './errors.ts';

/**
 * Whether the bot is in a server. It is gone only when Discord knows the token, refuses the server
 * (as unknown, or without access), and does not list it among the bot's servers. Undefined when
 * Discord does not say.
 */
export function presenceOf(rest: REST): (guildId: string) => Promise<Presence | undefined> {
  return async (guildId) => {
    try {
      const { id: bot } = (await rest.get(Routes.currentApplication())) as APIApplication;
      const isThere = (await isKnown(rest, guildId)) || (await isListed(rest, guildId));
      return { is: isThere ? 'there' : 'gone', bot };
    } catch {
      return undefined;
    }
  };
}

/**
 * Whether Discord knows the server, and lets the bot see it. Discord has two refusals for this, and
 * once changed from one to the other (discord-api-docs#5840). Both mean no.
 * @throws every other error
 */
async function isKnown(rest: REST, guildId: string): Promise<boolean> {
  try {
    await rest.get(Routes.guild(guildId));
    return true;
  } catch (error) {
    if (isRefusal(error, Code.UnknownGuild) || isRefusal(error, Code.MissingAccess)) return false;
    throw error;
  }
}

/**
 * Whether Discord lists the server for the bot. Sometimes Discord did not know servers that it
 * still listed (discord-api-docs#8445).
 */
async function isListed(rest: REST, guildId: string): Promise<boolean> {
  const query = new URLSearchParams({ after: String(BigInt(guildId) - 1n), limit: '1' });
  const listed = (await rest.get(Routes.userGuilds(), { query })) as RESTGetAPICurrentUserGuildsResult | null;
  // The API's description allows an answer without a list, which says nothing.
  if (!listed) throw new Error('Discord gave no list of servers');
  return listed[0]?.id === guildId;
}
