import { once } from 'node:events';
import type { Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { type DiscordGuild, snowflake, type World } from './world.ts';

/** https://docs.discord.com/developers/events/gateway#gateway-events */
const OP = { dispatch: 0, heartbeat: 1, identify: 2, resume: 6, reconnect: 7, invalid: 9, hello: 10, ack: 11 } as const;
const PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15);

interface Session {
  readonly id: string;
  readonly sent: { readonly op: 0; readonly t: string; readonly s: number; readonly d: unknown }[];
  socket: WebSocket | undefined;
}

export interface Gateway extends AsyncDisposable {
  /** How often clients identified, and how often they resumed. */
  readonly counts: { identified: number; resumed: number };
  /** The intents that the last client asked for. */
  intents(): number;
  /** Sends an event to every session. A disconnected one gets it when it resumes. */
  dispatch(event: string, data: unknown): void;
  /** The bot is in a server from now on. */
  join(guild: DiscordGuild): void;
  /** Cuts all connections, with a close code or without. */
  drop(code?: number): void;
  /** Asks clients to reconnect (op 7). */
  reconnect(): void;
  /** From now on the gateway confirms no heartbeat, and answers no connection. */
  fallSilent(): void;
  /** Ends the sessions (op 9): clients must identify again. */
  invalidate(): void;
}

export interface GatewayOptions {
  readonly token: string;
  readonly application: string;
  readonly bot: string;
  readonly allowsPrivileged: () => boolean;
  readonly heartbeatMs?: number | undefined;
  /** Gets each message of a client as it was sent. */
  readonly onMessage: (bytes: Buffer) => void;
}

/** The gateway of a loopback Discord, on the server of its REST API. */
export function openGateway(server: Server, world: World, options: GatewayOptions): Gateway {
  const sockets = new WebSocketServer({ server, path: '/gateway' });
  const sessions = new Map<string, Session>();
  const counts = { identified: 0, resumed: 0 };
  let intents = 0;
  let isSilent = false;

  const send = (socket: WebSocket | undefined, payload: object) => socket?.send(JSON.stringify(payload));
  const emit = (session: Session, t: string, d: unknown) => {
    const event = { op: OP.dispatch, t, s: session.sent.length + 1, d };
    session.sent.push(event);
    send(session.socket, event);
  };

  const identify = (socket: WebSocket, data: { token: string; intents: number }) => {
    if (data.token !== options.token) return socket.close(4004, 'Authentication failed.');
    if (data.intents & PRIVILEGED && !options.allowsPrivileged()) return socket.close(4014, 'Disallowed intent(s).');
    counts.identified += 1;
    intents = data.intents;
    const session: Session = { id: snowflake(), sent: [], socket };
    sessions.set(session.id, session);
    emit(session, 'READY', ready(session.id, server, world, options));
    for (const guild of world.guilds.values()) emit(session, 'GUILD_CREATE', guildCreate(guild));
  };

  const resume = (socket: WebSocket, data: { session_id: string; seq: number }) => {
    const session = sessions.get(data.session_id);
    if (!session) return send(socket, { op: OP.invalid, d: false });
    counts.resumed += 1;
    session.socket = socket;
    for (const event of session.sent.slice(data.seq)) send(socket, event);
    emit(session, 'RESUMED', {});
  };

  sockets.on('connection', (socket) => {
    if (isSilent) return;
    send(socket, { op: OP.hello, d: { heartbeat_interval: options.heartbeatMs ?? 41_250 } });
    socket.on('message', (raw) => {
      options.onMessage(Buffer.from(String(raw)));
      const { op, d } = JSON.parse(String(raw));
      if (op === OP.heartbeat && !isSilent) send(socket, { op: OP.ack });
      if (op === OP.identify) identify(socket, d);
      if (op === OP.resume) resume(socket, d);
    });
    socket.on('close', () => {
      for (const session of sessions.values()) if (session.socket === socket) session.socket = undefined;
    });
  });

  return {
    counts,
    intents: () => intents,
    dispatch(event, data) {
      for (const session of sessions.values()) emit(session, event, data);
    },
    join(guild) {
      for (const session of sessions.values()) emit(session, 'GUILD_CREATE', guildCreate(guild));
    },
    drop(code) {
      for (const session of sessions.values()) {
        if (code === undefined) session.socket?.terminate();
        else session.socket?.close(code);
        session.socket = undefined;
      }
    },
    reconnect() {
      for (const { socket } of sessions.values()) send(socket, { op: OP.reconnect, d: null });
    },
    fallSilent() {
      isSilent = true;
    },
    invalidate() {
      for (const { socket } of sessions.values()) send(socket, { op: OP.invalid, d: false });
      sessions.clear();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      await once(sockets, 'close');
    },
  };
}

function ready(session: string, server: Server, world: World, { application, bot }: GatewayOptions) {
  return {
    v: 10,
    user: { id: bot, username: 'facefinder', discriminator: '0', global_name: null, avatar: null, bot: true, flags: 0 },
    guilds: [...world.guilds.keys()].map((id) => ({ id, unavailable: true })),
    session_id: session,
    resume_gateway_url: gatewayUrl(server),
    shard: [0, 1],
    application: { id: application, flags: 0 },
  };
}

function guildCreate({ id, name, channel, members, saysHello = false }: DiscordGuild) {
  return {
    id,
    name,
    icon: null,
    owner_id: '1',
    preferred_locale: 'en-US',
    system_channel_id: saysHello ? channel : null,
    roles: [],
    emojis: [],
    stickers: [],
    features: [],
    members: [],
    presences: [],
    voice_states: [],
    threads: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
    channels: [{ id: channel, type: 0, guild_id: id, name: 'general', position: 0, permission_overwrites: [] }],
    member_count: members.size + 1,
    large: false,
    unavailable: false,
    joined_at: '2026-01-01T00:00:00.000Z',
  };
}

/** The address of the gateway on a listening server. */
export function gatewayUrl(server: Server): string {
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('the platform does not listen');
  return `ws://127.0.0.1:${address.port}/gateway`;
}
