import { type Client, type CloseEvent, Events, GatewayCloseCodes, Status } from 'discord.js';
import { Cause, type CauseCode } from '../../cause.ts';
import type { Hearing } from '../../health/hearing.ts';

/** Discord's close codes after which connecting again cannot help, each with its cause. */
const CLOSED_FOR_GOOD: Readonly<Record<number, CauseCode>> = {
  [GatewayCloseCodes.AuthenticationFailed]: 'discord_token',
  [GatewayCloseCodes.InvalidShard]: 'discord_shards',
  [GatewayCloseCodes.ShardingRequired]: 'discord_shards',
  [GatewayCloseCodes.InvalidAPIVersion]: 'discord_version',
  [GatewayCloseCodes.InvalidIntents]: 'discord_intents',
  [GatewayCloseCodes.DisallowedIntents]: 'discord_intents',
};

/** Why Discord no longer accepts this bot. */
export function closedForGood({ code }: Pick<CloseEvent, 'code'>): Cause {
  return new Cause(CLOSED_FOR_GOOD[code] ?? 'discord_closed', { where: `close code ${code}` });
}

/**
 * How often the connection is checked, and how long it may be silent. A test uses shorter times.
 */
export interface GatewayPatience {
  readonly everyMs: number;
  /**
   * A connection that is silent for longer counts as dead, even if it is still open: Discord
   * confirms a heartbeat every 41 s.
   */
  readonly silentMs: number;
}

const PATIENCE: GatewayPatience = { everyMs: 5_000, silentMs: 50_000 };

/**
 * Reports the state of the connection to `hearing`, until disposed. `client` reconnects by itself.
 * The state is looked at every few seconds. So a short loss, as when Discord moves bots, is not
 * reported. A dead connection is reported, though it causes no event.
 */
export function reportGateway(client: Client, hearing: Hearing, patience: GatewayPatience = PATIENCE): Disposable {
  const { everyMs, silentMs } = patience;
  const begun = Date.now();
  const look = () => {
    const shards = [...client.ws.shards.values()];
    const lastSigns = shards.map(({ lastPingTimestamp }) => Math.max(lastPingTimestamp, begun));
    const silentSince = Math.min(...lastSigns);
    const isSilent = Date.now() - silentSince > silentMs;
    if (shards.every(({ status }) => status === Status.Ready) && !isSilent) hearing.heard();
    else hearing.lost(new Cause('discord_unreachable'), isSilent ? silentSince : Date.now());
  };
  const closed = (event: CloseEvent) => hearing.refused(closedForGood(event));
  client.on(Events.ShardDisconnect, closed);
  look();
  const timer = setInterval(look, everyMs);
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      client.off(Events.ShardDisconnect, closed);
    },
  };
}
