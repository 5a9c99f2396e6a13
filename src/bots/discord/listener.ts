import {
  type APIApplication,
  type APIApplicationCommand,
  type Client,
  Events,
  GatewayDispatchEvents,
  type GatewayGuildDeleteDispatchData,
  type GatewayGuildMemberRemoveDispatchData,
  type Guild,
  Routes,
} from 'discord.js';
import type { Chat } from '../../chat/chat.ts';
import { personNamed, placeTitled } from '../../consent/who.ts';
import type { Hearing } from '../../health/hearing.ts';
import { errorFields, type Log } from '../../log.ts';
import { atMost } from '../../timing/within.ts';
import { invitationOf } from './buttons.ts';
import { connect, openClient } from './client.ts';
import { type GatewayPatience, reportGateway } from './connection.ts';
import { translate } from './errors.ts';
import { firstTimes } from './first-times.ts';
import { type Desk, receive } from './interactions.ts';
import { type CommandIds, idsIn } from './mentions.ts';
import { commandsToRegister, isRegistered } from './registration.ts';
import { botRest, type DiscordApi, hasMembersIntent } from './rest.ts';

export interface DiscordListenerOptions extends DiscordApi, Pick<Desk, 'enrolNotice' | 'commands' | 'onUnheard'> {
  readonly chat: Chat;
  readonly log: Log;
  readonly hearing: Hearing;
  readonly gatewayPatience?: GatewayPatience;
  /** As of {@link commandsToRegister}; not, if left out. */
  readonly isAgeRestricted?: boolean;
}

export interface DiscordListener extends AsyncDisposable {
  /** What became of the commands. */
  readonly commands: 'registered' | 'unchanged' | 'failed';
}

/** On stopping, interactions that are being handed on get this long. */
const HANDING_ON_MS = 10_000;

/**
 * Connects to Discord's gateway and hands its interactions to the chat; resolves once Discord is ready and the commands are
 * registered. Dropped connections are resumed. @throws Failure `unavailable`, with the Cause where Discord refuses the token or an intent.
 */
export async function listenDiscord(options: DiscordListenerOptions): Promise<DiscordListener> {
  const { chat, log } = options;
  const hearsLeaving = await mayHearLeaving(options);
  const client = openClient(options, hearsLeaving);
  const underWay = new Set<Promise<void>>();
  const track = (work: Promise<void>) => {
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  };

  const delivered = firstTimes();
  let ids: CommandIds = new Map();
  const desk = { ...options, pressed: firstTimes(), commandIds: () => ids };
  client.on(Events.InteractionCreate, (interaction) => {
    // A repeated delivery is left to its first, which is answered or has its failure told.
    if (delivered.take(interaction.id)) track(receive(desk, interaction));
  });
  listenForLeaving(client, chat, (work) => track(work.catch((error) => log.error('leaving', errorFields(error)))));
  client.on(Events.GuildCreate, (guild) => {
    track(greet(client, chat, guild).catch((error) => log.warn('server not greeted', errorFields(translate(error)))));
  });
  client.on(Events.Error, (error) => log.warn('discord', errorFields(error)));
  client.on(Events.ShardError, (error) => log.warn('discord gateway', errorFields(error)));

  await connect(client, options.token);
  const reporting = reportGateway(client, options.hearing, options.gatewayPatience);
  const application = client.application?.id ?? client.user?.id ?? '';
  const { commands, registered } = await register(client, application, options);
  ids = idsIn(registered);
  log.info('connected', { servers: client.guilds.cache.size, shards: client.ws.shards.size, hearsLeaving, commands });
  return {
    commands,
    async [Symbol.asyncDispose]() {
      reporting[Symbol.dispose]();
      client.removeAllListeners(Events.InteractionCreate);
      await atMost(HANDING_ON_MS, Promise.allSettled(underWay));
      await client.destroy();
    },
  };
}

/**
 * Whether the privileged Server Members Intent is switched on in Discord's portal: then who leaves is heard at once, else the sweep
 * notices. Asking for it uninvited would close the connection (4014).
 */
async function mayHearLeaving(api: DiscordApi): Promise<boolean> {
  try {
    return hasMembersIntent((await botRest(api).get(Routes.currentApplication())) as APIApplication);
  } catch {
    // Whatever is wrong with Discord or the token, connecting tells it better.
    return false;
  }
}

/**
 * Taken from the gateway as they come: the client's own events pass over people it has not cached, and over what happened while
 * a connection was being resumed.
 */
function listenForLeaving(client: Client, chat: Chat, track: (work: Promise<void>) => void): void {
  client.ws.on(GatewayDispatchEvents.GuildDelete, ({ id, unavailable }: GatewayGuildDeleteDispatchData) => {
    // Unavailable is an outage: nobody left.
    if (!unavailable) track(chat.removed(placeTitled('discord', id)));
  });
  client.ws.on(GatewayDispatchEvents.GuildMemberRemove, ({ guild_id, user }: GatewayGuildMemberRemoveDispatchData) =>
    track(chat.left(placeTitled('discord', guild_id), personNamed('discord', user.id))),
  );
}

/** Says once what the bot is there for, to a server that it was just added to, where Discord says hello to people too. */
async function greet(client: Client, chat: Chat, { id, name, preferredLocale, systemChannelId }: Guild): Promise<void> {
  if (!systemChannelId) return;
  const invitation = await chat.invitation(placeTitled('discord', id, name), preferredLocale);
  await client.rest.post(Routes.channelMessages(systemChannelId), { body: invitationOf(invitation) });
}

/** Registers the commands where Discord does not have them as they are: it allows 200 new ones a day. */
async function register(
  client: Client,
  application: string,
  { commands, log, isAgeRestricted = false }: Pick<DiscordListenerOptions, 'commands' | 'log' | 'isAgeRestricted'>,
): Promise<{ readonly commands: DiscordListener['commands']; readonly registered: readonly APIApplicationCommand[] }> {
  const wanted = commandsToRegister(commands, { isAgeRestricted });
  const route = Routes.applicationCommands(application);
  try {
    const query = new URLSearchParams({ with_localizations: 'true' });
    const known = (await client.rest.get(route, { query })) as APIApplicationCommand[];
    if (isRegistered(wanted, known)) return { commands: 'unchanged', registered: known };
    const registered = (await client.rest.put(route, { body: wanted })) as APIApplicationCommand[];
    return { commands: 'registered', registered };
  } catch (error) {
    log.error('commands not registered', errorFields(translate(error)));
    return { commands: 'failed', registered: [] };
  }
}
