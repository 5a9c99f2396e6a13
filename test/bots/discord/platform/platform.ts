import { once } from 'node:events';
import { createServer } from 'node:http';
import { type Overheard, overhear } from '../../overheard.ts';
import { Exchange, type Shown, type ShownButton } from './exchange.ts';
import { type Gateway, gatewayUrl, openGateway } from './gateway.ts';
import { photoOption, switchedOn } from './options.ts';
import { type Api, type Fault, type Recorded, serve } from './rest.ts';
import { type Attachment, type DiscordGuild, type DiscordPerson, openWorld, snowflake, type World } from './world.ts';

export interface Asking {
  readonly person: DiscordPerson;
  /** Undefined for a private chat with the bot. */
  readonly guild?: DiscordGuild | undefined;
  /** The server's channel; default: its first. With `threadOf` it is a thread of that channel. */
  readonly channel?: string;
  readonly threadOf?: string;
  readonly locale?: string;
  /** Installed by the person alone; the bot is not in the server. */
  readonly isUserInstalled?: boolean;
  /** May not write in the channel. */
  readonly isSilenced?: boolean;
  /** May manage the server. */
  readonly isManager?: boolean;
}

/** A loopback Discord: gateway, REST API and attachments on one port, and its people. */
export interface Platform extends World, AsyncDisposable {
  /** A server that the bot is added to, with a channel in which Discord greets people. */
  invited(name: string, ...members: readonly DiscordPerson[]): DiscordGuild;
  /** What the bot wrote into channels by itself. */
  readonly posted: readonly Shown[];
  readonly token: string;
  readonly apiUrl: string;
  readonly application: string;
  readonly gateway: Gateway;
  readonly requests: readonly Recorded[];
  /** Requests without an answer that the bot gave up, by cutting the connection. */
  readonly givenUp: readonly Recorded[];
  /** Every byte of every request, and every message to the gateway. */
  readonly sent: Overheard;
  /** Every violation of Discord's description by a request. Each such request was refused. */
  readonly violations: readonly string[];
  /** Makes the next requests of a route fail. */
  fault(fault: Fault): void;
  /** A command, followed by the names of options that it switches on: `blur all`. */
  slash(asking: Asking, command: string, photos?: readonly Attachment[]): Exchange;
  /** The menu "Find faces" of a message with these photos. */
  findFaces(asking: Asking, photos: readonly Attachment[], options?: Found): Exchange;
  /** Presses a button under a message. */
  press(asking: Asking, message: Shown, button: Pick<ShownButton, 'custom_id'>): Exchange;
  /** Sends the form that the bot showed in `opened`. */
  submit(asking: Asking, opened: Exchange, filled: Filled): Exchange;
  /** From now on the gateway closes on clients that request a privileged intent. */
  forbidPrivileged(): void;
  /** Delivers an interaction once more. */
  replay(exchange: Exchange): void;
  /** The person leaves. The gateway tells clients that listen to members. */
  leave(guild: DiscordGuild, person: DiscordPerson): void;
}

/** The message whose menu is used. */
export interface Found {
  /** Whether the photos are those of a message that it forwards. */
  readonly forwarded?: boolean;
  /** Its sender; default: the asker. */
  readonly by?: DiscordPerson;
  readonly isByBot?: boolean;
}

export interface Filled {
  readonly ticked?: readonly string[];
  readonly photos: readonly Attachment[];
}

export interface PlatformOptions {
  /** The gateway's address in the API, when it is reached through something else. */
  readonly gatewayUrl?: string;
  readonly allowsPrivileged?: boolean;
  readonly application?: Readonly<Record<string, unknown>>;
  /** Milliseconds between two heartbeats; default: Discord's own. */
  readonly heartbeatMs?: number;
  /** How long it waits for an interaction's first answer; default: Discord's own 3 seconds. */
  readonly ackMs?: number;
}

const TOKEN = 'MTIz.loopback.token';
const MEMBERS_INTENT = 1 << 1;
/** The application's flag for it, below the size that needs a review. */
const MEMBERS_ALLOWED = 1 << 15;

export async function openPlatform(options: PlatformOptions = {}): Promise<Platform> {
  let { allowsPrivileged = false } = options;
  const flags = allowsPrivileged ? MEMBERS_ALLOWED : 0;
  const application = { id: snowflake(), name: 'facefinder', flags, ...options.application };
  const server = createServer(
    (request, response) =>
      void serve(api, request, response).catch((error) => {
        api.violations.push(`the platform itself failed: ${error}`);
        response.destroy();
      }),
  );
  const origin = () => gatewayUrl(server).replace('ws:', 'http:').replace('/gateway', '');
  const world = openWorld(origin);
  const api: Api = {
    world,
    token: TOKEN,
    application,
    gatewayUrl: () => options.gatewayUrl ?? gatewayUrl(server),
    exchanges: new Map(),
    requests: [],
    givenUp: [],
    violations: [],
    faults: [],
    ackMs: options.ackMs ?? 3_000,
    commands: [],
    posted: [],
    nonces: new Map(),
  };
  const sent = overhear(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const gateway = openGateway(server, world, {
    token: TOKEN,
    application: application.id,
    bot: snowflake(),
    allowsPrivileged: () => allowsPrivileged,
    heartbeatMs: options.heartbeatMs,
    onMessage: sent.note,
  });

  const delivered = new Map<Exchange, unknown>();
  const deliver = (asking: Asking, type: number, data: object, message?: Shown): Exchange => {
    const exchange = new Exchange(snowflake(), snowflake(), message);
    const interaction = { ...envelope(asking, application.id), id: exchange.id, token: exchange.token, type, data };
    const whole = message ? { ...interaction, message: shownJson(message, asking) } : interaction;
    api.exchanges.set(exchange.token, exchange);
    delivered.set(exchange, whole);
    gateway.dispatch('INTERACTION_CREATE', whole);
    return exchange;
  };

  return {
    ...world,
    guild(name, ...members) {
      const guild = world.guild(name, ...members);
      gateway.join(guild);
      return guild;
    },
    invited(name, ...members) {
      const guild = { ...world.guild(name, ...members), saysHello: true };
      world.guilds.set(guild.id, guild);
      gateway.join(guild);
      return guild;
    },
    posted: api.posted,
    token: TOKEN,
    apiUrl: `${origin()}/api`,
    application: application.id,
    gateway,
    requests: api.requests,
    givenUp: api.givenUp,
    sent,
    violations: api.violations,
    fault: (fault) => void api.faults.push(fault),
    slash: (asking, typed, photos = []) =>
      deliver(asking, 2, {
        id: snowflake(),
        type: 1,
        name: typed.split(' ', 1)[0],
        options: [...photos.map(photoOption), ...switchedOn(typed)],
        resolved: { attachments: byId(photos) },
      }),
    findFaces(asking, photos, { forwarded = false, by = asking.person, isByBot = false } = {}) {
      const target = snowflake();
      const sent = messageJson({ id: target }, { ...asking, person: by });
      const author = { ...sent.author, bot: isByBot };
      const plain = { ...sent, author, attachments: forwarded ? [] : photos };
      const forward = {
        message_reference: { type: 1, message_id: snowflake(), channel_id: snowflake() },
        message_snapshots: [{ message: { ...messageJson({ id: target }, asking), attachments: photos } }],
      };
      const message = forwarded ? { ...plain, ...forward } : plain;
      return deliver(asking, 2, {
        id: snowflake(),
        type: 3,
        name: 'Find faces',
        target_id: target,
        resolved: { messages: { [target]: message } },
      });
    },
    press: (asking, message, { custom_id }) => deliver(asking, 3, { custom_id, component_type: 2 }, message),
    submit: (asking, opened, filled) => deliver(asking, 5, submission(opened, filled)),
    forbidPrivileged() {
      allowsPrivileged = false;
    },
    replay: (exchange) => gateway.dispatch('INTERACTION_CREATE', delivered.get(exchange)),
    leave(guild, person) {
      guild.members.delete(person.id);
      if (gateway.intents() & MEMBERS_INTENT) {
        gateway.dispatch('GUILD_MEMBER_REMOVE', { guild_id: guild.id, user: userJson(person) });
      }
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      server.closeAllConnections();
      server.close();
    },
  };
}

function envelope(
  {
    person,
    guild,
    channel = guild?.channel,
    threadOf,
    locale = 'en-US',
    isUserInstalled = false,
    isSilenced = false,
    isManager = false,
  }: Asking,
  application: string,
) {
  const user = userJson(person);
  const where = guild
    ? {
        guild_id: guild.id,
        guild_locale: 'en-US',
        channel_id: channel,
        channel: {
          ...(threadOf ? { type: 11, parent_id: threadOf } : { type: 0 }),
          id: channel,
          guild_id: guild.id,
          name: 'general',
        },
        member: {
          user,
          nick: null,
          roles: [],
          joined_at: '2026-01-01T00:00:00.000Z',
          deaf: false,
          mute: false,
          flags: 0,
          permissions: String((isSilenced ? 0n : (1n << 11n) | (1n << 15n)) | (isManager ? 1n << 5n : 0n)),
        },
        context: 0,
        authorizing_integration_owners: isUserInstalled ? { 1: person.id } : { 0: guild.id },
      }
    : {
        user,
        channel_id: '1',
        channel: { id: '1', type: 1 },
        context: 1,
        authorizing_integration_owners: isUserInstalled ? { 1: person.id } : { 0: '0' },
      };
  const limits = { entitlements: [], app_permissions: '0', attachment_size_limit: 10 * 1024 * 1024, version: 1 };
  return { ...limits, ...where, application_id: application, locale };
}

function userJson({ id, name }: DiscordPerson) {
  return { id, username: name.toLowerCase(), global_name: name, discriminator: '0', avatar: null };
}

function messageJson({ id }: Pick<Shown, 'id'>, { person, guild }: Asking) {
  return {
    id,
    channel_id: guild?.channel ?? '1',
    author: userJson(person),
    content: '',
    timestamp: '2026-01-01T00:00:00.000Z',
    type: 0,
    attachments: [],
    embeds: [],
    mentions: [],
    mention_roles: [],
    components: [],
    tts: false,
    pinned: false,
    mention_everyone: false,
    edited_timestamp: null,
    flags: 64,
  };
}

/** A message of the bot in the form in which Discord passes it on with a press. */
function shownJson(shown: Shown, asking: Asking) {
  const { content, embeds, components } = shown;
  const attachments = shown.attachments.map(({ filename, bytes }) => {
    const url = `https://cdn.discordapp.com/${filename}`;
    return { id: snowflake(), filename, size: bytes.length, url, proxy_url: url };
  });
  return { ...messageJson(shown, asking), content, embeds, components, attachments };
}

function byId(attachments: readonly Attachment[]) {
  return Object.fromEntries(attachments.map((attachment) => [attachment.id, attachment]));
}

/** A form as Discord returns it: labels stay, each with its choice. */
function submission(opened: Exchange, { ticked = [], photos }: Filled) {
  const modal = opened.ack?.data as { custom_id: string; components: readonly ModalPart[] };
  const components = modal.components.map(({ type, component }) => {
    if (!component) return { type };
    const chosen = component.options?.map(({ value }) => value).filter((value) => ticked.includes(value));
    const values = component.type === 19 ? photos.map(({ id }) => id) : (chosen ?? []);
    return { type, component: { type: component.type, custom_id: component.custom_id, values } };
  });
  return { custom_id: modal.custom_id, components, resolved: { attachments: byId(photos) } };
}

interface ModalPart {
  readonly type: number;
  readonly component?: {
    readonly type: number;
    readonly custom_id: string;
    readonly options?: readonly { readonly value: string }[];
  };
}
