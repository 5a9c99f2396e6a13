import { once } from 'node:events';
import { createServer } from 'node:http';
import { type Overheard, overhear } from '../../overheard.ts';
import type { Api, Fault, Recorded } from './api.ts';
import { Exchange } from './exchange.ts';
import { type Gateway, gatewayUrl, openGateway } from './gateway.ts';
import {
  type Asking,
  byId,
  envelope,
  type Filled,
  messageJson,
  shownJson,
  submission,
  userJson,
} from './interaction.ts';
import { photoOption, switchedOn } from './options.ts';
import { serve } from './rest.ts';
import type { Shown, ShownButton } from './shown.ts';
import { type Attachment, type DiscordGuild, type DiscordPerson, openWorld, snowflake, type World } from './world.ts';

/** A loopback Discord: gateway, REST API and attachments on one port, and its people. */
export interface Platform extends World, AsyncDisposable {
  /** Adds the bot to a new server with these members, in whose channel Discord greets people. */
  invited(name: string, ...members: readonly DiscordPerson[]): DiscordGuild;
  /** What the bot wrote into channels by itself. */
  readonly posted: readonly Shown[];
  readonly token: string;
  readonly apiUrl: string;
  readonly application: string;
  readonly gateway: Gateway;
  readonly requests: readonly Recorded[];
  /** Requests that got no answer until the bot cut the connection. */
  readonly givenUp: readonly Recorded[];
  /** Every byte of every request, and every message to the gateway. */
  readonly sent: Overheard;
  /**
   * Every rule of Discord that a request broke; the request was refused. Also every error in the
   * platform itself.
   */
  readonly violations: readonly string[];
  /** Makes the next requests of a route fail. */
  fault(fault: Fault): void;
  /** From now on each call of the bot takes so long to arrive, in milliseconds. */
  late(ms: number): void;
  /** Sends a command. After its name come the options that it switches on: `blur all`. */
  slash(asking: Asking, command: string, photos?: readonly Attachment[]): Exchange;
  /** Chooses an entry in the menu of a message with these photos. */
  pickEntry(asking: Asking, photos: readonly Attachment[], options?: Found): Exchange;
  /** Presses a button under a message. */
  press(asking: Asking, message: Shown, button: Pick<ShownButton, 'custom_id'>): Exchange;
  /** Sends the form that the bot showed in `opened`. */
  submit(asking: Asking, opened: Exchange, filled: Filled): Exchange;
  /** From now on the gateway closes on clients that request a privileged intent. */
  forbidPrivileged(): void;
  /** Delivers an interaction once more. */
  replay(exchange: Exchange): void;
  /** The person leaves. The gateway tells clients that asked for events about members. */
  leave(guild: DiscordGuild, person: DiscordPerson): void;
}

/** The chosen entry, and the message in whose menu it is. */
export interface Found {
  /** The English name of the entry; default: "Find faces". */
  readonly entry?: string;
  /** Whether the message only forwards another one, which has the photos. */
  readonly forwarded?: boolean;
  /** The message's sender; default: the person who chooses the entry. */
  readonly by?: DiscordPerson;
  readonly isByBot?: boolean;
}

export interface PlatformOptions {
  /** The gateway's address that the API tells the bot; default: this platform's. */
  readonly gatewayUrl?: string;
  readonly allowsPrivileged?: boolean;
  readonly application?: Readonly<Record<string, unknown>>;
  /** Milliseconds between two heartbeats; default: Discord's own. */
  readonly heartbeatMs?: number;
  /**
   * How long Discord waits for the first answer to an interaction; default: 3 seconds, as in
   * reality.
   */
  readonly ackMs?: number;
}

const TOKEN = 'MTIz.loopback.token';
const MEMBERS_INTENT = 1 << 1;
/**
 * The flag of an application that may use the members intent without Discord's review, because it
 * is in few servers.
 */
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
    latenessMs: 0,
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
    const whole = message ? { ...interaction, message: shownJson(message, asking.guild) } : interaction;
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
    late(ms) {
      api.latenessMs = ms;
    },
    slash: (asking, typed, photos = []) =>
      deliver(asking, 2, {
        id: snowflake(),
        type: 1,
        name: typed.split(' ', 1)[0],
        options: [...photos.map(photoOption), ...switchedOn(typed)],
        resolved: { attachments: byId(photos) },
      }),
    pickEntry(asking, photos, { entry = 'Find faces', forwarded = false, by = asking.person, isByBot = false } = {}) {
      const target = snowflake();
      const sent = messageJson(target, { ...asking, person: by });
      const plain = { ...sent, author: { ...sent.author, bot: isByBot }, attachments: forwarded ? [] : photos };
      const forward = {
        message_reference: { type: 1, message_id: snowflake(), channel_id: snowflake() },
        message_snapshots: [{ message: { ...messageJson(target, asking), attachments: photos } }],
      };
      return deliver(asking, 2, {
        id: snowflake(),
        type: 3,
        name: entry,
        target_id: target,
        resolved: { messages: { [target]: { ...plain, ...(forwarded && forward) } } },
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
