import type { IncomingMessage, ServerResponse } from 'node:http';
import { LOCALES, wordsFor } from '../../../../src/text/words.ts';
import { violations } from './conformance.ts';
import { type Exchange, named, type Shown, shownFrom } from './exchange.ts';
import { messageJson, snowflake, type World } from './world.ts';

/** A request of the bot. `template` is the path in Discord's description. */
export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly template: string;
  readonly body: unknown;
  readonly files: readonly Blob[];
  readonly contentType: string | undefined;
}

/**
 * An answer that Discord gives instead of doing what was asked. `no answer` leaves the connection
 * open; with `done, no answer` it is done.
 */
export interface Fault {
  readonly method: string;
  readonly template: string;
  readonly status: number | 'no answer' | 'done, no answer';
  readonly code?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Its body instead of an error's. */
  readonly json?: unknown;
  /** How many requests it affects. Setting 0 ends it. */
  times: number;
}

export interface Api {
  readonly world: World;
  readonly token: string;
  readonly application: Readonly<Record<string, unknown>> & { readonly id: string };
  readonly gatewayUrl: () => string;
  readonly exchanges: Map<string, Exchange>;
  readonly requests: Recorded[];
  /** Requests without an answer that the bot gave up, by cutting the connection. */
  readonly givenUp: Recorded[];
  readonly violations: string[];
  readonly faults: Fault[];
  /** How long it waits for the first answer to an interaction. */
  readonly ackMs: number;
  commands: readonly unknown[];
  readonly posted: Shown[];
  /** Messages of channels by the nonce that they must not repeat. */
  readonly nonces: Map<string, Shown>;
}

/** How a message begins that waits for its answer. */
const LOOKING = LOCALES.map((locale) => wordsFor(locale).find.looking);

type Reply = { readonly status: number; readonly json?: unknown };
type Route = (api: Api, call: Recorded, ids: readonly string[]) => Promise<Reply> | Reply;

const refused = (status: number, code: number, message = 'refused'): Reply => ({ status, json: { code, message } });
const found = (json: unknown): Reply => ({ status: 200, json });

const ROUTES: readonly (readonly [string, Route])[] = [
  ['get /gateway/bot', ({ gatewayUrl }) => found(gatewayBot(gatewayUrl()))],
  ['get /applications/@me', ({ application }) => found(application)],
  ['get /applications/{application_id}/commands', ({ commands }) => found(commands)],
  ['put /applications/{application_id}/commands', registerCommands],
  ['get /users/@me/guilds', listGuilds],
  [
    'get /guilds/{guild_id}',
    ({ world }, _, [id]) => {
      const guild = world.guilds.get(id ?? '');
      return guild ? found({ id: guild.id, name: guild.name }) : refused(404, 10004);
    },
  ],
  [
    'get /guilds/{guild_id}/members/{user_id}',
    ({ world }, _, [guild, user]) => {
      const members = world.guilds.get(guild ?? '')?.members;
      if (!members) return refused(404, 10004);
      if (user === undefined || !members.has(user)) return refused(404, 10007);
      const names = { username: `account_${user.slice(-4)}`, global_name: world.names.get(user) ?? null };
      return found({ user: { id: user, ...names }, roles: [] });
    },
  ],
  ['post /interactions/{interaction_id}/{interaction_token}/callback', callback],
  ['patch /webhooks/{webhook_id}/{webhook_token}/messages/@original', edit],
  ['delete /webhooks/{webhook_id}/{webhook_token}/messages/@original', remove],
  ['post /webhooks/{webhook_id}/{webhook_token}', followUp],
  ['post /channels/{channel_id}/messages', post],
  [
    'delete /channels/{channel_id}/messages/{message_id}',
    (api, _, [, id]) => (takeAway(api, id) ? { status: 204 } : refused(404, 10008)),
  ],
];

const TABLE = ROUTES.map(([route, handle]) => {
  const [method = '', template = ''] = route.split(' ');
  return { method, template, handle, pattern: new RegExp(`^${template.replace(/\{\w+\}/g, '([^/]+)')}$`) };
});

/** Discord's REST API below /api/v10, and its attachments. */
export async function serve(api: Api, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams: query } = new URL(request.url ?? '', 'http://discord');
  if (pathname.startsWith('/attachments/')) return serveFile(api, pathname, query, response);
  const method = (request.method ?? '').toLowerCase();
  const path = decodeURIComponent(pathname).replace(/^\/api\/v10/, '');
  const route = TABLE.find((entry) => entry.method === method && entry.pattern.test(path));
  if (!route) return answer(response, refused(404, 0, `no such route: ${method} ${path}`));

  const { body, files } = await readBody(request);
  const contentType = request.headers['content-type'];
  const call: Recorded = { method, path, query, template: route.template, body, files, contentType };
  api.requests.push(call);
  const fault = strike(api, method, route.template);
  if (fault === 'no answer') return void response.once('close', () => api.givenUp.push(call));
  if (typeof fault === 'object') return answer(response, fault.reply, fault.headers);
  const needsToken = !/^\/(interactions|webhooks)\//.test(path);
  if (needsToken && request.headers.authorization !== `Bot ${api.token}`) return answer(response, refused(401, 0));
  if (body !== undefined) {
    const wrong = violations(method, route.template, body, files);
    api.violations.push(...wrong);
    if (wrong.length > 0) return answer(response, refused(400, 50035, wrong.join('; ')));
  }
  const done = await route.handle(api, call, route.pattern.exec(path)?.slice(1) ?? []);
  if (fault !== 'done, no answer') answer(response, done);
}

/** The fault for this request, counted down by one. */
function strike(api: Api, method: string, template: string) {
  const fault = api.faults.find((one) => one.times > 0 && one.method === method && one.template === template);
  if (!fault) return undefined;
  fault.times -= 1;
  if (typeof fault.status === 'string') return fault.status;
  const { status, code = 0, json = { code, message: 'refused' }, headers } = fault;
  return { reply: { status, json }, headers };
}

function answer(
  response: ServerResponse,
  { status, json }: Reply,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers });
  response.end(json === undefined ? undefined : JSON.stringify(json));
}

function serveFile(api: Api, path: string, query: URLSearchParams, response: ServerResponse): void {
  api.requests.push({
    method: 'get',
    path,
    query,
    template: '/attachments',
    body: undefined,
    files: [],
    contentType: undefined,
  });
  const fault = strike(api, 'get', '/attachments');
  const bytes = api.world.files.get(path);
  if (typeof fault === 'string') return;
  if (fault) answer(response, fault.reply, fault.headers);
  else if (bytes) response.end(bytes);
  else response.writeHead(404).end();
}

async function readBody(request: IncomingMessage): Promise<{ body: unknown; files: Blob[] }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/')) {
    return { body: bytes.length > 0 ? JSON.parse(bytes.toString()) : undefined, files: [] };
  }
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData();
  const files = [...form.entries()].flatMap(([name, value]) =>
    name.startsWith('files[') && value instanceof Blob ? [value] : [],
  );
  return { body: JSON.parse(String(form.get('payload_json'))), files };
}

/** By rising id, after `after`. */
function listGuilds({ world }: Api, { query }: Recorded): Reply {
  const after = BigInt(query.get('after') ?? 0);
  const listed = [...world.guilds.values()].filter(({ id }) => BigInt(id) > after);
  const risen = listed.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
  return found(risen.slice(0, Number(query.get('limit') ?? 200)).map(({ id, name }) => ({ id, name })));
}

function gatewayBot(url: string) {
  return {
    url,
    shards: 1,
    session_start_limit: { total: 1000, remaining: 999, reset_after: 14_400_000, max_concurrency: 1 },
  };
}

/** Discord adds ids, versions and defaults, and omits empty and false values. */
function registerCommands(api: Api, { body }: Recorded): Reply {
  type Given = { options?: readonly { required?: boolean }[]; default_member_permissions?: number };
  const commands = body as readonly Given[];
  api.commands = commands.map(({ options = [], default_member_permissions: rights, ...command }) => ({
    ...command,
    default_member_permissions: rights === undefined ? null : String(rights),
    id: snowflake(),
    version: snowflake(),
    application_id: api.application.id,
    dm_permission: true,
    nsfw: false,
    ...(options.length > 0 && {
      options: options.map(({ required, ...option }) => (required ? { ...option, required } : option)),
    }),
  }));
  return found(api.commands);
}

/** Discord waits no longer for the first answer, and accepts only one. */
function callback(api: Api, { body }: Recorded, [id, token]: readonly string[]): Reply {
  const exchange = api.exchanges.get(token ?? '');
  const afterMs = performance.now() - (exchange?.sentAt ?? 0);
  if (!exchange || exchange.id !== id || afterMs > api.ackMs) return refused(404, 10062);
  if (exchange.ack) return refused(400, 40060);
  const { type, data } = body as { type: number; data?: { flags?: number } };
  exchange.ack = { type, afterMs, ...(data && { data }) };
  const { original } = exchange;
  if (type === 4) exchange.original = shownFrom(data, [], (data?.flags ?? 0) === 64);
  if (type === 7 && original)
    exchange.original = { ...shownFrom(data, [], original.isEphemeral, original), id: original.id };
  exchange.changed();
  return { status: 204 };
}

function edit(api: Api, { body, files }: Recorded, [, token]: readonly string[]): Reply | Promise<Reply> {
  return withExchange(api, token, async (exchange) => {
    const before = exchange.original;
    const isEphemeral = before?.isEphemeral ?? exchange.ack?.data?.flags === 64;
    const { content } = body as { content?: string };
    const attached = await named(body, files);
    exchange.original = { ...shownFrom(body, attached, isEphemeral, before), id: before?.id ?? snowflake() };
    // Progress is no answer.
    const isProgress = LOOKING.some((looking) => content?.startsWith(looking));
    if (content !== undefined && !isProgress) exchange.edits += 1;
    exchange.changed();
    return found({ ...messageJson(exchange.original.id), content });
  });
}

function remove(api: Api, _: Recorded, [, token]: readonly string[]): Reply | Promise<Reply> {
  return withExchange(api, token, (exchange) => {
    takeAway(api, exchange.original?.id);
    exchange.original = undefined;
    exchange.isDeleted = true;
    exchange.changed();
    return { status: 204 };
  });
}

/** Deletes a channel's message; false when there is none. */
function takeAway({ exchanges }: Api, id: string | undefined): boolean {
  for (const { followUps } of exchanges.values()) {
    const index = followUps.findIndex((shown) => shown.id === id);
    if (index >= 0) return followUps.splice(index, 1).length > 0;
  }
  return false;
}

/** With an enforced nonce Discord posts nothing twice: it gives what the first call posted. */
function post({ posted, nonces }: Api, { body }: Recorded): Reply {
  const { nonce, enforce_nonce: isEnforced } = body as { nonce?: string; enforce_nonce?: boolean };
  const key = isEnforced ? nonce : undefined;
  const known = key === undefined ? undefined : nonces.get(key);
  if (known) return found(messageJson(known.id));
  const shown = shownFrom(body, [], false);
  posted.push(shown);
  if (key !== undefined) nonces.set(key, shown);
  return found(messageJson(shown.id));
}

function followUp(api: Api, { body, files }: Recorded, [, token]: readonly string[]): Reply | Promise<Reply> {
  return withExchange(api, token, async (exchange) => {
    const { flags } = body as { flags?: number };
    const shown = shownFrom(body, await named(body, files), flags === 64);
    exchange.followUps.push(shown);
    exchange.changed();
    return found(messageJson(shown.id));
  });
}

function withExchange(api: Api, token: string | undefined, act: (exchange: Exchange) => Promise<Reply> | Reply) {
  const exchange = api.exchanges.get(token ?? '');
  if (!exchange) return refused(404, 10015);
  if (exchange.isExpired) return refused(401, 50027);
  if (!exchange.ack) return refused(404, 10015);
  if (exchange.isDeleted) return refused(404, 10008);
  return act(exchange);
}
