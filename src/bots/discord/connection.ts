import { type Client, type CloseEvent, Events, GatewayCloseCodes, Status } from 'discord.js';
import { Cause, type CauseCode } from '../../cause.ts';
import type { Hearing } from '../../health/hearing.ts';

/** What Discord's close codes that no reconnecting mends mean for an operator. */
const CLOSED_FOR_GOOD: Readonly<Record<number, CauseCode>> = {
  [GatewayCloseCodes.AuthenticationFailed]: 'discord_token',
  [GatewayCloseCodes.InvalidShard]: 'discord_shards',
  [GatewayCloseCodes.ShardingRequired]: 'discord_shards',
  [GatewayCloseCodes.InvalidAPIVersion]: 'discord_version',
  [GatewayCloseCodes.InvalidIntents]: 'discord_intents',
  [GatewayCloseCodes.DisallowedIntents]: 'discord_intents',
};

/** Why Discord will not have this bot any more. */
export function closedForGood({ code }: Pick<CloseEvent, 'code'>): Cause {
  return new Cause(CLOSED_FOR_GOOD[code] ?? 'discord_closed', { where: `close code ${code}` });
}

/** How the connection is looked at; a test has less patience. */
export interface GatewayPatience {
  readonly everyMs: number;
  /** Discord confirms a heartbeat every 41 s; a connection that is so long silent is dead, though it stands. */
  readonly silentMs: number;
}

const PATIENCE: GatewayPatience = { everyMs: 5_000, silentMs: 50_000 };

/**
 * Tells of the connection that `client` keeps by itself, until disposed. It is looked at every few seconds, because the short losses
 * by which Discord moves its bots about are nobody's business, and because a dead connection tells nothing.
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
