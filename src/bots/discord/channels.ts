import type { REST } from '@discordjs/rest';
import { type RESTGetAPIGuildChannelsResult, Routes } from 'discord-api-types/v10';

/**
 * Those of these channels that a server still has. Discord lists also channels that the bot does
 * not see. Undefined when it gives no list.
 */
export function channelsOf(rest: REST): (guildId: string, among: readonly string[]) => Promise<string[] | undefined> {
  return async (guildId, among) => {
    try {
      const listed = (await rest.get(Routes.guildChannels(guildId))) as RESTGetAPIGuildChannelsResult | null;
      const ids = listed?.map(({ id }) => id);
      return ids && among.filter((channel) => ids.includes(channel));
    } catch {
      return undefined;
    }
  };
}
