import { once } from 'node:events';
import { Client, type CloseEvent, Events, GatewayIntentBits, Options } from 'discord.js';
import { Cause } from '../../cause.ts';
import { Failure } from '../../failure.ts';
import { closedForGood } from './connection.ts';
import { startFailure } from './errors.ts';
import { type DiscordApi, restOptions } from './rest.ts';

/**
 * A client that is not connected yet and keeps no data of people. `hearsLeaving` requests the
 * privileged intent.
 */
export function openClient(api: DiscordApi, hearsLeaving: boolean): Client {
  return new Client({
    // With the Guilds intent Discord tells when the bot is removed from a server. Interactions need
    // no intent.
    intents: [GatewayIntentBits.Guilds, ...(hearsLeaving ? [GatewayIntentBits.GuildMembers] : [])],
    shards: 'auto',
    rest: restOptions(api),
    allowedMentions: { parse: [] },
    // Until it is ready, the client gives no interactions. If it waited for servers first, an
    // interaction could be older than the 3 seconds that Discord allows.
    waitGuildTimeout: 0,
    // Nothing about people is cached.
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      MessageManager: 0,
      UserManager: { maxSize: 0, keepOverLimit: ({ id, client }) => id === client.user.id },
      GuildMemberManager: { maxSize: 0, keepOverLimit: ({ id, client }) => id === client.user.id },
    }),
  });
}

/**
 * Resolves once the gateway is ready. Throws `unavailable`, with the Cause when Discord refuses the
 * token or an intent.
 */
export async function connect(client: Client, token: string): Promise<void> {
  const stop = new AbortController();
  const ready = once(client, Events.ClientReady, { signal: stop.signal });
  const closed = once(client, Events.ShardDisconnect, { signal: stop.signal }).then(([event]: CloseEvent[]) => {
    throw new Failure('unavailable', { cause: closedForGood(event ?? { code: 0 }) });
  });
  try {
    await Promise.race([client.login(token).then(() => ready), closed]);
  } catch (error) {
    await client.destroy();
    throw explain(error);
  } finally {
    stop.abort();
    await Promise.allSettled([ready, closed]);
  }
}

/** The failure behind an error. For a refused token, discord.js has an error of its own. */
function explain(error: unknown): Failure {
  const isToken = error instanceof Error && 'code' in error && error.code === 'TokenInvalid';
  return isToken ? new Failure('unavailable', { cause: new Cause('discord_token') }) : startFailure(error);
}
