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
import { startFailure, translate } from './errors.ts';
import type { ListenerContext } from './first-answer.ts';
import { firstTimes } from './first-times.ts';
import { receive } from './interactions.ts';
import { type CommandIds, idsIn } from './mentions.ts';
import { commandsToRegister, isRegistered } from './registration.ts';
import { botRest, type DiscordApi, hasMembersIntent } from './rest.ts';

export interface DiscordListenerOptions
  extends DiscordApi,
    Pick<ListenerContext, 'enrolNotice' | 'commands' | 'onUnheard'> {
  readonly chat: Chat;
  readonly log: Log;
  readonly hearing: Hearing;
  readonly gatewayPatience?: GatewayPatience;
  /** See {@link commandsToRegister}. False by default. */
  readonly isAgeRestricted?: boolean;
}

export interface DiscordListener extends AsyncDisposable {
  /** What happened to the commands at the start. */
  readonly commands: 'registered' | 'unchanged' | 'failed';
}

/** How long work may still go on when the listener stops. */
const HANDING_ON_MS = 10_000;

/**
 * Connects to Discord's gateway and passes its interactions to the chat. Resolves once Discord is
 * ready and the commands are registered, or could not be. When the connection is lost, it connects
 * again and goes on.
 * @throws Failure `unavailable`, with the Cause when Discord refuses the token or an intent
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
  const context = { ...options, pressed: firstTimes(), commandIds: () => ids };
  client.on(Events.InteractionCreate, (interaction) => {
    // A repeated delivery is ignored, because the first delivery is answered, or reports its
    // failure.
    if (delivered.take(interaction.id)) track(receive(context, interaction));
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
 * Whether the privileged Server Members Intent is on in Discord's portal. With it, Discord tells at
 * once who leaves. Without it, the sweep finds out. If the bot asked for it when it is off, Discord
 * would close the connection (4014). If Discord does not say, the bot does not start: it would not
 * hear of anybody who leaves until its next start.
 * @throws Failure `unavailable`
 */
async function mayHearLeaving(api: DiscordApi): Promise<boolean> {
  try {
    return hasMembersIntent((await botRest(api).get(Routes.currentApplication())) as APIApplication);
  } catch (error) {
    throw startFailure(error);
  }
}

/**
 * Tells the chat who leaves, and that the bot was removed. It listens to the gateway itself,
 * because the client's own events leave out people who are not cached, and everything that happened
 * before a connection was resumed.
 */
function listenForLeaving(client: Client, chat: Chat, track: (work: Promise<void>) => void): void {
  client.ws.on(GatewayDispatchEvents.GuildDelete, ({ id, unavailable }: GatewayGuildDeleteDispatchData) => {
    // `unavailable` stands for an outage: the bot was not removed.
    if (!unavailable) track(chat.removed(placeTitled('discord', id)));
  });
  client.ws.on(GatewayDispatchEvents.GuildMemberRemove, ({ guild_id, user }: GatewayGuildMemberRemoveDispatchData) =>
    track(chat.left(placeTitled('discord', guild_id), personNamed('discord', user.id))),
  );
}

/**
 * Explains the bot once to a server that it was just added to, in the channel where Discord greets
 * people.
 */
async function greet(client: Client, chat: Chat, { id, name, preferredLocale, systemChannelId }: Guild): Promise<void> {
  if (!systemChannelId) return;
  const invitation = await chat.invitation(placeTitled('discord', id, name), preferredLocale);
  // A request without an answer is sent again. The nonce makes Discord post it only once.
  const body = { ...invitationOf(invitation), nonce: id, enforce_nonce: true };
  await client.rest.post(Routes.channelMessages(systemChannelId), { body });
}

/**
 * Registers the commands, unless Discord has them unchanged: it allows only 200 new ones a day.
 * Never throws.
 */
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
